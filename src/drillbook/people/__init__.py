"""The people of a drill who are not at a keyboard: responders, colleagues, their delays, errors and words."""
