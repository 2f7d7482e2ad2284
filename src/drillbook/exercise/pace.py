"""How fast simulated time may run."""

SPEEDS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Simulated seconds per real second that one can choose from."""
