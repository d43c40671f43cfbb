"""Rootward: grows a rooted tree of pathways out of protein-protein interactions."""
