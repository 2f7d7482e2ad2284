"""Many runs of a drill at once, and what follows from them; `study` and the command line build on it."""
