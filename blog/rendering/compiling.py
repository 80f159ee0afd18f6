"""A rich text made ready once: cleaned, cut at the places that differ from page to page.

What is made here depends on nothing but its arguments, so it is kept per process and never goes stale:
docs/decisions/0025-posts-compiled-not-stored.md.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from django.conf import settings
from lxml import html

from blog import firewall, wording
from blog.prose import PICTURE_SRC, clean_prose
from blog.rendering.citations import MARK, keys_of
from blog.rendering.contents import Heading, number_headings

KEPT = 256  # texts; about 60 KB each
# Letters of Unicode's private use area around a place. clean_prose lets none of them in.
_SLOT = re.compile("\ue000([a-z])([^\ue001]*)\ue001")
# The feed and the years stand there too, and are no posts.
_POST_PATH = re.compile(r"/blog/(?!(?:feed|(?:19|20)[0-9]{2})/?$)([-\w]+)/?")
_RELATED = re.compile(r"\[post:([-\w]+)\]")
_CALLOUT = re.compile(r"\s*\*\s+")
_OWN_ANCHOR = re.compile(r"#([-\w]+)")


@dataclass(frozen=True)
class Slot:
    """A place in a text whose words are known only when the page is made.

    kind: "c" citations, "r" a related line, "t" the title of a post, "l" and "e" begin and end of a link
    to a post, "b" and "d" those of a link to a heading, "i" a picture in a line, "f" a figure, "p" the
    prefix of the post's anchors.
    """

    kind: str
    value: str


Piece = str | Slot


@dataclass(frozen=True)
class Shown:
    """A picture that the text shows, with the words that the text gives it."""

    digest: str
    alt: str
    caption: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Compiled:
    """A text in pieces."""

    pieces: tuple[Piece, ...]
    headings: tuple[Heading, ...]
    shown: tuple[Shown, ...]
    posts: frozenset[str]
    words: int

    @property
    def digests(self) -> set[str]:
        """The pictures that it shows."""
        return {each.digest for each in self.shown}


@lru_cache(maxsize=KEPT)
def compiled(
    markup: str,
    *,
    is_closed: bool = False,
    level: int = 2,
    frozen: tuple[tuple[str, str], ...] = (),
) -> Compiled:
    """Return `markup` cleaned and in pieces; its h2 becomes a heading of `level`, 0 makes it a paragraph.

    `is_closed`: nothing in it may lead to something to buy (blog.firewall). `frozen`: pairs of a
    heading's words and its anchor.
    """
    safe = clean_prose(markup)
    if is_closed:
        safe = clean_prose(firewall.without_sales(safe))
    work = _Work(wording.parsed(safe))
    headings = work.headings(level, [{"text": text, "id": id_} for text, id_ in frozen])
    work.lines()
    work.links()
    work.tables()
    work.citations()
    work.pictures()  # last: captions are taken out as they are then
    return Compiled(
        cut(_inner(work.root)),
        tuple(headings),
        tuple(work.shown),
        frozenset(work.posts),
        len(wording.words(wording.plain(safe))),
    )


def cut(text: str) -> tuple[Piece, ...]:
    """Cut `text` at its places."""
    pieces: list[Piece] = []
    end = 0
    for match in _SLOT.finditer(text):
        if match.start() > end:
            pieces.append(text[end : match.start()])
        pieces.append(Slot(match[1], match[2]))
        end = match.end()
    if end < len(text):
        pieces.append(text[end:])
    return tuple(pieces)


def place(kind: str, value: str = "") -> str:
    """Return what stands in a text for a Slot until it is cut."""
    return f"\ue000{kind}{value}\ue001"


def citations_in(text: str) -> str:
    """Return `text` with a place for each run of citations."""
    return MARK.sub(lambda found: place("c", ",".join(keys_of(found[0]))), text)


@dataclass
class _Work:
    root: html.HtmlElement
    shown: list[Shown] = field(default_factory=list)
    posts: set[str] = field(default_factory=set)

    def headings(self, level: int, frozen: Iterable[dict[str, str]]) -> list[Heading]:
        found = number_headings(self.root, list(frozen))
        for element, heading in found:
            if not level:
                _as_strong_line(element)
                continue
            element.set("id", f"{place('p')}{heading.id}")
            element.tag = f"h{level + heading.level - 2}"
        return [heading for _, heading in found] if level else []

    def lines(self) -> None:
        """Related lines and call-outs: paragraphs that are known by how they begin."""
        for paragraph in list(self.root.iter("p")):
            text = wording.tidy(paragraph.text_content())
            if related := _RELATED.fullmatch(text):
                self.posts.add(related[1])
                _replace(paragraph, place("r", related[1]))
            elif paragraph.text and (star := _CALLOUT.match(paragraph.text)):
                paragraph.text = paragraph.text[star.end() :]
                paragraph.set("class", "callout")
        for element, part, text in _texts(self.root):
            if "[post:" in text:
                self.posts.update(_RELATED.findall(text))
                setattr(element, part, _RELATED.sub(lambda m: place("t", m[1]), text))

    def pictures(self) -> None:
        for caption in list(self.root.iter("figcaption")):
            if next(caption.iterancestors("figure"), None) is None:
                caption.tag = "p"
        for figure in list(self.root.iter("figure")):
            self._figure(figure)
        for image in list(self.root.iter("img")):
            parent = image.getparent()
            number = self._show(image, ())
            if parent.tag == "p" and _is_alone(image) and parent.getparent() is not None:
                _replace(parent, place("f", str(number)))
            else:
                _replace(image, place("i", str(number)))

    def links(self) -> None:
        for link in list(self.root.iter("a")):
            _cite_behind(link)
            href = link.get("href", "")
            slug, fragment = _own_post(href)
            if slug:
                self.posts.add(slug)
                _unwrap(link, place("l", f"{slug}#{fragment}"), place("e", slug))
            elif anchor := _OWN_ANCHOR.fullmatch(href):
                _unwrap(link, place("b", anchor[1]), place("d"))
            elif not href:
                link.drop_tag()
            elif href.startswith(("http:", "https:")) and not _is_own(href):
                link.set("rel", "noopener")

    def tables(self) -> None:
        for number, table in enumerate(list(self.root.iter("table")), start=1):
            table.set("class", "table")
            for cell in table.iter("th"):
                is_column = next(cell.iterancestors("thead"), None) is not None
                cell.set("scope", "col" if is_column else "row")
            _in_scroll_box(table, number)

    def citations(self) -> None:
        for element, part, text in _texts(self.root):
            if MARK.search(text):
                setattr(element, part, citations_in(text))

    def _figure(self, figure: html.HtmlElement) -> None:
        images = list(figure.iter("img"))
        if not images:
            return  # a table with its caption, for example
        caption = figure.find(".//figcaption")
        has_words = caption is not None and wording.tidy(caption.text_content())
        pieces = cut(_inner(caption)) if has_words else ()
        numbers = [self._show(image, pieces if image is images[-1] else ()) for image in images]
        _replace(figure, "".join(place("f", str(number)) for number in numbers))

    def _show(self, image: html.HtmlElement, caption: tuple[Piece, ...]) -> int:
        known = PICTURE_SRC.fullmatch(image.get("src", ""))
        self.shown.append(Shown(known[1] if known else "", image.get("alt", "").strip(), caption))
        return len(self.shown) - 1


def _inner(element: html.HtmlElement) -> str:
    return _escaped(element.text) + "".join(
        html.tostring(child, encoding="unicode") for child in element
    )


def _escaped(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _texts(root: html.HtmlElement) -> list[tuple[html.HtmlElement, str, str]]:
    found = []
    for element in root.iter():
        if element.text:
            found.append((element, "text", element.text))
        if element.tail and element is not root:
            found.append((element, "tail", element.tail))
    return found


def _replace(element: html.HtmlElement, text: str) -> None:
    """Put `text` where `element` with all it holds has been."""
    element.tail = text + (element.tail or "")
    element.drop_tree()


def _unwrap(element: html.HtmlElement, before: str, after: str) -> None:
    """Put texts where the tags of `element` have been."""
    element.text = before + (element.text or "")
    element.tail = after + (element.tail or "")
    element.drop_tag()


def _cite_behind(link: html.HtmlElement) -> None:
    """No link can stand in another: what is cited inside this one is cited right behind it."""
    marks = []
    for element, part, text in _texts(link):
        if found := [match[0] for match in MARK.finditer(text)]:
            marks += found
            setattr(element, part, MARK.sub("", text))
    link.tail = "".join(marks) + (link.tail or "")


def _is_alone(image: html.HtmlElement) -> bool:
    parent = image.getparent()
    others = [child for child in parent if child is not image and child.tag != "br"]
    return not others and not wording.tidy(parent.text_content())


def _as_strong_line(heading: html.HtmlElement) -> None:
    heading.tag = "strong"
    paragraph = html.Element("p")
    paragraph.tail, heading.tail = heading.tail, None
    heading.getparent().replace(heading, paragraph)
    paragraph.append(heading)


def _in_scroll_box(table: html.HtmlElement, number: int) -> None:
    """Wide tables scroll inside a box that the keyboard can reach, on pages that do not.

    A group and no landmark: a page of whole posts would have many of one name.
    """
    box = html.Element("div", {"class": "table-scroll", "tabindex": "0", "role": "group"})
    caption = table.find("caption")
    if caption is not None:
        caption.set("id", f"{place('p')}table-{number}")
        box.set("aria-labelledby", f"{place('p')}table-{number}")
    else:
        box.set("aria-label", f"Table {number}")
    box.tail, table.tail = table.tail, None
    table.getparent().replace(table, box)
    box.append(table)


def _own_post(href: str) -> tuple[str, str]:
    """Return slug and fragment of a link to one of our posts, or nothing."""
    if not _is_own(href):
        return "", ""
    try:
        parts = urlsplit(href)
    except ValueError:  # brackets that are no IPv6 address
        return "", ""
    found = _POST_PATH.fullmatch(unquote(parts.path))
    fragment = parts.fragment if re.fullmatch(r"[-\w]*", parts.fragment) else ""
    return (found[1], fragment) if found else ("", "")


def _is_own(href: str) -> bool:
    return href.startswith(("/", f"{settings.SITE_URL}/"))
