"""Clusters as a kind of component, and the tools that only they have."""
