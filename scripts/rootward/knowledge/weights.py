"""The coefficients of `likelihood`: benchmarks/fit_likelihood.py says how they were found, and fits the last ones."""

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
    "votes_information": 0.0,
}
NONE = 4.5
CONFIDENCE_NAMED: dict[str, float] = {
    "constant": 0.5,
    "logit": 0.35,
    "both": 0.6,
    "none": -0.8,
}
CONFIDENCE: dict[str, float] = {
    "constant": 1.674,
    "logit": 0.846,
    "information": 3.92,
    "votes": -1.146,
    "voters": 2.183,
    "partners": -1.561,
    "enrichment": -0.851,
}
