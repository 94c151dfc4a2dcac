"""Where records land, how history follows from them, and what readers open."""

from warehouse.read import Answer, ask, connect

__all__ = ["Answer", "ask", "connect"]
