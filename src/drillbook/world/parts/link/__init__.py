"""Network paths that lose packets."""
