"""How Sphinx builds the documentation: no network, no content delivery network, warnings are errors."""

from drillbook import __version__

project = "drillbook"
author = "The drillbook authors"
copyright = "The drillbook authors"
version = release = __version__

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"drillbook {release}"
html_show_copyright = False
html_copy_source = False
