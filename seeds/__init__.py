"""Data that communique ships: sources, sample releases, questions; and what reads the sources."""

from seeds.catalogue import Catalogue, CatalogueError, Source, read_catalogue, shipped

__all__ = ["Catalogue", "CatalogueError", "Source", "read_catalogue", "shipped"]
