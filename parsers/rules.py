"""Revisions of the rules by which facts are derived from texts; raised with any change of what they give.

Facts are kept by the revision that derived them: after a raise the next publication derives them anew.
"""

DAYS = 2
EDITS = 2
MIRRORS = 2

ALL = f"days {DAYS}, edits {EDITS}, mirrors {MIRRORS}"
