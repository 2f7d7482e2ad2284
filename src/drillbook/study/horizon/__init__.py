"""Days to quarters on call: each incident is a run of the engine, with the people as they are by then."""
