"""A bare JPEG, and JPEGs with passengers."""

from io import BytesIO

import pytest
from PIL import Image

from shop.lib.jpeg_parts import is_bare


def jpeg(**options) -> bytes:
    buffer = BytesIO()
    Image.effect_noise((64, 48), 90).convert("RGB").save(buffer, "JPEG", **options)
    return buffer.getvalue()


@pytest.mark.parametrize("options", [{}, {"progressive": True, "optimize": True}, {"quality": 30}])
def test_a_picture_alone_is_bare(options):
    assert is_bare(jpeg(**options))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        jpeg()[:-2],
        jpeg() + b"<script>alert(1)</script>",
        jpeg(comment=b"hello"),
        jpeg(exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00"),
        jpeg(icc_profile=b"x" * 40),
        b"GIF89a" + jpeg(),
        jpeg()[:2] + b"\xff\xe0\x00\x1b<script>alert(1)</script>" + jpeg()[2:],
        jpeg()[:2]
        + b"\xff\xe0\x00\x13JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x00gps"
        + jpeg()[20:],
        b"\xff\xd8\xff\xd9",
    ],
)
def test_anything_more_or_less_is_not(data):
    assert not is_bare(data)
