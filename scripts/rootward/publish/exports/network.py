"""The exports that are networks of pathways and proteins."""

from rootward.publish.exports import cx2, graphml
from rootward.publish.exports.export import Export

EXPORTS = {
    "graphml": Export("tree.graphml", "nodes and edges", write=graphml.write),
    "cx2": Export("network.cx2", "nodes and edges", write=cx2.write),
}
