"""Nodes: what is scheduled on them and evicted from them, their controllers, and what is seen of them."""
