"""The command line: arguments, wiring, printing and exit codes."""
