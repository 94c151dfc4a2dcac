"""The commands of the line: what they take, and their help."""
