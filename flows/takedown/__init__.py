"""Taking a release's text down: out of the archive, the warehouse and all that is published."""
