"""Ask for every interaction whether its evidence supports it."""

from rootward import tables
from rootward.asking.ask import Asker
from rootward.curators.base import Failure
from rootward.curators.questions import ask_about
from rootward.workflow.job import Job

FIELDS = ["interaction_id", "protein_a", "protein_b", "effect", "mechanism", "statement", "evidence"]


def validate_evidence(*, interactions: str, evidence: str, ask: Asker) -> None:
    """interactions -> evidence: a verdict per interaction; `unchecked` if there is no answer."""
    rows = tables.rows("interactions", interactions, columns=FIELDS)
    answers = ask.ask_many([ask_about("validate_evidence", row) for row in rows])
    verdicts = []
    for row, answer in zip(rows, answers, strict=True):
        verdict = {"interaction_id": row["interaction_id"], "verdict": "unchecked", "effect": None}
        if isinstance(answer, Failure):
            verdict |= {"method": "fallback", "reasoning": answer.message, "call_id": None}
        else:
            verdict |= answer.value | {"method": answer.method, "call_id": answer.call_id}
        verdicts.append(verdict)
    tables.write("evidence", verdicts, path=evidence)


if __name__ == "__main__":
    Job(snakemake).run(validate_evidence)
