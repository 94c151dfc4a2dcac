"""A publication as files to hand on: what is checked, written and said of it, and how it takes its place."""
