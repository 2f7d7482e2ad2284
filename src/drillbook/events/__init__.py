"""What happened: facts, events, the append-only log and its JSON lines. No rules of the game, no I/O."""
