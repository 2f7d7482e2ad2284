"""The `drillbook` command."""


def main() -> int:
    """Run the command line; returns the exit status."""
    return 0
