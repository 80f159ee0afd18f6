"""What the claims check calls things, in words for staff."""

from django.apps import apps
from django.utils.text import capfirst

ACRONYMS = {"fda": "FDA"}


def category_words(category: str) -> str:
    """Return "FDA approved" for "fda_approved"."""
    words = " ".join(ACRONYMS.get(word, word) for word in category.split("_"))
    return capfirst(words)


def place_words(prefix: str) -> str:
    """Return "FAQ item" for "pages.faqitem": what sort of text a subject is."""
    if "." not in prefix:
        return capfirst(prefix)
    try:
        return capfirst(str(apps.get_model(prefix)._meta.verbose_name))
    except LookupError:
        return prefix
