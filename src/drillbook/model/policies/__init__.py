"""Escalation policies in the words of each paging tool, told apart by `profile`."""
