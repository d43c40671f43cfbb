"""Removes English and Latin endings from words, so that a sentence matches a name whatever the form of a word:
"ubiquitinates" and "ubiquitination", "apoptotic" and "apoptosis", "mitochondrion" and "mitochondrial".

Common stemmers such as Porter's do not handle the Latin and Greek words of biology.
"""

import re
from functools import lru_cache

LEAST = 4  # minimum letters of a stem

_SUFFIX = re.compile(
    r"(?:ylations?|ations?|ylating|ating|ylates|ates|ylated|atory|ative|ated|ate|ions?|ings?|ial|ia|ive|ory|ed|es|ous|"
    r"ic|al|ity|y|e|s)$"
)
_YL = re.compile(r"yl(?:ations?|at(?:es?|ed|ing))$")
# Greek endings: of processes (-osis, -lysis), of cells and what they take up (-cytosis), of formation (-genesis).
_GREEK = (
    (re.compile(r"cyt(?:osis|otic|oses|ic|osed)$"), "cyt"),
    (re.compile(r"(?:osis|otic|oses)$"), "os"),
    (re.compile(r"ly(?:sis|tic|ses)$"), "ly"),
    (re.compile(r"(?<!bio)(?<!patho)(?<!carcino)gene(?:sis|tic|ses)$|(?<!bio)(?<!patho)(?<!carcino)genic$"), "gen"),
)
_IZE = re.compile(r"(?<=[alnrv])i[sz](?:ations?|e|es|ed|ing|er|ers)$")
_IRREGULAR = {
    form: stem
    for stem, forms in {
        "nuclear": "nucleus nuclei nuclear",
        "cili": "cilium cilia ciliary ciliated",
        "mitochondr": "mitochondrion mitochondrium",
        "synap": "synapse synapses synaptic synaptically",
        "cytoskelet": "cytoskeleton cytoskeletons cytoskeletal",
        "vesicul": "vesicle vesicles vesicular",
        "fusion": "fuse fuses fused fusing fusion fusions",
        "signal": "signal signals signaled signalled signaling signalling",
        "inflam": "inflamed inflammation inflammations inflammatory",
        "synthes": "synthesis syntheses synthesize synthesizes synthesized synthesizing synthetic",
        "biosynthes": "biosynthesis biosyntheses biosynthetic",
    }.items()
    for form in forms.split()
}


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A lower-case word without its ending. It is unchanged if the stem would have fewer than LEAST letters, or has a
    digit.
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= LEAST or any(ch.isdigit() for ch in word):
        return word
    for ending, left in (*_GREEK, (_YL, "yl"), (_IZE, "iz"), (_SUFFIX, "")):
        if ending.search(word):
            kept = ending.sub(left, word)
            return kept if len(kept) >= LEAST else word
    return word
