"""Whether a sound scenario is also a good one: whether all it asks for can be seen, done, met and missed."""
