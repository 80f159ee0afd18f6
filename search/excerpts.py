"""Marking what was searched for. Texts are escaped piece by piece; only our own <mark> is added."""

from collections.abc import Collection, Iterator, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from search.words import Word, first_match, words

LENGTH = 240
BEFORE = 70
# A title that has the words says enough; a text is not read to its end for a mark.
LOOK_AT = 20_000


def marked(text: str, wanted: Collection[str]) -> SafeString:
    """Return `text` as HTML with the words whose compared forms are `wanted` in <mark>."""
    parts: list[str] = []
    end = 0
    for word in _matches(text, wanted):
        parts += [escape(text[end : word.start]), f"<mark>{escape(word.written)}</mark>"]
        end = word.end
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308 (escaped piece by piece)


def excerpt(texts: Sequence[str], wanted: Collection[str]) -> SafeString:
    """Return as HTML up to LENGTH letters around the first match in the first of `texts` that has one.

    Where none has, the beginning of the last.
    """
    for text in texts:
        first = first_match(text[:LOOK_AT], wanted)
        if first is not None:
            return _cut(text, _word_begin(text, first - BEFORE) if first > BEFORE else 0, wanted)
    return _cut(texts[-1], 0, wanted) if texts else SafeString("")


def _cut(text: str, begin: int, wanted: Collection[str]) -> SafeString:
    part = text[begin : begin + LENGTH]
    is_cut = begin + LENGTH < len(text)
    if is_cut and " " in part:
        part = part[: part.rindex(" ")]
    shown = marked(part.strip(), wanted)
    return mark_safe(f"{'… ' if begin else ''}{shown}{' …' if is_cut else ''}")  # noqa: S308


def _matches(text: str, wanted: Collection[str]) -> Iterator[Word]:
    return (word for word in words(text) if word.same in wanted)


def _word_begin(text: str, place: int) -> int:
    space = text.find(" ", place)
    return place if space < 0 else space + 1
