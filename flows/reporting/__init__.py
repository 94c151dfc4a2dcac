"""The report of some days: what is new, edited, gone, mirrored, not looked at and wrong, as one page."""
