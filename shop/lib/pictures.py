"""Pictures: uploads checked before they are decoded, cleaned, and stored in several sizes and formats.

The format is read from the content, never from the name or the browser's word. What is stored is
always encoded anew, so neither metadata (place, camera, comments) nor anything hidden in the file
survives. Every name holds a digest of the picture: it never changes, and caches may keep it for good.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache, partial
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageCms, ImageOps

from shop.lib import jpeg_parts

INPUT_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
# From a phone's half column to a wide screen at double density.
WIDTHS = (320, 640, 960, 1440)
LONGEST_SIDE = 2880
SHORTEST_SIDE = 200

ENCODERS: dict[str, dict[str, int | bool]] = {
    "avif": {"quality": 58, "speed": 8},
    "webp": {"quality": 78, "method": 4},
    "jpeg": {"quality": 80, "optimize": True, "progressive": True},
    "png": {"optimize": True},
}


class ImageRefused(Exception):
    """The file cannot be used as a picture. The message is for the person who uploaded it."""


@dataclass(frozen=True)
class Stored:
    """A picture in the storage: the digest that its names hold, its full size, and its smaller ones.

    `renditions` is a list of {"format", "width", "height", "name"}, smallest first.
    """

    digest: str
    name: str
    width: int
    height: int
    renditions: list[dict[str, Any]]


@dataclass(frozen=True)
class Rendition:
    """One stored size of a picture in one format. `name` is its name in the storage."""

    format: str
    width: int
    height: int
    name: str


def read(upload: File[bytes]) -> Image.Image:
    """Return the picture in `upload`: upright, in RGB or RGBA, without any metadata.

    Raises ImageRefused for a file that is too large, of another type, damaged, animated, or that would
    take more than settings.IMAGE_MAX_PIXELS; size and type are known before anything is decoded.
    """
    if upload.size > settings.IMAGE_MAX_BYTES:
        limit, size = settings.IMAGE_MAX_BYTES / 1e6, upload.size / 1e6
        message = f"The file has {size:.1f} MB; the limit is {limit:.1f} MB."
        raise ImageRefused(message)
    upload.seek(0)
    image = _opened(upload)
    _check_shape(image)
    try:
        # Lets the JPEG decoder skip what would only be scaled away.
        image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
        image.load()
        upright = ImageOps.exif_transpose(image)
        return _plain(upright)
    except Exception as error:  # the decoders raise a dozen kinds for a damaged file
        message = "The picture is damaged or cut off. Please save it again and upload that file."
        raise ImageRefused(message) from error


def store(
    picture: Image.Image,
    folder: str,
    *,
    widths: tuple[int, ...] = WIDTHS,
    formats: tuple[str, ...] = ("avif", "webp"),
    own_file: bytes = b"",
) -> Stored:
    """Store `picture` (from read()) in `folder`, in its full size and in `widths`. Twice is once.

    Each width comes in `formats` and in the format that every browser knows. `own_file` is the file that
    it was read from, if that is one of ours from an earlier export: a bare JPEG is kept as it is, for
    encoded once more it would be another picture.
    """
    picture = _at_most(picture, LONGEST_SIDE)
    fallback = _fallback_format(picture)
    keeps = fallback == "jpeg" and jpeg_parts.is_bare(own_file)
    original = own_file if keeps else _encoded(picture, fallback)
    digest = hashlib.sha256(original).hexdigest()[:20]
    return Stored(
        digest=digest,
        name=_stored(f"{folder}/{digest}.{fallback}", lambda: original),
        width=picture.width,
        height=picture.height,
        renditions=[
            asdict(one)
            for one in _renditions(picture, f"{folder}/{digest}", widths, (*formats, fallback))
        ],
    )


def cut_size(full: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """Return how large a cut in the shape of `size` gets of a picture that is `full` large.

    A picture that is smaller is not blown up: it keeps its pixels in that shape.
    """
    part = _part(full, size)
    return size if part[0] > size[0] else part


def cut(picture: Image.Image, size: tuple[int, int], focus: tuple[int, int]) -> Image.Image:
    """Return the largest part of `picture` in the shape of `size`, around `focus` (percent).

    It is scaled down to `size`, never up: see cut_size().
    """
    part = _part(picture.size, size)
    left = _held(round(picture.width * focus[0] / 100 - part[0] / 2), picture.width - part[0])
    top = _held(round(picture.height * focus[1] / 100 - part[1] / 2), picture.height - part[1])
    shaped = picture.crop((left, top, left + part[0], top + part[1]))
    wanted = cut_size(picture.size, size)
    return shaped if wanted == part else shaped.resize(wanted, Image.Resampling.LANCZOS)


def as_jpeg(picture: Image.Image) -> bytes:
    """Return `picture` as a JPEG file, what is transparent as white."""
    if picture.mode == "RGBA":
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        picture = paper
    return _encoded(picture, "jpeg")


def remove_after_commit(names: frozenset[str], still_used: Callable[[], set[str]]) -> None:
    """Delete the files of these `names` once the transaction has committed, but for those still in use."""
    transaction.on_commit(partial(_remove, names, still_used))


def file_names(file_name: str, renditions: list[dict[str, Any]]) -> frozenset[str]:
    """Return the names of a picture's file and of its other sizes; empty names are left out."""
    return frozenset(filter(None, {str(one["name"]) for one in renditions} | {file_name}))


