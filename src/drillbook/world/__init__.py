"""The simulated system: its physics, what can be done to it, and what its tools show. Pure."""
