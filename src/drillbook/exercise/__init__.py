"""A live run: pacing, the durable log, resuming after a kill."""
