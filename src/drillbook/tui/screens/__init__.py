"""Whole pages of the cockpit: they turn messages of widgets into commands, and events into what is shown."""
