"""Pages in the staff's admin: the texts, and what visitors write."""

from pages.admin import contact, texts

__all__ = ["contact", "texts"]
