"""What a study found, as people read it."""
