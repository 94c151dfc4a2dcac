"""The registry on the command line: its entries, a look at the live site, a new entry, expectations."""
