"""What an answer of the curator `gemini` depends on: what is part of its key, and what is not."""

from builders import REPOSITORY
from rootward.curators.gemini import Gemini
from rootward.curators.questions import KINDS
from rootward.workflow.config import Config

PROMPTS = REPOSITORY / "config" / "prompts"


def made_gemini(prompts=PROMPTS, questions: dict | None = None, **flash) -> Gemini:
    """The curator as configured, but for other settings of `flash` and of the questions."""
    config = Config.model_validate({"models": {"flash": flash}, "questions": questions or {}}).model_dump(mode="json")
    templates = {kind: prompts / f"{kind}.md" for kind in KINDS}
    return Gemini(config["models"], config["questions"], templates, config["api"])


def test_an_answer_depends_on_template_model_thinking_and_search(tmp_path):
    kind, judge = parent().kind, evidence().kind
    asked_of = {
        made_gemini().asked_of(kind),
        made_gemini(id="gemini-9").asked_of(kind),
        made_gemini(thinking="high").asked_of(kind),
        template(tmp_path, "{{ block }}").asked_of(kind),
        made_gemini().asked_of(judge),
        made_gemini(questions={"validate_evidence": {"search": False}}).asked_of(judge),
    }
    assert len(asked_of) == 6


def test_an_answer_does_not_depend_on_how_it_travels():
    other = made_gemini(
        concurrency=3, rpm=7, tpm=7, rpd=7, timeout=7, max_output_tokens=7, price={"input": 7, "output": 7}
    )
    assert other.asked_of(parent().kind) == made_gemini().asked_of(parent().kind)
    assert made_gemini(questions={"parent": {"batch": 9}}).asked_of(parent().kind) == made_gemini().asked_of(
        parent().kind
    )
