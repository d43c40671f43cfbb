"""Rootward: grows a rooted tree of pathways out of protein-protein interactions."""

__version__ = "0.2.0"
