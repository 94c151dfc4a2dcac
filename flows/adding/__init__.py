"""A page that no layout knows -> what would read it: selectors, a layout, an entry, a sample, for a person to read."""
