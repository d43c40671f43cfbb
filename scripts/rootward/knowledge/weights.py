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
    "constant": -2.154,
    "named": 1.408,
    "said": 0.959,
    "hinted": 0.643,
    "some": 1.169,
    "about": 1.347,
}
CONFIDENCE: dict[str, float] = {
    "constant": -1.772,
    "logit": 0.481,
    "own": -0.275,
    "rival": 0.045,
    "some": 2.509,
    "known": -0.507,
    "candidates": -0.177,
    "information": 2.153,
    "votes": 1.77,
    "voters": 1.225,
    "least": 0.66,
    "partners": -0.981,
    "enrichment": 0.038,
}
