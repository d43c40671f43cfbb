"""One spelling for each pathway while the tree grows: variants are folded to the name in use before the climb."""

from collections import Counter
from collections.abc import Iterable

from rootward.knowledge.names import pathway_id, same_words


class Spelling:
    """The names in use, in groups; earlier groups have precedence. A group is a set without an order.

    A name that is itself in a group folds to its spelling there: otherwise the wording of a question, which is one for
    all spellings, would depend on which answer came first. Any other name folds to the one name of the first group with
    the same words (`names.same_words`); if its words fit two names of a group, it stays unchanged.
    """

    def __init__(self, *groups: Iterable[str]):
        self._in_use: dict[str, str] = {}  # pathway_id -> the spelling in use
        self._groups: list[dict[str, str | None]] = []
        for group in groups:
            table: dict[str, str | None] = {}
            for name in sorted(group):
                key = same_words(name)
                known = table.setdefault(key, name)
                if known is not None and pathway_id(known) != pathway_id(name):
                    table[key] = None
                self._in_use.setdefault(pathway_id(name), name)
            self._groups.append(table)
        self._learned: dict[str, str] = {}

    def fold(self, name: str) -> str:
        """The spelling in use for a name; the name itself if there is none."""
        key = same_words(name)
        if not key:
            return name
        if written := self._in_use.get(pathway_id(name)):
            return written
        for table in self._groups:
            if key in table:
                return table[key] or name
        return self._learned.get(key, name)

    def learn(self, names: Iterable[str]) -> None:
        """Settle the spelling of names that are new together: the most frequent, then the shortest, then the
        alphabetically first. Names learned before keep theirs.
        """
        by_key: dict[str, Counter[str]] = {}
        for name in names:
            by_key.setdefault(same_words(name), Counter())[name] += 1
        for key, counts in by_key.items():
            if key:
                self._learned.setdefault(key, min(counts, key=lambda n: (-counts[n], len(n), n)))


class Unfolded(Spelling):
    """Leaves every name unchanged: the baseline for measuring what folding gains."""

    def fold(self, name: str) -> str:
        """The name itself."""
        return name
