"""Paragraphs of a text that has none: WordPress stores blank lines and makes <p> when it shows a post."""

import re
from dataclasses import dataclass, field

# Inside these, blank lines separate paragraphs.
FLOW = {
    *("div", "blockquote", "section", "article", "aside", "center", "main", "header", "footer"),
    *("li", "td", "th", "dd", "form", "fieldset", "details", "figure", "address", "nav"),
}
# Inside these there is one line of text; line ends in it are breaks.
LINE = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "caption", "dt", "summary"}
# Inside these, text that is not in an element of theirs has no place; white space means nothing.
FRAME = {
    *("ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr", "colgroup", "video", "audio"),
    *("object", "select"),
}
AS_IT_STANDS = {"pre", "script", "style", "textarea"}
_EMPTY = {"hr", "col"}
_ALL = sorted(FLOW | LINE | FRAME | AS_IT_STANDS | _EMPTY, key=len, reverse=True)
_TAG = re.compile(
    rf"(</?(?:{'|'.join(_ALL)})(?=[\s/>])(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+>)", re.IGNORECASE
)
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_BLANK_LINE = re.compile(r"\n[ \t\u00a0]*\n\s*")
_BREAK = re.compile(r"[ \t]*(?:<br\s*/?>)?[ \t]*\n[ \t]*", re.IGNORECASE)
# A line that begins with an asterisk is a call-out and stands alone.
_CALL_OUT = re.compile(r"(?:(?<=\n)|\A)[ \t]*\*[ \t\u00a0]*(?=[^\s*])(.+?)[ \t]*(?:\n|\Z)")
_SINGLE = {"li", "td", "th", "dd", "figure"}


@dataclass
class _Writer:
    output: list[str] = field(default_factory=list)
    open_tags: list[str] = field(default_factory=lambda: ["div"])

    def text(self, text: str) -> None:
        inside = self.open_tags[-1]
        if inside in AS_IT_STANDS:
            self.output.append(text)
        elif inside in LINE:
            self.output.append(_BREAK.sub("<br>", text.strip("\n")))
        elif inside in FRAME or not text.strip():
            self.output.append(text.strip(" \t\n") or " ")
        else:
            self.output.append(_in_paragraphs(text, may_be_bare=inside in _SINGLE))

    def tag(self, source: str) -> None:
        name = _NAME.match(source)[1].lower()  # type: ignore[index]
        self.output.append(source)
        if name in _EMPTY or source.endswith("/>"):
            return
        if not source.startswith("</"):
            if name == self.open_tags[-1] and name in {"li", "p", "td", "th", "tr", "dd", "dt"}:
                self.open_tags.pop()
            self.open_tags.append(name)
        elif name in self.open_tags[1:]:
            while self.open_tags.pop() != name:
                pass


def in_paragraphs(text: str) -> str:
    """Return `text` with its blank lines as paragraphs and its line ends as breaks, as WordPress shows it."""
    writer = _Writer()
    for place, piece in enumerate(_TAG.split(text)):
        if place % 2:
            writer.tag(piece)
        elif piece:
            writer.text(piece)
    return "".join(writer.output)


def _in_paragraphs(text: str, *, may_be_bare: bool) -> str:
    text = _CALL_OUT.sub(r"\n\n* \1\n\n", text)
    chunks = [chunk.strip() for chunk in _BLANK_LINE.split(text.strip("\n")) if chunk.strip()]
    if may_be_bare and len(chunks) <= 1:
        return "".join(_BREAK.sub("<br>", chunk) for chunk in chunks)
    return "".join(f"<p>{_BREAK.sub('<br>', chunk)}</p>" for chunk in chunks)
