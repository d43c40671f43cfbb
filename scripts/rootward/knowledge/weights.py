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
    "constant": -6.422,
    "logit": -0.113,
    "own": 0.4,
    "rival": -0.108,
    "both": 1.397,
    "none": -1.648,
    "named": 12.51,
    "itself": -3.149,
    "information": -3.913,
}
CONFIDENCE: dict[str, float] = {
    "constant": -0.825,
    "logit": 0.474,
    "own": 0.616,
    "rival": -0.154,
    "one": 2.8,
    "known": -0.641,
    "candidates": -0.003,
    "information": 3.639,
    "votes": 1.198,
    "voters": 1.138,
    "partners": -0.392,
    "enrichment": -0.474,
}
