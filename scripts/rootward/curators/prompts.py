"""Prompts: a template for each kind of question, ending with a data block."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from rootward.curators.questions import Question, block, fenced, parted
from rootward.errors import UserError

MARK = "\x00block\x00"
REJECTED = "An earlier answer was rejected: `rejected` in the block says which, and why. Answer without that fault."


def templates(paths: Iterable[str | Path]) -> dict[str, Path]:
    """Kind of question -> its prompt template, the file with that name."""
    return {path.stem: path for path in map(Path, paths)}


class Prompts:
    """The prompts of each kind of question. paths: kind -> its template."""

    def __init__(self, paths: Mapping[str, Path]):
        self._paths = paths
        self._rendered: dict[tuple[str, int], Callable[[str], str]] = {}

    def source(self, kind: str) -> str:
        """The template of a kind, unrendered. Raises UserError if it cannot be read."""
        path = self._paths[kind]
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{path}: cannot be read ({error})") from None

    def of(self, questions: Sequence[Question]) -> str:
        """The prompt of a call: the instructions of its kind, then the data block."""
        kind, wording = questions[0].kind.name, questions[0].shared.get("wording", 1)
        template = self._rendered.get((kind, wording))
        if template is None:
            template = self._rendered[kind, wording] = _template(self.source(kind), self._paths[kind], wording=wording)
        data = block(questions)
        text = template(data).rstrip()
        if not text.endswith(data):
            raise UserError(f"{self._paths[kind]}: must end with {{{{ block }}}}, the data of the question")
        return text


def with_rejected(prompt: str, reasons: Mapping[str, str]) -> str:
    """The prompt with the reasons why earlier answers were rejected, by item id. They quote answers, so they go in the
    block.
    """
    instructions, content = parted(prompt)
    content["rejected"] = [{"item": item, "reason": reason} for item, reason in reasons.items()]
    return f"{instructions}{REJECTED}\n\n{fenced(content)}"


def is_asked_again(prompt: str) -> bool:
    """Whether the prompt tells that an earlier answer was rejected."""
    return REJECTED in prompt


def _template(source: str, path: Path, wording: int) -> Callable[[str], str]:
    """A prompt template, in one of its wordings, as a function of its data block. Raises UserError for a broken
    template.
    """
    import jinja2

    def rendered(data: str) -> str:
        try:
            template = jinja2.Template(source, undefined=jinja2.StrictUndefined)
            return str(template.render(block=data, wording=wording))
        except jinja2.TemplateError as error:
            raise UserError(f"{path}: {error}") from None

    # Data cannot change the template: it is rendered once, with a mark that the data then replaces.
    before, mark, after = rendered(MARK).partition(MARK)
    return lambda data: before + data + after if mark else before
