"""Pictures: one to lead, and for each what it shows and who made it."""

from collections.abc import Iterator

from blog import wording
from blog.models import Picture
from blog.picture_words import alt_problem
from blog.prose import PICTURE_SRC
from blog.readiness.problems import BLOCKS, TELLS, Examined, Problem
from blog.snapshots import rich_text

License = Picture.License


def problems(examined: Examined) -> Iterator[Problem]:
    """Yield pictures that are missing, mute, or of unknown making."""
    snapshot = examined.snapshot
    if not snapshot["main_picture"]:
        yield Problem("no_picture", BLOCKS, "Choose a main picture.", "main_picture")
    own_alts = _alts_in(rich_text(snapshot))
    for field, digest in examined.pictures:
        picture = snapshot["pictures"].get(digest)
        if picture is None:
            message = "A picture is not in the library any more."
            yield Problem("lost_picture", BLOCKS, message, field, digest)
            continue
        name = picture["title"]
        alt = (own_alts.get(digest) if field == "body" else "") or picture["alt"]
        if not picture["is_decorative"] and (wrong := alt_problem(alt, snapshot["title"])):
            yield Problem("bad_alt", BLOCKS, f"Picture “{name}”: {wrong}", field, alt or name)
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


def _alts_in(body: str) -> dict[str, str]:
    """What the text itself says about each of its pictures; it goes before the library's words."""
    found = {}
    for image in wording.parsed(body).iter("img"):
        match = PICTURE_SRC.fullmatch(image.get("src") or "")
        if match:
            found[match[1]] = wording.tidy(image.get("alt") or "")
    return found
