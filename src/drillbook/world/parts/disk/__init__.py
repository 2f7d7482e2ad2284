"""File systems: what fills them, and what happens when they are full."""
