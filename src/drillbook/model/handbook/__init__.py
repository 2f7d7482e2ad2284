"""A playbook as pages to read, one subject each; the same pages in a drill and on the command line."""

from drillbook.model.handbook.pages import Page, find, group_lines, pages

__all__ = ["Page", "find", "group_lines", "pages"]
