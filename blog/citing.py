"""Plain texts that cite sources on pages that are no posts: introductions of tags."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from blog.rendering import Surroundings
from blog.rendering.citations import MARK, Source, keys_of, statements_in
from blog.rendering.filling import Filling
from references import statements
from references.models import Reference

PREFIX = "introduction-"


@dataclass(frozen=True)
class CitedText:
    """Paragraphs as HTML, and the sources that they cite."""

    paragraphs: tuple[SafeString, ...]
    sources: tuple[Source, ...]


def cited_introduction(text: str) -> CitedText:
    """Return a plain text in paragraphs with numbered sources. One query if it cites any, one more for
    statements.
    """
    keys = {key for mark in MARK.finditer(text) for key in keys_of(mark[0])}
    known = Reference.objects.in_bulk(keys, field_name="key") if keys else {}
    around = Surroundings(statements=statements.sources_of(statements_in(text)))
    filling = Filling(around, around.citations(known.values(), prefix=PREFIX), prefix=PREFIX)
    lines = (line.strip() for line in text.splitlines())
    paragraphs = tuple(filling.line(line) for line in lines if line)
    return CitedText(paragraphs, filling.citations.sources)
