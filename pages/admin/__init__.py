"""Pages in the staff's admin: the texts, and what visitors write."""

from pages.admin import contact, questions, texts

__all__ = ["contact", "questions", "texts"]
