"""The terminal cockpit: screens decide, widgets announce, dialogs return typed results."""
