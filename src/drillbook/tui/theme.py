"""The cockpit's own look: dark and calm, so that what is bright matters."""

from __future__ import annotations

from textual.theme import Theme

THEME = Theme(
    name="night-shift",
    primary="#7fa6c9",
    secondary="#8fb3a5",
    accent="#d8b76f",
    foreground="#cdd3dc",
    background="#0f131a",
    surface="#141a23",
    panel="#1c2430",
    success="#8fbf8a",
    warning="#e2a860",
    error="#ec7a80",
    dark=True,
    variables={
        "border": "#7fa6c9",
        "border-blurred": "#2c3644",
        "muted": "#8b95a5",
        "faint": "#5f6a7a",
        "block-cursor-background": "#2a3a4d",
        "block-cursor-foreground": "#e8edf4",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#1b2431",
        "block-cursor-blurred-foreground": "#cdd3dc",
        "block-hover-background": "#202b39",
        "footer-key-foreground": "#d8b76f",
        "footer-background": "#0f131a",
        "footer-description-foreground": "#8b95a5",
        "input-cursor-background": "#d8b76f",
        "input-selection-background": "#7fa6c9 30%",
        "scrollbar": "#2c3644",
        "scrollbar-hover": "#3b4859",
        "scrollbar-active": "#7fa6c9",
        "scrollbar-background": "#0f131a",
        "scrollbar-background-hover": "#0f131a",
        "scrollbar-background-active": "#0f131a",
        "scrollbar-corner-color": "#0f131a",
    },
)
