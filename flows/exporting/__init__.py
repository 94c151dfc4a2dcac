"""A publication as files to hand on: what is checked, what is written, what is said of it, and how it takes its place."""
