"""Filled-in review forms and pictures to send with them."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from reviews import traps
from tests.reviews import makers

BODY = "It stayed on my arm for a whole day, and came off without a trace."
CAMERA, GPS = 0x0110, 0x8825


def filled(**fields: Any) -> dict[str, Any]:
    """Return what a browser posts from the open form, made a minute ago."""
    return {
        "stars": "4",
        "title": "Sticks well",
        "body": BODY,
        "author_name": "Jo D.",
        "email": "jo@example.com",
        "website": "",
        "made_at": traps.stamp(timezone.now() - timedelta(minutes=1)),
        **fields,
    }


def other_words() -> str:
    """Return words that no rule minds and nobody has sent."""
    return makers.text()


def photo(size: tuple[int, int] = (640, 480), format_: str = "JPEG", **options: Any) -> Any:
    """Return a photo that tells where and with what it was taken."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).ellipse((40, 40, 300, 300), fill="maroon")
    exif = Image.Exif()
    exif[CAMERA] = "SecretCam"
    exif.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    buffer = BytesIO()
    image.save(buffer, format_, **{"exif": exif, **options})
    return upload(buffer.getvalue(), f"IMG_1.{format_.lower()}")


def upload(content: bytes, name: str = "photo.jpg") -> Any:
    """Return a file as a browser sends it, with the type that its name says."""
    return SimpleUploadedFile(name, content, content_type="image/jpeg")
