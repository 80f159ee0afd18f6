"""How a stored picture is put on a page: one source for each format, each in all its widths."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

# Best first: a browser takes the first format that it knows. The last is the fallback's <img>.
FORMATS = ("avif", "webp", "jpeg", "png")


class Picture(Protocol):
    """A row with a stored picture (see shop/lib/pictures.py)."""

    alt: Any
    file: Any
    width: Any
    height: Any
    renditions: Any


@dataclass(frozen=True)
class Source:
    """One format of a picture: its media type, its srcset, its smallest and its largest file."""

    media_type: str
    srcset: str
    smallest: str
    largest: str


def sources(image: Picture) -> list[Source]:
    """Return the formats of `image`, best first; the last one is what every browser can show."""
    found = []
    for format_ in FORMATS:
        files = [each for each in image.renditions if each["format"] == format_]
        if files:
            found.append(_source(format_, files))
    return found


def picture_html(
    image: Picture, *, sizes: str = "100vw", first: bool = False, alt: str | None = None
) -> SafeString:
    """Return `image` as HTML in the size and format that the browser likes best.

    `sizes` says how wide it stands on the page (the HTML attribute of that name). `first` is for the
    main picture of the first screen: it is fetched at once and before the others. `alt` replaces the
    picture's own alternative text.
    """
    context = {
        "alt": image.alt if alt is None else alt,
        "width": image.width,
        "height": image.height,
        "sources": sources(image),
        "fallback_url": largest_url(image),
        "sizes": sizes,
        "is_first": first,
    }
    return render_to_string("components/picture.html", context)


def largest_url(image: Picture) -> str:
    """Return the address of the largest file that every browser and every crawler can show."""
    found = sources(image)
    return found[-1].largest if found else default_storage.url(str(image.file.name))


def smallest_url(image: Picture) -> str:
    """Return the address of the smallest file that every browser can show."""
    found = sources(image)
    return found[-1].smallest if found else default_storage.url(str(image.file.name))


def _source(format_: str, files: Sequence[dict[str, Any]]) -> Source:
    by_width = sorted(files, key=lambda each: int(each["width"]))
    urls = [(default_storage.url(each["name"]), each["width"]) for each in by_width]
    return Source(
        media_type=f"image/{format_}",
        srcset=", ".join(f"{url} {width}w" for url, width in urls),
        smallest=urls[0][0],
        largest=urls[-1][0],
    )
