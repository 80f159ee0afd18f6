"""The library of sources and the register of statements in the staff's admin."""

from references.admin import sources, statements

__all__ = ["sources", "statements"]
