"""An SMS gateway with a quota."""
