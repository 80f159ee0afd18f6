"""Markdown as staff write it, turned into safe HTML: no raw HTML, no pictures, no script links."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token


@dataclass(frozen=True)
class Heading:
    """One second-level heading: the anchor inside the page and its words."""

    anchor: str
    text: str


@dataclass(frozen=True)
class RenderedText:
    """HTML that may be put on a page as it is, and its second-level headings for a contents list."""

    html: SafeString
    headings: tuple[Heading, ...]


def anchor_for(text: str) -> str:
    """Return the part of `text` that can stand in an address: "What we keep?" → "what-we-keep"."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"


def new_parser() -> MarkdownIt:
    """Return CommonMark with tables, and with everything off that could bring foreign content in.

    Straight quotes become curly. Raw HTML is shown as text; markdown-it itself drops javascript:, vbscript:, file: and data: links.
    Pictures are off because one from elsewhere would tell that site who reads our page.
    """
    parser = MarkdownIt("commonmark", {"html": False, "typographer": True})
    parser.enable(["table", "smartquotes"]).disable("image")
    parser.add_render_rule("table_open", _open_table)
    parser.add_render_rule("table_close", _close_table)
    return parser


@lru_cache(maxsize=512)
def render(text: str) -> RenderedText:
    """Turn Markdown into HTML whose second-level headings carry anchors, each used once.

    The same text gives the same HTML, so it is kept: a page is read far more often than it is edited.
    """
    return render_with(_PARSER, text)


def render_with(parser: MarkdownIt, text: str) -> RenderedText:
    """Do what `render` does with a parser that knows more, made from new_parser()."""
    tokens = parser.parse(text)
    headings = _give_anchors(tokens)
    _label_tables(tokens)
    markup = parser.renderer.render(tokens, parser.options, {})
    return RenderedText(mark_safe(markup), headings)  # noqa: S308 (raw HTML is off in the parser)


def _give_anchors(tokens: list[Token]) -> tuple[Heading, ...]:
    headings: list[Heading] = []
    for place, token in enumerate(tokens):
        if token.type != "heading_open" or token.tag != "h2":
            continue
        words = "".join(child.content for child in tokens[place + 1].children or ())
        anchor = base = anchor_for(words)
        count = 1
        while any(heading.anchor == anchor for heading in headings):
            count += 1
            anchor = f"{base}-{count}"
        token.attrSet("id", anchor)
        headings.append(Heading(anchor, words))
    return tuple(headings)


def _label_tables(tokens: list[Token]) -> None:
    """Make the first cell of a row its heading, and tell the others which column they belong to.

    On a phone the rows stand as labelled lines (.table-stack), for which every cell needs its label.
    """
    columns: list[str] = []
    in_body = False
    column = 0
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            columns, in_body = [], False
        elif token.type == "tbody_open":
            in_body = True
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            token.attrs = {"scope": "col"}
            columns.append(tokens[place + 1].content)
        elif token.type == "td_open" and in_body:
            token.attrs = {"data-label": columns[column]} if column else {"scope": "row"}
            if column == 0:
                token.tag = tokens[place + 2].tag = "th"
            column += 1


def _open_table(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    # A wide table scrolls in its own box on a phone; the box can be reached by keyboard, and needs a
    # name of its own among several: the headings of its columns.
    label = html.escape(f"Table: {', '.join(_column_headings(tokens, index))}")
    return (
        f'<section class="table-scroll" tabindex="0" aria-label="{label}">'
        '<table class="table table-stack">\n'
    )


def _column_headings(tokens: Sequence[Token], index: int) -> Iterator[str]:
    for place in range(index, len(tokens)):
        if tokens[place].type == "thead_close":
            return
        if tokens[place].type == "th_open":
            yield tokens[place + 1].content


def _close_table(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return "</table></section>\n"


_PARSER = new_parser()
