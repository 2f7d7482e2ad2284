"""Questions with a typed result."""
