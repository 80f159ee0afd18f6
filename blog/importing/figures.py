"""Pictures, films and frames in an old text: what the library has, is shown; the rest becomes words."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from blog.importing import debris
from blog.importing.attachments import NoPicture, Shelf, path_of
from blog.importing.elements import EMBEDDED, Element, found, made, replace, words
from blog.importing.links import OldAddresses
from blog.importing.slugs import urlsplit_safely

_PICTURE_ID = re.compile(r"(?:^|\s)wp-image-(\d{1,18})(?:\s|$)")
_FILE_NAME = re.compile(
    r"[\w-]+\.\w{3,4}|(?:IMG|DSC|image|photo|picture)[_ -]?\d+|[\w-]*\d{6,}|[\w-]*_[\w-]*",
    re.IGNORECASE,
)
_YOUTUBE = re.compile(r"(?:^|\.)(?:youtube(?:-nocookie)?\.com|youtu\.be)$")
_VIMEO = re.compile(r"player\.vimeo\.com$")


@dataclass
class Pictures:
    """What became of the pictures of one text."""

    shelf: Shelf
    addresses: OldAddresses
    note: Callable[[str], None]
    shown: list[str] = field(default_factory=list)  # digests in their order
    missing: int = 0


def settled(root: Element, pictures: Pictures) -> None:
    """Make every picture a figure with one of our pictures, or words; every film a link."""
    for gallery in found(root, "ul", "ol"):
        if "gallery" in (gallery.get("class") or ""):
            gallery.tag = "div"
            for item in gallery:
                item.tag = "div"
    for element in found(root, *EMBEDDED):
        # Of <object><embed></object> the outer one was looked at for both.
        if root in element.iterancestors():
            _settle_embedded(element, pictures)
    for image in found(root, "img"):
        _settle_image(image, pictures)
    for figure in reversed(list(found(root, "figure"))):
        _settle_figure(figure)


def _settle_embedded(element: Element, pictures: Pictures) -> None:
    sources = [element, *element.iter("source", "embed", "iframe")]
    address = next(
        (value for each in sources if (value := each.get("src") or each.get("data"))), ""
    )
    here = pictures.addresses.now_at(address)
    if not here or here.startswith("/"):
        pictures.note(f"{element.tag} left out: {debris.cut(address, 120) or 'no address'}")
        replace(element, None)
        return
    target = watched_at(here)
    paragraph = made("p")
    paragraph.append(made("a", target, href=target))
    pictures.note(f"{element.tag} made a link: {debris.cut(target, 120)}")
    replace(element, paragraph)


def watched_at(address: str) -> str:
    """Return the page on which a film is watched, of the address that frames use."""
    parts = urlsplit_safely(address)
    last = parts.path.rstrip("/").rpartition("/")[2]
    host = parts.hostname or ""
    if _YOUTUBE.search(host) and (film := re.match(r"/(?:embed|v)/([\w-]+)", parts.path)):
        return f"https://www.youtube.com/watch?v={film[1]}"
    if _YOUTUBE.search(host) and (named := parse_qs(parts.query).get("v")):
        return f"https://www.youtube.com/watch?v={named[0]}"
    if _VIMEO.search(host) and last.isdigit():
        return f"https://vimeo.com/{last}"
    return address


def _settle_image(image: Element, pictures: Pictures) -> None:
    alt = debris.one_line(image.get("alt") or "")
    if "wp-smiley" in (image.get("class") or "") or "/smilies/" in (image.get("src") or ""):
        replace(image, made("span", alt))
        return
    if {image.get("width"), image.get("height")} & {"0", "1"}:
        replace(image, None)
        return
    names = [image.get(name) for name in ("data-orig-file", "data-lazy-src", "data-src", "src")]
    address = next((name for name in names if name), "")
    number = _PICTURE_ID.search(image.get("class") or "")
    try:
        digest = pictures.shelf.digest_of(address, int(number[1]) if number else 0)
    except NoPicture as problem:
        pictures.missing += 1
        name = debris.cut(path_of(address).rpartition("/")[2] or address, 80)
        pictures.note(f"picture {name} left out: {problem}".replace("  ", " "))
        _say_instead(image, alt)
        return
    pictures.shown.append(digest)
    attributes = {"src": f"/blog/pictures/{digest}/"}
    own = made("img", **attributes, alt="" if _FILE_NAME.fullmatch(alt) else alt)
    if any(each.tag == "figure" for each in image.iterancestors()):
        replace(image, own)
        return
    figure = made("figure")
    figure.append(own)
    replace(image, figure)


def _say_instead(image: Element, alt: str) -> None:
    has_caption = any(
        each.tag == "figure" and each.find(".//figcaption") is not None
        for each in image.iterancestors()
    )
    is_said = alt and not has_caption and not _FILE_NAME.fullmatch(alt)
    said = made("span", f"(Picture: {alt})") if is_said else None
    replace(image, said)
    if said is not None:
        _keep_apart(said)


def _keep_apart(said: Element) -> None:
    """Put spaces where a picture touched words."""
    parent, before = said.getparent(), said.getprevious()
    text = parent.text if before is None else before.tail
    if text and not text[-1].isspace():
        said.text = f" {said.text}"
    following = said.tail or (parent.tail if said.getnext() is None else "") or ""
    if following[:1].isalnum():
        said.text = f"{said.text} "


def _settle_figure(figure: Element) -> None:
    images = list(figure.iter("img"))
    if not images or figure.find(".//figure") is not None or figure.find(".//table") is not None:
        _unwrap(figure)
        return
    caption = figure.find(".//figcaption")
    for element in [*images, caption] if caption is not None else images:
        replace(element, None)
    rest = made("div", figure.text or "")
    rest.extend(list(figure))
    figure.text = None
    for image in images[:-1]:
        lone = made("figure")
        lone.append(image)
        figure.addprevious(lone)
    figure.append(images[-1])
    if caption is not None and words(caption):
        figure.append(caption)
        figure.addnext(rest)
    elif words(rest):
        rest.tag = "figcaption"
        figure.append(rest)


def _unwrap(figure: Element) -> None:
    table = figure.find(".//table")
    for caption in found(figure, "figcaption"):
        if any(each is not figure and each.tag == "figure" for each in caption.iterancestors()):
            continue
        caption.tag = "div"
        is_around = table is not None and caption in table.iterancestors()
        if table is not None and table.find("caption") is None and not is_around:
            replace(caption, None)
            caption.tag = "caption"
            if words(caption) or caption.find(".//img") is not None:
                table.insert(0, caption)
    figure.tag = "div"
