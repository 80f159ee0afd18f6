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

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageCms, ImageOps

from products.models import ProductImage

INPUT_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
FOLDER = "products"
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


def store(image: ProductImage, picture: Image.Image) -> None:
    """Make `picture` (from read()) the picture of `image`, in all sizes, and save `image`.

    The files that it replaces are removed once the transaction has committed.
    """
    before = ProductImage.objects.filter(pk=image.pk).first()
    picture = _at_most(picture, LONGEST_SIDE)
    fallback = "png" if picture.mode == "RGBA" else "jpeg"
    original = _encoded(picture, fallback)
    digest = hashlib.sha256(original).hexdigest()[:20]
    image.width, image.height = picture.size
    image.file.name = _stored(f"{FOLDER}/{digest}.{fallback}", lambda: original)
    image.renditions = [asdict(one) for one in _renditions(picture, digest, fallback)]
    image.save()
    if before:
        _remove_after_commit(names_of(before) - names_of(image))


def delete(image: ProductImage) -> None:
    """Delete `image`, and its files once the transaction has committed."""
    names = names_of(image)
    image.delete()
    _remove_after_commit(names)


def names_of(image: ProductImage) -> frozenset[str]:
    """Return the names of all files of `image` in the storage."""
    names = {str(rendition["name"]) for rendition in image.renditions}
    return frozenset(names | {image.file.name} if image.file.name else names)


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


def _renditions(picture: Image.Image, digest: str, fallback: str) -> Iterator[Rendition]:
    full_width, full_height = picture.size
    widths = [width for width in WIDTHS if width < full_width]
    if len(widths) < len(WIDTHS):
        widths.append(full_width)
    for width in widths:
        height = max(1, round(full_height * width / full_width))
        resized = cache(partial(picture.resize, (width, height), Image.Resampling.LANCZOS))
        for format_ in ("avif", "webp", fallback):
            name = f"{FOLDER}/{digest}-{width}.{format_}"
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


def _remove_after_commit(names: frozenset[str]) -> None:
    transaction.on_commit(partial(_remove, names))


def _remove(names: frozenset[str]) -> None:
    still_used: set[str] = set()
    for image in ProductImage.objects.only("file", "renditions"):
        still_used |= names_of(image)
    for name in sorted(names - still_used):
        default_storage.delete(name)
