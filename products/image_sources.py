"""How a stored picture is put on a page: one source for each format, each in all its widths."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage

from products.models import ProductImage

# Best first: a browser takes the first format that it knows. The last is the fallback's <img>.
FORMATS = ("avif", "webp", "jpeg", "png")


@dataclass(frozen=True)
class Source:
    """One format of a picture: its media type, its srcset, its smallest and its largest file."""

    media_type: str
    srcset: str
    smallest: str
    largest: str


def sources(image: ProductImage) -> list[Source]:
    """Return the formats of `image`, best first; the last one is what every browser can show."""
    found = []
    for format_ in FORMATS:
        files = [each for each in image.renditions if each["format"] == format_]
        if files:
            found.append(_source(format_, files))
    return found


def largest_url(image: ProductImage) -> str:
    """Return the address of the largest file that every browser and every crawler can show."""
    found = sources(image)
    return found[-1].largest if found else default_storage.url(str(image.file.name))


def smallest_url(image: ProductImage) -> str:
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
