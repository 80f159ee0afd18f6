"""Old addresses in the staff's admin: where they lead, and which of them nobody found."""

from redirects.admin import lost, redirects

__all__ = ["lost", "redirects"]
