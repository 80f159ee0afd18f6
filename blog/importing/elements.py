"""Odd HTML made well-formed: a tree in which only elements stand that the importer knows."""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import nh3
from lxml import etree, html

from blog.prose import DROPPED_WITH_CONTENT
from blog.prose import TAGS as PROSE

Element: TypeAlias = Any  # lxml.html.HtmlElement; lxml has no types

EMBEDDED = {"iframe", "embed", "object", "video", "audio"}
# Blocks without a meaning of their own.
WRAPPERS = {
    *("div", "section", "article", "aside", "main", "header", "footer", "nav", "center"),
    *("address", "fieldset", "details", "summary", "dl"),
}
RENAMED = {
    "b": "strong",
    "i": "em",
    "dfn": "em",
    "var": "em",
    "cite": "em",
    "h1": "h2",
    "h4": "h3",
    "h5": "h3",
    "h6": "h3",
    "tfoot": "tbody",
    "dd": "p",
}
_TAGS = {
    *(PROSE | WRAPPERS | EMBEDDED | set(RENAMED)),
    *("dt", "pre", "source", "param", "del", "s", "strike", "q"),
}
_ATTRIBUTES = {
    "*": {"class"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "data-src", "data-lazy-src", "data-orig-file"},
    **{tag: {"src"} for tag in ("iframe", "embed", "video", "audio", "source")},
    "object": {"data"},
    "param": {"name", "value"},
    **{tag: {"colspan", "rowspan"} for tag in ("th", "td")},
    "ol": {"start"},
}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=(DROPPED_WITH_CONTENT | {"head", "map"}) - EMBEDDED,
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
    strip_comments=True,
)
# No XML can hold them, so no tree can.
_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
DEEPEST = 60


class TooDeep(Exception):
    """The elements stand inside each other more often than any writer means."""


def parsed(markup: str) -> Element:
    """Return the tree below one `div`. Raises TooDeep."""
    # Only after it: the cleaner has made signs of references such as &#11;.
    cleaned = _INVALID.sub("", _CLEANER.clean(markup))
    root = html.fragment_fromstring(cleaned, create_parent="div")
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise TooDeep
    return root


def written(root: Element) -> str:
    """Return what stands inside `root` as HTML."""
    inner = (html.tostring(child, encoding="unicode") for child in root)
    return _escaped(root.text or "") + "".join(inner)


def found(root: Element, *tags: str) -> Iterator[Element]:
    """Yield the elements below `root` with one of these tags; the tree may be changed meanwhile."""
    yield from [each for each in root.iter(*tags) if each is not root]


def replace(element: Element, new: Element | None) -> None:
    """Put `new` (or nothing) where `element` stands; the text behind it stays."""
    tail, element.tail = element.tail, None
    parent = element.getparent()
    if new is not None:
        new.tail = tail
        parent.replace(element, new)
        return
    before = element.getprevious()
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def made(tag: str, text: str = "", **attributes: str) -> Element:
    """Return a new element."""
    element = html.Element(tag, **attributes)
    element.text = text or None
    return element


def words(element: Element) -> str:
    """Return the text in `element`, on one line."""
    return " ".join(str(element.text_content()).split())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
