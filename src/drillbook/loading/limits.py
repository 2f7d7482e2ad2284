"""How large and how involved a file may be. Generous for authors, small for whoever reads it."""

from __future__ import annotations

FILE_BYTES = 2**20
"""Size of a file."""
EXPORT_BYTES = 2**25
"""Size of a table that another tool exported."""
DEPTH = 40
"""Levels of nesting."""
NODES = 50_000
"""Keys, values, lists and groups in a file, those that aliases repeat counted each time."""
ALIASES = 200
"""Uses of `*name` in a file."""
ENTRIES = 2000
"""Entries of a list or keys of a group."""
TEMPLATE_BRACKETS = 100
"""Opening brackets and braces in a template of an alert rule."""
PROBLEMS = 100
"""Problems of one file that are told one by one."""
