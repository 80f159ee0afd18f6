"""Pictures of the old blog: from a folder into the library, and nowhere else from."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from blog.models import Picture, Post
from blog.prose import PICTURE_SRC
from tests.blog.exports import BLOG, attachment, imported, item, meta

pytestmark = pytest.mark.django_db
UPLOADS = f"{BLOG}/wp-content/uploads"


def picture_file(path: Path, color: str = "navy") -> Path:
    buffer = BytesIO()
    Image.new("RGB", (240, 210), color).save(buffer, "PNG")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())
    return path


@pytest.fixture
def media(tmp_path) -> Path:
    picture_file(tmp_path / "uploads/2012/01/tongue.png")
    return tmp_path / "uploads"


def test_a_picture_comes_into_the_library_with_what_is_known_of_it(tmp_path, media):
    extra = meta(_wp_attachment_image_alt="A red tongue")
    picture = attachment(7, "2012/01/tongue.png", title="Tongue", excerpt="Seen", extra=extra)
    text = f'<img class="wp-image-7" src="{UPLOADS}/2012/01/tongue-150x150.png" alt="Red">'

    report = imported(tmp_path, item(1, text, meta(_thumbnail_id="7")), picture, media=media)

    picture = Picture.objects.get()
    post = Post.objects.get()
    assert (picture.title, picture.alt, picture.caption) == ("Tongue", "A red tongue", "Seen")
    assert (picture.license, picture.legacy_url) == ("unknown", f"{UPLOADS}/2012/01/tongue.png")
    assert post.body == f'<figure><img src="/blog/pictures/{picture.digest}/" alt="Red"></figure>'
    assert (post.main_picture, list(post.body_pictures.all())) == (picture, [picture])
    assert report.lines == []
    assert report.counts["pictures added"] == 1


def test_a_second_run_adds_no_picture_and_changes_no_post(tmp_path, media):
    records = (item(1, "Text", meta(_thumbnail_id="7")), attachment(7, "2012/01/tongue.png"))
    imported(tmp_path, *records, media=media)

    report = imported(tmp_path, *records, media=media)

    assert Picture.objects.count() == 1
    assert report.summary() == ["1 unchanged"]


def test_without_the_folder_a_picture_is_a_line_and_comes_with_a_later_run(tmp_path, media):
    records = (
        item(1, f'<img src="{UPLOADS}/2012/01/tongue.png">'),
        attachment(7, "2012/01/tongue.png"),
    )

    first = imported(tmp_path, *records)
    second = imported(tmp_path, *records, media=media)

    assert first.lines == [
        "post 1 post-1: picture tongue.png left out: its file is not here (say where with --media)",
        "post 1 post-1: has no text",
    ]
    assert first.counts["pictures not imported"] == 1
    assert second.counts["posts renewed"] == 1
    assert Picture.objects.get().digest in Post.objects.get().body


def test_a_dry_run_stores_no_picture_and_says_the_same(tmp_path, media):
    (media / "2012/01/broken.png").write_bytes(b"not a picture")
    records = (
        item(
            1, f'<img src="{UPLOADS}/2012/01/tongue.png"><img src="{UPLOADS}/2012/01/broken.png">'
        ),
    )

    dry = imported(tmp_path, *records, media=media, dry_run=True)
    assert not Picture.objects.exists()
    real = imported(tmp_path, *records, media=media)

    assert dry.lines == real.lines
    assert len(real.lines) == 1
    assert Picture.objects.count() == 1


def test_a_main_picture_that_the_file_does_not_hold_is_said_to_be_missing(tmp_path, media):
    report = imported(tmp_path, item(1, extra=meta(_thumbnail_id="99")), media=media)

    line = "post 1 post-1: main picture (attachment 99) left out: the file does not hold it"
    assert report.lines == [line]
    assert Post.objects.get().main_picture is None


def test_a_file_whose_own_name_ends_in_a_size_is_not_taken_for_another(tmp_path, media):
    for name, color in (("sign.png", "red"), ("sign-300x250.png", "teal")):
        picture_file(media / "2012/01" / name, color)
    shown = "".join(
        f'<img src="{UPLOADS}/2012/01/{name}">'
        for name in ("sign-300x250.png", "sign-150x150.png", "sign-300x250-150x150.png")
    )

    files = ("sign-300x250.png", "sign.png")
    attached = [attachment(7 + place, f"2012/01/{name}") for place, name in enumerate(files)]
    imported(tmp_path, item(1, shown), *attached, media=media)

    by_url = {picture.legacy_url: picture.digest for picture in Picture.objects.all()}
    big, own = (by_url[f"{UPLOADS}/2012/01/{name}"] for name in ("sign.png", "sign-300x250.png"))
    assert PICTURE_SRC.findall(Post.objects.get().body) == [own, big, own]
    assert own != big


def test_a_gallery_without_numbers_shows_what_was_uploaded_to_the_post(tmp_path, media):
    picture_file(media / "2012/01/other.png", "red")
    records = (
        attachment(7, "2012/01/tongue.png", post_parent=1),
        attachment(8, "2012/01/other.png", post_parent=2),
    )

    imported(tmp_path, item(1, "[gallery]"), *records, media=media)

    assert Picture.objects.count() == 2
    shown = Post.objects.get().body_pictures.get()
    assert shown.legacy_url.endswith("tongue.png")


def test_credits_from_top_go_to_the_pictures_in_their_order(tmp_path, media):
    picture_file(media / "2012/01/other.png", "red")
    text = "".join(f'<img src="{UPLOADS}/2012/01/{name}.png">\n\n' for name in ("tongue", "other"))

    imported(
        tmp_path, item(1, f"{text}Words.\n\nImage credits, from top: A. One, Two"), media=media
    )

    post = Post.objects.get()
    names = {row.legacy_url.rpartition("/")[2]: row.credit for row in Picture.objects.all()}
    assert names == {"tongue.png": "A. One", "other.png": "Two"}
    assert "credits" not in post.body


def test_credits_that_do_not_fit_the_pictures_stay_words(tmp_path):
    imported(tmp_path, item(1, "Words.\n\nImage credits, from top: One, Two"))

    assert Post.objects.get().body == "<p>Words.</p><p>Image credits, from top: One, Two</p>"


@pytest.mark.parametrize(
    "address",
    [
        f"{UPLOADS}/../../../secret.png",
        f"{UPLOADS}/%2e%2e/%2e%2e/secret.png",
        "file:///etc/passwd",
        "/etc/hostname.png",
        "..\\..\\secret.png",
        f"{UPLOADS}/link.png",
    ],
)
def test_nothing_outside_the_folder_is_read(tmp_path, media, address):
    picture_file(tmp_path / "secret.png")
    (media / "link.png").symlink_to(tmp_path / "secret.png")
    extra = f"<wp:attachment_url>{address}</wp:attachment_url>"
    extra += meta(_wp_attached_file="../secret.png")
    hostile = item(7, "", extra, post_type="attachment", status="inherit")

    imported(tmp_path, item(1, f'<img class="wp-image-7" src="{address}">'), hostile, media=media)

    assert not Picture.objects.exists()
    assert Post.objects.get().body == ""
