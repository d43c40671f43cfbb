"""Configuration of the questions: which model answers each one, and how many items are sent per call."""

from pydantic import Field

from rootward.workflow.config_section import Fraction, Positive, Section


class Asking(Section):
    model: str = Field("flash", description="Entry of `models` that answers.")
    batch: Positive = Field(1, description="Items per call.")


class AskParent(Asking):
    escalate: str | None = Field(
        None,
        description="Entry of `models` that is asked when the check rejects an answer or the opinions are split; null "
        "for the same model.",
    )


class AskTerm(Asking):
    batch: Positive = Field(20, description="Interactions per call.")
    escalate: str | None = Field(
        None, description="Entry of `models` that is asked again when the first one is unsure; null for none."
    )
    escalate_below: Fraction = Field(0.5, description="A confidence below this counts as unsure.")


class AskRefine(Asking):
    batch: Positive = Field(20, description="Proposed names per call.")


class AskMerge(Asking):
    batch: Positive = Field(3, description="Pairs per call.")


class AskPlace(Asking):
    batch: Positive = Field(20, description="Interactions per call.")


class AskEdge(Asking):
    batch: Positive = Field(20, description="Edges per call.")


class AskEvidence(Asking):
    model: str = Field("pro", description="Entry of `models` that answers.")
    batch: Positive = Field(3, description="Interactions per call.")
    enabled: bool = Field(False, description="Check the evidence of every interaction before naming its pathway.")
    search: bool = Field(True, description="Let the model use Google Search.")
    drop_unsupported: bool = Field(
        False, description="Leave interactions whose evidence does not support them out of the tree."
    )


class Questions(Section):
    assign_term: AskTerm = Field(AskTerm(), description="Which pathway an interaction belongs to.")
    refine_term: AskRefine = Field(AskRefine(), description="The standard name of a proposed pathway.")
    parent: AskParent = Field(AskParent(), description="The immediate parent of a pathway.")
    check_edge: AskEdge = Field(AskEdge(), description="Whether a pathway is part of the parent named for it.")
    choose_root: Asking = Field(Asking(), description="The root of a pathway that did not reach one.")
    siblings: Asking = Field(Asking(), description="Further children of a parent.")
    merge: AskMerge = Field(AskMerge(), description="Whether two names are one pathway.")
    best_parent: Asking = Field(Asking(), description="The best of several parents.")
    intermediate: Asking = Field(Asking(), description="A missing level between a root and its child.")
    place: AskPlace = Field(AskPlace(), description="The right level of an interaction on its path.")
    validate_evidence: AskEvidence = Field(AskEvidence(), description="Whether the evidence supports the interaction.")
