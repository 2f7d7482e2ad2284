"""Which parts may want to act at another time once a part has acted; a command may move each of them.

Triggers watch all events, and are asked besides whenever there was one. Most looks of `injects` find nothing
that moves others than the rules, which may have looked further ahead; an `inject` that happens does.
"""

from __future__ import annotations

MOVED = {
    "world": ("world", "impact"),
    "impact": ("impact",),
    "rules": ("rules", "routing"),
    "silences": ("silences", "routing"),
    "routing": ("routing", "pager"),
    "pager": ("pager",),
    "triggers": ("pager", "triggers"),
    "injects": ("rules", "injects"),
    "inject": ("world", "impact", "rules", "injects"),
    "ending": ("pager", "ending"),
}
