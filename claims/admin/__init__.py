"""The claims desk in the staff's admin: what stands in the queue, and who lets a sentence stand."""

from claims.admin import overrides, queue

__all__ = ["overrides", "queue"]
