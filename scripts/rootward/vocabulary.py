"""The words for what one protein does to another: SIGNOR's effects, PSI-MI's mechanisms, and how tables spell them."""

import re

# SIGNOR's effect vocabulary (signor.uniroma2.it; Lo Surdo et al. 2023, doi:10.1093/nar/gkac883).
EFFECTS = (
    "up-regulates",
    "up-regulates activity",
    "up-regulates quantity",
    "up-regulates quantity by expression",
    "up-regulates quantity by stabilization",
    "down-regulates",
    "down-regulates activity",
    "down-regulates quantity",
    "down-regulates quantity by destabilization",
    "down-regulates quantity by repression",
    "form complex",
    "unknown",
)

_SYNONYMS = {
    "up-regulates": """activate activates activation activated positive stimulates stimulation enhances increases
        induces upregulates up + 1 ->""",
    "down-regulates": """inhibit inhibits inhibition inhibited negative represses repression suppresses decreases
        reduces downregulates down - -1 -|""",
    "form complex": """complex forms_complex binds binding interacts interacts_with interaction association associates
        physical_association direct_interaction physical_interaction""",
    "unknown": "none na n/a null unspecified undefined other regulates regulation affects ? .",
    "up-regulates activity": "increases_activity activates_activity upregulates_activity",
    "down-regulates activity": "decreases_activity inhibits_activity downregulates_activity",
    "up-regulates quantity": "increases_amount increases_quantity increaseamount upregulates_quantity",
    "down-regulates quantity": "decreases_amount decreases_quantity decreaseamount downregulates_quantity",
    "up-regulates quantity by expression": "increases_expression transactivates",
    "down-regulates quantity by repression": "decreases_expression transrepresses",
    "down-regulates quantity by destabilization": "degrades destabilizes",
    "up-regulates quantity by stabilization": "stabilizes",
}


def _fold(word: str) -> str:
    return re.sub(r"[\s_]+", " ", word.strip().strip('"').casefold())


_EFFECT = {_fold(effect): effect for effect in EFFECTS}
_EFFECT |= {_fold(word): effect for effect, words in _SYNONYMS.items() for word in words.split()}


def effect(word: str) -> str | None:
    """The SIGNOR effect a table's word stands for; `unknown` for an empty cell, None for a word nobody knows."""
    folded = _fold(word)
    return _EFFECT.get(folded) if folded else "unknown"


def mechanism(word: str) -> str:
    """A mechanism as PSI-MI and SIGNOR write it: lower case, single spaces, no quotes. Any word is accepted."""
    return _fold(word)
