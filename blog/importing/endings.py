"""Blocks at the end of old posts for which we have fields: credits of pictures, and what to read next."""

import re

from blog.importing import debris
from blog.importing.elements import Element, found, words
from blog.importing.figures import Pictures

_CREDITS = re.compile(
    r"image credits?,?\s*(?:from (?:the )?top|top to bottom)[^:]{0,40}:\s*", re.IGNORECASE
)
_READ_MORE = re.compile(r"read more (?:about|on) [^:]{1,100}:", re.IGNORECASE)
_POST = re.compile(r"/blog/([^/]+)/")


def taken_credits(root: Element, pictures: Pictures) -> tuple[str, ...]:
    """Return the names of “Image credits, from top:” if there is one for each picture; they leave the text."""
    for paragraph in found(root, "p"):
        lead = _CREDITS.match(words(paragraph))
        if not lead:
            continue
        names = [name.strip(" .") for name in re.split(r"[,;]", words(paragraph)[lead.end() :])]
        names = [debris.cut(name, 160) for name in names if name]
        if names and len(names) == len(pictures.shown) and not pictures.missing:
            paragraph.drop_tree()
            return tuple(names)
    return ()


def taken_read_more(root: Element) -> tuple[str, tuple[str, ...]]:
    """Return the heading of “Read more about …:” and the posts below it; they leave the text.

    Only where all of it leads to posts that are here: what leads nowhere yet stays as words.
    """
    for block in found(root, "p", "h2", "h3"):
        lead = _READ_MORE.match(words(block))
        if not lead:
            continue
        taken = [block]
        slugs = _only_posts(block, words(block)[lead.end() :])
        if slugs is None:
            continue
        following = block.getnext()
        while following is not None and following.tag in {"p", "ul", "ol"}:
            more = _only_posts(following, words(following))
            if not more:
                break
            slugs += more
            taken.append(following)
            following = following.getnext()
        if slugs:
            for element in taken:
                element.drop_tree()
            return lead[0], tuple(dict.fromkeys(slugs))
    return "", ()


def _only_posts(block: Element, text: str) -> list[str] | None:
    """Return the slugs to which the links of `block` lead; None if `text` says anything else."""
    links = list(block.iter("a"))
    targets = [_POST.fullmatch(link.get("href") or "") for link in links]
    said = " ".join(words(link) for link in links)
    if not all(targets) or said.split() != text.split():
        return None
    return [target[1] for target in targets if target]