def _opened(upload: File[bytes]) -> Image.Image:
    try:
        return Image.open(upload, formats=INPUT_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageRefused(_too_many_pixels()) from error
    except Exception as error:  # as above: what a hostile file raises is not documented
        message = "This is not a picture that we can read. Please upload a JPEG, PNG, WebP or AVIF."
        raise ImageRefused(message) from error


def _check_shape(image: Image.Image) -> None:
    width, height = image.size
    if width * height > settings.IMAGE_MAX_PIXELS:
        raise ImageRefused(_too_many_pixels())
    if min(width, height) < SHORTEST_SIDE:
        message = (
            f"The picture has {width} × {height} pixels; {SHORTEST_SIDE} each way is the least."
        )
        raise ImageRefused(message)
    # An MPO is a photograph by a phone with a second one (depth, brightness) behind it: use the first.
    if image.format != "MPO" and getattr(image, "is_animated", False):
        message = "The picture is animated. Please upload a still one."
        raise ImageRefused(message)


def _too_many_pixels() -> str:
    limit = settings.IMAGE_MAX_PIXELS // 1_000_000
    return f"The picture has more than {limit} million pixels. Please make it smaller."


def _plain(image: Image.Image) -> Image.Image:
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "RGBA", "CMYK", "L"}:
        image = _in_srgb(image, profile)
    if image.mode.startswith("I"):
        # 16 bits of gray; convert() alone would cut off all but the darkest shades.
        image = image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    plain = image.convert(mode)
    if mode == "RGBA" and plain.getchannel("A").getextrema() == (255, 255):
        plain = plain.convert("RGB")
    plain.info.clear()
    return plain


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError):
        # A broken profile spoils shades, not the picture.
        return image
    return converted or image


def _at_most(image: Image.Image, side: int) -> Image.Image:
    if max(image.size) <= side:
        return image
    smaller = image.copy()
    smaller.thumbnail((side, side), Image.Resampling.LANCZOS)
    return smaller


def _renditions(
    picture: Image.Image, stem: str, widths: tuple[int, ...], formats: tuple[str, ...]
) -> Iterator[Rendition]:
    full_width, full_height = picture.size
    wanted = [width for width in widths if width < full_width]
    if len(wanted) < len(widths):
        wanted.append(full_width)
    for width in wanted:
        height = max(1, round(full_height * width / full_width))
        resized = cache(partial(picture.resize, (width, height), Image.Resampling.LANCZOS))
        for format_ in formats:
            name = f"{stem}-{width}.{format_}"
            yield Rendition(
                format_, width, height, _stored(name, partial(_encoded_as, format_, resized))
            )


def _encoded_as(format_: str, resized: Callable[[], Image.Image]) -> bytes:
    return _encoded(resized(), format_)


def _encoded(image: Image.Image, format_: str) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format=format_.upper(), **ENCODERS[format_])
    return buffer.getvalue()


def _stored(name: str, content: Callable[[], bytes]) -> str:
    # The name is a digest of the picture: if it is there, it is the same, and need not be made.
    if default_storage.exists(name):
        return name
    return default_storage.save(name, ContentFile(content()))


def _fallback_format(picture: Image.Image) -> str:
    return "png" if picture.mode == "RGBA" else "jpeg"


def _remove(names: frozenset[str], still_used: Callable[[], set[str]]) -> None:
    for name in sorted(names - still_used()):
        default_storage.delete(name)


def _part(full: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    scale = min(full[0] / size[0], full[1] / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _held(value: int, most: int) -> int:
    return min(max(value, 0), most)
