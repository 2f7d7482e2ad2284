"""Schedules of each paging tool, ready to ask who is on call."""
