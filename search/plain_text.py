"""HTML of ours as plain text, for what is searched."""

import re
from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "sup", "template"})
_INLINE = frozenset(
    ["a", "abbr", "b", "code", "em", "i", "mark", "small", "span", "strong", "sub", "sup", "u"]
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_STRAY_STOP = re.compile(r" +([.,;:])(?![\w.])|(?<=[?!:])\.(?= |$)|(?<=[^.]\.)\.(?= |$)")


def text_of(markup: str) -> str:
    """Return the words of `markup` in one line: blocks are parted, marks of citations (<sup>) left out.

    A heading ends like a sentence, so that an excerpt does not run on from it.
    """
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    text = " ".join("".join(reader.parts).split())
    # Where a citation has been taken out, or a heading has a mark of its own.
    return _STRAY_STOP.sub(r"\1", text)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag not in _INLINE:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._silent:
            self._silent -= 1
        if tag not in _INLINE:
            self.parts.append(". " if tag in _HEADINGS else " ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)
