import mimetypes
import struct
import warnings
import zlib
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.template import Context, Template
from PIL import Image, ImageDraw, PngImagePlugin

from products import images
from products.models import ProductImage
from shop.lib import picture_sources, pictures
from tests.factories import make_product

ORIENTATION, CAMERA, GPS = 0x0112, 0x010F, 0x8825


def drawing(size=(1600, 1200), mode="RGB"):
    """Red above, blue below, so that it can be seen which side is up."""
    image = Image.new(mode, size, "red")
    ImageDraw.Draw(image).rectangle((0, size[1] // 2, *size), fill="blue")
    return image


def file_of(image, format_="JPEG", name="picture.jpg", **options):
    buffer = BytesIO()
    image.save(buffer, format_, **options)
    return ContentFile(buffer.getvalue(), name=name)


def png_that_claims(width, height):
    """A PNG of a few bytes whose header promises `width` times `height` pixels."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return ContentFile(b"\x89PNG\r\n\x1a\n" + body, name="bomb.png")


def stored_names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_type_is_read_from_the_content(format_):
    upload = file_of(drawing((400, 300)), format_, name="notes.txt")
    assert pictures.read(upload).size == (400, 300)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><script>alert(1)</script></html>",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0" + b"\0" * 50,
    ],
    ids=["empty", "svg", "html", "bare png", "bare jpeg"],
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(pictures.ImageRefused, match="JPEG, PNG, WebP or AVIF"):
        pictures.read(ContentFile(content, name="picture.jpg"))


@pytest.mark.parametrize("format_", ["GIF", "TIFF", "BMP", "ICO"])
def test_other_formats_are_refused_whatever_they_are_called(format_):
    with pytest.raises(pictures.ImageRefused, match="JPEG, PNG, WebP or AVIF"):
        pictures.read(file_of(drawing((256, 256)), format_, name="picture.jpg"))


def test_too_many_bytes_are_refused_unread(settings):
    settings.IMAGE_MAX_BYTES = 1_000_000
    with pytest.raises(pictures.ImageRefused, match=r"1\.2 MB; the limit is 1\.0 MB"):
        pictures.read(ContentFile(b"x" * 1_200_000))


# Pillow itself warns of 90 million pixels and stops at 180 million; ours is lower than both.
@pytest.mark.parametrize("size", [(7000, 6000), (12_000, 8_000), (60_000, 60_000)], ids=str)
def test_a_decompression_bomb_is_refused_before_it_is_decoded(size):
    bomb = png_that_claims(*size)
    assert bomb.size < 1000
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with pytest.raises(pictures.ImageRefused, match="more than 40 million pixels"):
            pictures.read(bomb)


def test_a_bomb_in_the_text_of_a_png_is_refused():
    text = PngImagePlugin.PngInfo()
    text.add_text("comment", "0" * 50_000_000, zip=True)
    upload = file_of(drawing((300, 300)), "PNG", pnginfo=text)
    assert upload.size < 200_000
    with pytest.raises(pictures.ImageRefused):
        pictures.read(upload)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_cut_off_file_is_refused(format_):
    noise = Image.effect_noise((600, 400), 80).convert("RGB")
    whole = file_of(noise, format_).read()
    with pytest.raises(pictures.ImageRefused):
        pictures.read(ContentFile(whole[: len(whole) * 2 // 3]))


def test_a_damaged_png_is_refused():
    whole = bytearray(file_of(drawing((600, 400)), "PNG").read())
    whole[len(whole) // 2] ^= 0xFF
    with pytest.raises(pictures.ImageRefused, match="damaged"):
        pictures.read(ContentFile(bytes(whole)))


@pytest.mark.parametrize("format_", ["PNG", "WEBP", "AVIF"])
def test_an_animated_picture_is_refused(format_):
    frames = [drawing((300, 300)), drawing((300, 300)).rotate(180)]
    upload = file_of(frames[0], format_, save_all=True, append_images=frames[1:])
    with pytest.raises(pictures.ImageRefused, match="animated"):
        pictures.read(upload)


def test_a_phone_photograph_with_a_second_picture_behind_it_is_taken():
    photo = drawing((640, 480))
    upload = file_of(photo, "MPO", save_all=True, append_images=[drawing((320, 240))])
    assert pictures.read(upload).size == (640, 480)


def test_a_picture_too_small_to_show_is_refused():
    with pytest.raises(pictures.ImageRefused, match="120 × 90"):
        pictures.read(file_of(drawing((120, 90))))


def test_a_sideways_photograph_is_put_upright():
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # "turn by 90 degrees to the right": what is left becomes the top
    upright = pictures.read(file_of(drawing((400, 300)), exif=exif))
    assert upright.size == (300, 400)
    red, blue = upright.getpixel((290, 200)), upright.getpixel((10, 200))
    assert red[0] > 200 > red[2]
    assert blue[2] > 200 > blue[0]


@pytest.mark.django_db
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_nothing_that_is_stored_tells_where_and_with_what_it_was_taken(media, format_):
    exif = Image.Exif()
    exif[CAMERA] = "SecretCam"
    exif.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    upload = file_of(drawing((700, 500)), format_, exif=exif, xmp=b"<x>SecretPlace</x>")
    assert b"SecretCam" in upload.read()
    images.store(ProductImage(product=make_product(), alt="A picture"), pictures.read(upload))
    names = stored_names(media)
    assert len(names) == 10
    for name in names:
        content = (media / name).read_bytes()
        assert b"Secret" not in content
        with Image.open(BytesIO(content)) as image:
            assert not image.getexif()
            assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)


@pytest.mark.django_db
def test_every_size_is_stored_in_three_formats_with_its_measures(media):
    image = ProductImage(product=make_product(), alt="A picture")
    images.store(image, pictures.read(file_of(drawing((1600, 1200)))))
    image.refresh_from_db()
    assert (image.width, image.height) == (1600, 1200)
    sizes = [(320, 240), (640, 480), (960, 720), (1440, 1080)]
    expected = [(f, *size) for size in sizes for f in ("avif", "webp", "jpeg")]
    assert [(r["format"], r["width"], r["height"]) for r in image.renditions] == expected
    for rendition in image.renditions:
        with default_storage.open(rendition["name"]) as file, Image.open(file) as stored:
            assert stored.size == (rendition["width"], rendition["height"])
            assert stored.format == rendition["format"].upper()


@pytest.mark.parametrize("format_", ["avif", "webp", "jpeg", "png"])
def test_the_type_of_a_stored_picture_is_known_everywhere(format_):
    assert mimetypes.guess_type(f"picture.{format_}") == (f"image/{format_}", None)


@pytest.mark.django_db
def test_a_small_picture_is_never_blown_up(media):
    image = ProductImage(product=make_product(), alt="A picture")
    images.store(image, pictures.read(file_of(drawing((500, 400)))))
    assert {r["width"] for r in image.renditions} == {320, 500}


@pytest.mark.django_db
def test_what_can_be_seen_through_falls_back_to_png(media):
    clear = drawing((400, 300)).convert("RGBA")
    clear.putpixel((0, 0), (0, 0, 0, 0))
    image = ProductImage(product=make_product(), alt="A picture")
    images.store(image, pictures.read(file_of(clear, "PNG")))
    assert [r["format"] for r in image.renditions][:3] == ["avif", "webp", "png"]
    assert pictures.read(file_of(drawing((400, 300)).convert("RGBA"), "PNG")).mode == "RGB"


def test_other_color_models_become_rgb():
    for mode in ("L", "P", "CMYK", "1"):
        format_ = "JPEG" if mode == "CMYK" else "PNG"
        assert pictures.read(file_of(drawing((300, 300)).convert(mode), format_)).mode == "RGB"
    sixteen_bits = Image.new("I;16", (300, 300), 128 * 256)
    assert pictures.read(file_of(sixteen_bits, "PNG")).getpixel((0, 0)) == (128, 128, 128)


@pytest.mark.django_db(transaction=True)
def test_the_same_picture_has_the_same_names_and_is_removed_with_its_last_use(media):
    product = make_product()
    first = ProductImage(product=product, alt="A picture")
    second = ProductImage(product=product, alt="The same")
    for image in (first, second):
        images.store(image, pictures.read(file_of(drawing((500, 400)))))
    names = stored_names(media)
    assert images.names_of(first) == images.names_of(second) == set(names)
    images.delete(first)
    assert stored_names(media) == names
    images.delete(second)
    assert stored_names(media) == []


@pytest.mark.django_db(transaction=True)
def test_files_of_a_replaced_picture_go_after_the_commit_and_stay_without_one(media):
    image = ProductImage(product=make_product(), alt="A picture")
    images.store(image, pictures.read(file_of(drawing((500, 400)))))
    old = images.names_of(image)
    with transaction.atomic():
        images.store(image, pictures.read(file_of(drawing((450, 400)))))
        transaction.set_rollback(True)
    assert old <= set(stored_names(media))
    image.refresh_from_db()
    images.store(image, pictures.read(file_of(drawing((640, 400)))))
    assert not old & set(stored_names(media))
    assert images.names_of(image) <= set(stored_names(media))


@pytest.mark.django_db
def test_the_database_refuses_a_picture_without_words_for_it(media):
    image = ProductImage(product=make_product(), alt="")
    with pytest.raises(IntegrityError), transaction.atomic():
        images.store(image, pictures.read(file_of(drawing((500, 400)))))


@pytest.mark.django_db
def test_the_picture_tag_offers_every_format_and_reserves_the_space(media):
    image = ProductImage(product=make_product(), alt='A "red" patch')
    images.store(image, pictures.read(file_of(drawing((800, 600)))))
    template = Template('{% load pictures %}{% picture image sizes="50vw" first=True %}')
    html = template.render(Context({"image": image}))
    assert html.index("image/avif") < html.index("image/webp") < html.index("<img")
    assert 'width="800" height="600"' in html
    assert 'alt="A &quot;red&quot; patch"' in html
    assert 'fetchpriority="high"' in html
    assert "loading" not in html
    assert html.count('sizes="50vw"') == 3
    assert f'src="{picture_sources.largest_url(image)}"' in html
    later = Template("{% load pictures %}{% picture image %}").render(Context({"image": image}))
    assert 'loading="lazy"' in later
