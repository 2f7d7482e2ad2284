"""The simulation: one clock, one log, commands in and events out. The only place that knows SimPy."""
