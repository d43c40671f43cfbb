"""The coefficients of `likelihood`: benchmarks/fit_likelihood.py documents how they were found, and fits the last
ones.
"""

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
    "hinted": 4.0,
    "added": -0.7,
    "added_unnamed": -2.0,
    "enrichment": 0.35,
    "votes": 2.0,
    "votes_information": 0.0,
}
NONE = 4.5
CONFIDENCE_STATED: dict[str, float] = {
    "constant": 0.136,
    "logit": 0.141,
    "named": 1.605,
    "said": 0.807,
}
CONFIDENCE: dict[str, float] = {
    "constant": -2.336,
    "logit": 0.424,
    "own": -0.228,
    "rival": 0.007,
    "some": 2.615,
    "known": -0.558,
    "candidates": -0.062,
    "information": 2.489,
    "votes": 1.697,
    "voters": 1.705,
    "partners": -1.069,
    "enrichment": -0.304,
}
