"""Photos that come with a review: checked, cleaned, encoded anew; hostile files leave nothing behind."""

import pytest
from django.conf import settings as django_settings
from PIL import Image

from reviews.models import Review, ReviewPhoto
from shop.lib import uploads
from tests.factories import make_product
from tests.pages.page_content import visible_text
from tests.products.test_images import png_that_claims
from tests.reviews.filled_forms import BODY, CAMERA, filled, photo, upload

pytestmark = pytest.mark.django_db

PATH = "/reviews/write/"
AGAIN = "Please choose the photo again: browsers hand us a file only once."


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_product(slug=django_settings.PRIMARY_PRODUCT_SLUG)
    return tmp_path


def words_of(response) -> str:
    return " ".join(visible_text(response.content.decode()).split())


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_stored_files_tell_neither_place_nor_camera(client, media, format_):
    sent = photo(format_=format_)
    assert b"SecretCam" in sent.read()
    sent.seek(0)
    response = client.post(PATH, filled(photo=sent, photo_alt="The patch on my arm"))
    assert response.status_code == 302
    row = ReviewPhoto.objects.get()
    assert (row.alt, row.width, row.height) == ("The patch on my arm", 640, 480)
    assert Review.objects.get().photo_state == "waiting"
    assert row.version.photo_digest == row.digest
    files = [path for path in media.rglob("*") if path.is_file()]
    assert len(files) >= 5
    for path in files:
        assert b"SecretCam" not in path.read_bytes()
        assert "IMG_1" not in path.name
        with Image.open(path) as image:
            assert not image.getexif()
            assert CAMERA not in image.getexif()


def test_author_sees_the_photo_and_reads_that_nobody_else_does_yet(client):
    response = client.post(PATH, filled(photo=photo()), follow=True)
    text = words_of(response)
    assert "We look at each photo before we show it. Your words do not wait for that." in text
    assert "You see your photo here; nobody else sees it now." in text
    assert 'alt="Your photo"' in response.content.decode()


HOSTILE = {
    "text": (upload(b"This is no picture." * 50), "This is not a picture that we can read."),
    "svg": (
        upload(b"<svg onload='alert(1)'/>", "a.svg"),
        "This is not a picture that we can read.",
    ),
    "gif": (photo(format_="GIF", exif=b""), "This is not a picture that we can read."),
    "empty": (upload(b""), "The file is empty."),
    "cut off": (upload(photo().read()[:2000]), "The picture is damaged or cut off."),
    "bomb": (upload(png_that_claims(50_000, 50_000).read()), "million pixels"),
    "tiny": (photo(size=(20, 20)), "200 each way is the least"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_file_is_refused_at_its_field_and_leaves_nothing(client, media, kind):
    file, words = HOSTILE[kind]
    file.seek(0)
    response = client.post(PATH, filled(photo=file))
    assert response.status_code == 422
    assert words in words_of(response)
    assert AGAIN not in words_of(response)
    assert BODY in words_of(response)
    assert not Review.objects.exists()
    assert list(media.rglob("*.*")) == []


def test_script_behind_a_picture_is_not_stored(client, media):
    polyglot = upload(photo().read() + b"<script>alert('polyglot')</script>", "a.php.jpg")
    assert client.post(PATH, filled(photo=polyglot)).status_code == 302
    files = [path for path in media.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if b"polyglot" in path.read_bytes()]
    assert {path.suffix for path in files} == {".jpeg", ".avif"}


def test_file_that_is_too_large_is_refused_and_the_words_are_kept(client, media, settings):
    settings.IMAGE_MAX_BYTES = 100_000
    response = client.post(PATH, filled(photo=upload(b"\xff\xd8\xff" + b"x" * 390_000)))
    assert response.context["form"].files["photo"].size < 100_000 + 2 * 65_536
    assert response.status_code == 422
    assert "The file is larger than 0.1 MB." in words_of(response)
    assert BODY in words_of(response)
    assert list(media.rglob("*.*")) == []


def test_no_more_of_a_large_file_is_kept_than_tells_that_it_is_too_large(settings, rf):
    settings.IMAGE_MAX_BYTES = 100_000
    request = rf.post(PATH, {"photo": upload(b"x" * 390_000)})

    def look(given):
        return given.FILES["photo"].size

    kept = uploads.takes_a_picture(look)(request)
    assert 100_000 < kept < 100_000 + 2 * 65_536


@pytest.mark.parametrize("length", ["400001", "-1", "many"])
def test_request_that_is_many_times_too_long_is_not_even_read(client, settings, quiet, length):
    settings.IMAGE_MAX_BYTES = 100_000
    response = client.post(PATH, filled(), CONTENT_LENGTH=length)
    assert response.status_code == 400
    assert not Review.objects.exists()


def test_photo_is_asked_for_again_when_something_else_was_wrong(client, media):
    response = client.post(PATH, filled(photo=photo(), stars=""))
    assert response.status_code == 422
    assert AGAIN in words_of(response)
    assert list(media.rglob("*.*")) == []


def test_words_in_place_of_a_file_are_no_photo(client):
    client.post(PATH, filled(photo="a.jpg"))
    assert not ReviewPhoto.objects.exists()
    assert Review.objects.get().photo_state == "none"
