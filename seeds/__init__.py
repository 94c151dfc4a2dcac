"""Data that communique ships: sources, sample releases, questions; and what reads the sources."""

from seeds.catalogue import Catalogue, CatalogueError, read_catalogue, shipped
from seeds.source import Source

__all__ = ["Catalogue", "CatalogueError", "Source", "read_catalogue", "shipped"]
