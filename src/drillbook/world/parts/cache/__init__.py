"""Caches: what they keep, what is seen of them, and what is typed about them."""
