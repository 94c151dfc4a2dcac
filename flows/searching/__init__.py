"""Full-text search over the published versions."""
