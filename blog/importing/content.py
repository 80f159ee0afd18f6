"""An old text made one of ours: repaired, in paragraphs, with our pictures and addresses, clean."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from blog import firewall
from blog.importing import blocks, debris, elements, flow
from blog.importing.attachments import Shelf
from blog.importing.elements import Element, found, made, replace, words
from blog.importing.endings import taken_credits, taken_read_more
from blog.importing.figures import Pictures, settled, watched_at
from blog.importing.links import OldAddresses
from blog.importing.paragraphs import in_paragraphs
from blog.importing.shortcode_texts import Texts, in_html
from blog.importing.unclosed import closed
from blog.prose import clean_prose

_MORE = re.compile(r"\s*more\b(.*)", re.DOTALL)
_NEXT_PAGE = re.compile(r"\s*nextpage\s*")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_STRUCK = ("del", "s", "strike")
# Dropped with what stands in them; whoever wrote words there may miss them.
_UNSHOWN = re.compile(r"<(form|svg|math|canvas|applet)\b", re.IGNORECASE)


@dataclass
class Old:
    """A text as the export has it, and what it is read with."""

    text: str
    post_id: int
    shelf: Shelf
    addresses: OldAddresses
    note: Callable[[str], None]
    footnotes: tuple[str, ...] = ()  # their HTML
    shared: Mapping[int, str] = field(default_factory=dict)  # blocks that posts share, by number


@dataclass(frozen=True)
class Converted:
    """The text as ours. `teaser` is what stood before "more", in plain words."""

    html: str
    teaser: str = ""
    credits: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    read_more_heading: str = ""
    read_more: tuple[str, ...] = ()


def converted(old: Old) -> Converted:
    """Return the text as HTML that a post can have; what was lost on the way goes to `old.note`."""
    text, teaser_end = _joined(debris.repaired(blocks.with_shared(old.text, old.shared)))
    for name in dict.fromkeys(one.lower() for one in _UNSHOWN.findall(text)):
        old.note(f"{name} left out")
    pictures = Pictures(old.shelf, old.addresses, old.note)
    texts = Texts(pictures, old.post_id, old.note, tuple(map(debris.repaired, old.footnotes)))
    teaser = _teaser(text[:teaser_end], texts) if teaser_end is not None else ""
    root = _tree(text, texts)
    settled(root, pictures)
    _lead_here(root, old)
    _leave_out_struck(root, old.note)
    root = flow.arranged(root)
    _link_lone_addresses(root, old.addresses)
    names = taken_credits(root, pictures)
    heading, slugs = taken_read_more(root)
    _drop_lost_links(root, old.note)
    for element in root.iter():
        element.text = debris.even_spaces(element.text) if element.text else None
        element.tail = debris.even_spaces(element.tail) if element.tail else None
    cleaned = clean_prose(elements.written(root))
    without = clean_prose(firewall.without_sales(cleaned))
    if without != cleaned:
        old.note("links into the shop removed")
    return Converted(without, teaser, names, tuple(pictures.shown), heading, slugs)


def _tree(text: str, texts: Texts) -> Element:
    try:
        if not debris.is_too_deep(text):
            return elements.parsed(_whole(text, texts))
    except elements.TooDeep:
        pass
    texts.note("elements nested too deeply: only the words kept")
    return elements.parsed(in_paragraphs(html.escape(debris.plain(text))))


def _joined(text: str) -> tuple[str, int | None]:
    """Return the text with its pages joined and without "more", and where that stood."""
    kept: list[str] = []
    position, more = 0, None
    for start, end, inner in blocks.comments(text):
        found_more = _MORE.fullmatch(inner)
        if not found_more and not _NEXT_PAGE.fullmatch(inner):
            continue
        kept.append(text[position:start])
        position = end
        if found_more and more is None:
            more = sum(map(len, kept))
        kept.append("\n\n")
    return "".join([*kept, text[position:]]), more


def _whole(text: str, texts: Texts) -> str:
    pieces = []
    for part in blocks.parts(text, texts.block):
        piece = blocks.without_comments(part.html)
        if part.is_free:
            pieces.append(_PLACE + piece + _PLACE if piece.strip() else "")
        else:
            pieces.append(piece)
    # Shortcodes may reach over several blocks, so they are seen together; free text gets its paragraphs.
    stretches = in_html("".join(pieces), texts).split(_PLACE)
    return "".join(
        in_paragraphs(closed(stretch)) if place % 2 else closed(stretch)
        for place, stretch in enumerate(stretches)
    )


# A private sign, which debris.repaired() and clean_prose() let nobody else bring in.
_PLACE = "\ue001"


def _teaser(text: str, texts: Texts) -> str:
    quiet = Texts(texts.pictures, texts.post_id, lambda _text: None)
    return debris.plain(in_html(blocks.without_comments(text), quiet))


def _lead_here(root: Element, old: Old) -> None:
    for link in found(root, "a"):
        href = (link.get("href") or "").strip()
        is_picture = link.find(".//figure") is not None or link.find(".//img") is not None
        here = old.addresses.now_at(href)
        if "wp-block-file__button" in link.attrib.pop("class", ""):
            # “Download”, beside a link to the same file that has its name.
            replace(link, None)
            continue
        if here and not (is_picture and old.addresses.is_upload(href)):
            link.set("href", here)
            continue
        if href and not href.startswith("#") and not is_picture:
            # Below "Read more about …" it may name a post that is imported later.
            link.set("class", "lost")
            link.set("title", debris.cut(href, 120))
            link.set("href", old.addresses.perhaps_at(href))
            continue
        link.drop_tag()


def _drop_lost_links(root: Element, note: Callable[[str], None]) -> None:
    for link in found(root, "a"):
        if link.get("class") == "lost":
            note(f"link removed, nothing there: {link.get('title')}")
            link.drop_tag()


def _leave_out_struck(root: Element, note: Callable[[str], None]) -> None:
    for element in found(root, *_STRUCK):
        if text := words(element):
            note(f"struck text left out: “{debris.cut(text, 60)}”")
        element.drop_tree()


def _link_lone_addresses(root: Element, addresses: OldAddresses) -> None:
    """Make an address that is a whole paragraph a link: WordPress shows what stands there."""
    for paragraph in found(root, "p"):
        text = words(paragraph)
        if not _ADDRESS.fullmatch(text) or paragraph.find(".//a") is not None:
            continue
        if slug := addresses.post_at(text):
            _fill(paragraph, None, f"[post:{slug}]")
        elif here := addresses.now_at(text):
            target = watched_at(here)
            _fill(paragraph, made("a", target, href=target), "")


def _fill(paragraph: Element, child: Element | None, text: str) -> None:
    for each in list(paragraph):
        paragraph.remove(each)
    paragraph.text = text or None
    if child is not None:
        paragraph.append(child)
