"""One spelling for one pathway while the tree grows: variants are folded to the name in use before they are climbed."""

from collections import Counter
from collections.abc import Iterable

from rootward.knowledge.names import pathway_id, same_words


class Spelling:
    """Names in use, in groups of which an earlier one wins over a later one; a group is a set, its order is nothing.

    A name that stands in a group itself folds to the way it is written there: else a question, one for all the ways
    to write a name, would be worded by whichever answer came first. Any other folds to the one name of the first group
    that has its words (`names.same_words`); one whose words fit two names of a group stays as it is.
    """

    def __init__(self, *groups: Iterable[str]):
        self._in_use: dict[str, str] = {}  # pathway_id -> the name as it is written
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
        """Settle the spelling of names new together: the most frequent, then the shortest, then the first of the
        alphabet; names learned before keep theirs.
        """
        by_key: dict[str, Counter[str]] = {}
        for name in names:
            by_key.setdefault(same_words(name), Counter())[name] += 1
        for key, counts in by_key.items():
            if key:
                self._learned.setdefault(key, min(counts, key=lambda n: (-counts[n], len(n), n)))


class Unfolded(Spelling):
    """Leaves every name as it is: what folding is measured against."""

    def fold(self, name: str) -> str:
        """The name itself."""
        return name
