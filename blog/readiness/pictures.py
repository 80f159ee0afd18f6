"""Pictures: one to lead, and for each what it shows and who made it."""

from collections.abc import Iterator

from blog import wording
from blog.models import Picture
from blog.picture_words import alt_problem
from blog.prose import PICTURE_SRC
from blog.readiness.problems import BLOCKS, TELLS, Examined, Problem

License = Picture.License


def problems(examined: Examined) -> Iterator[Problem]:
    """Yield pictures that are missing, mute, or of unknown making."""
    snapshot = examined.snapshot
    if not snapshot["main_picture"]:
        yield Problem("no_picture", BLOCKS, "Choose a main picture.", "main_picture")
    own_words = list(_own_words(examined))
    for field, digest in examined.pictures:
        picture = snapshot["pictures"].get(digest)
        if picture is None:
            message = "A picture is not in the library any more."
            yield Problem("lost_picture", BLOCKS, message, field, digest)
            continue
        name = picture["title"]
        # Where the text says nothing of a picture, the library's words are read.
        read = [(place, alt or picture["alt"]) for place, one, alt in own_words if one == digest]
        read += [(field, picture["alt"])] if field != "body" else []
        for place, alt in () if picture["is_decorative"] else dict.fromkeys(read):
            if wrong := alt_problem(alt, snapshot["title"]):
                yield Problem("bad_alt", BLOCKS, f"Picture “{name}”: {wrong}", place, alt or name)
        yield from _origin(field, name, picture["license"], wording.tidy(picture["credit"]))


def _origin(field: str, name: str, license: str, credit: str) -> Iterator[Problem]:  # noqa: A002
    if license == License.UNKNOWN:
        message = f"Picture “{name}”: nobody knows whether we may show it."
        yield Problem("unknown_license", BLOCKS, message, field, name)
    if license not in {License.OWN, License.UNKNOWN} and not credit:
        message = f"Picture “{name}”: say who made it."
        yield Problem("no_credit", BLOCKS, message, field, name)
    if license == License.OWN and not credit:
        message = f"Picture “{name}” is our own work; a credit would say whose."
        yield Problem("no_own_credit", TELLS, message, field, name)


def _own_words(examined: Examined) -> Iterator[tuple[str, str, str]]:
    """Yield each picture in a rich text: the field, its digest, and what the text itself says of it."""
    for field, markup in examined.prose:
        for image in wording.parsed(markup).iter("img"):
            if match := PICTURE_SRC.fullmatch(image.get("src") or ""):
                yield field, match[1], wording.tidy(image.get("alt") or "")
