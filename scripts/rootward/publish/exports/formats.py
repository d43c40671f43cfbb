"""The exports by name: what `exports.formats` chooses from, and the files of results/exports/ they are."""

FILES = {
    "gmt": "pathways.gmt",
    "gmt_direct": "pathways_direct.gmt",
    "obo": "pathways.obo",
    "newick": "tree.nwk",
    "sssom": "mappings.sssom.tsv",
    "graphml": "tree.graphml",
    "cx2": "network.cx2",
    "tsv": "interactions.tsv",
    "xlsx": "interactions.xlsx",
}
