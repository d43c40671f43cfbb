"""The coefficients of `likelihood`. Written by benchmarks/fit_likelihood.py; see there how they are found."""

CANDIDATE: dict[str, float] = {
    "both": 3.0,
    "both_information": 4.0,
    "both_direct": 1.0,
    "one": 0.7,
    "named": 5.0,
    "named_one": 2.5,
    "named_both": 4.5,
    "named_itself": 1.0,
    "named_information": 2.0,
    "said": 0.8,
    "unsaid_stranger": -2.0,
    "unnamed": -5.0,
    "mechanism": 2.0,
    "mechanism_members": 1.5,
    "added": -0.7,
    "added_unnamed": -2.0,
    "enrichment": 0.35,
    "votes": 2.0,
}
NONE = 4.5
CONFIDENCE: dict[str, float] = {"constant": 0.0, "logit": 1.0}
