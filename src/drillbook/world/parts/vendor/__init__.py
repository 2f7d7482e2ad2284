"""Third parties with a quota."""
