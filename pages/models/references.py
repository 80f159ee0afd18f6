"""The sources that the texts of pages cite."""

from django.core.exceptions import ValidationError

from pages.citations import cited_keys
from references.models import Reference


def check_citations(text: str) -> None:
    """Refuse text that cites a source we do not have. Raises ValidationError naming the keys."""
    wanted = cited_keys(text)
    if not wanted:
        return
    known = set(Reference.objects.filter(key__in=wanted).values_list("key", flat=True))
    missing = [key for key in wanted if key not in known]
    if missing:
        names = ", ".join(f"[@{key}]" for key in missing)
        msg = f"No source with this key: {names}. Add it under References or correct the text."
        raise ValidationError(msg)
