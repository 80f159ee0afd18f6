"""Picture files for tests."""

from io import BytesIO

from PIL import Image


def opaque_jpeg() -> bytes:
    """A photograph with the metadata of its camera."""
    buffer = BytesIO()
    image = Image.effect_mandelbrot((320, 240), (-2, -1.5, 1, 1.5), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = "Taken at home"
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def transparent_png() -> bytes:
    """A picture with transparency: the library keeps such ones bit by bit."""
    buffer = BytesIO()
    Image.new("RGBA", (240, 210), (0, 60, 120, 128)).save(buffer, "PNG")
    return buffer.getvalue()
