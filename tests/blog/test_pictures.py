from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from blog import picture_sources
from blog.models import Picture, Post
from blog.pictures import PictureInUse, add_picture, delete_picture, move_focus
from shop.lib import pictures


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def photo(size=(800, 400), right="blue"):
    """Red on the left, another color on the right."""
    image = Image.new("RGB", size, "red")
    ImageDraw.Draw(image).rectangle((size[0] // 2, 0, *size), fill=right)
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return ContentFile(buffer.getvalue(), name="photo.png")


def colors_of(name, media):
    with Image.open(media / name) as image:
        middle = image.height // 2
        return [image.getpixel((x, middle))[0] > 128 for x in (2, image.width - 3)]


@pytest.mark.django_db
def test_the_same_file_is_one_picture_and_keeps_its_words():
    first = add_picture(photo(), title="Two halves", alt="A red and a blue half")
    again = add_picture(photo(), title="Other words")

    assert again == first
    assert Picture.objects.get().title == "Two halves"
    assert first.get_absolute_url() == f"/blog/pictures/{first.digest}/"


@pytest.mark.django_db
def test_a_cut_follows_the_focal_point(media):
    picture = add_picture(photo(), title="Halves", alt="Halves", focal_x=0)
    assert colors_of(picture.crops["1x1"]["name"], media) == [True, True]
    old = picture.crops["1x1"]["name"]

    picture.focal_x = 100
    move_focus(picture)

    picture.refresh_from_db()
    assert colors_of(picture.crops["1x1"]["name"], media) == [False, False]
    assert picture.crops["1x1"]["name"] != old


@pytest.mark.django_db(transaction=True)
def test_a_moved_focus_leaves_no_file_behind(media):
    picture = add_picture(photo(), title="Halves", alt="Halves", focal_x=0)
    before = {path.name for path in media.rglob("*.jpeg")}

    picture.focal_x = 100
    move_focus(picture)

    after = {path.name for path in media.rglob("*.jpeg")}
    assert len(after) == len(before)
    delete_picture(picture)
    assert [path for path in media.rglob("*") if path.is_file()] == []


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["main_picture", "social_picture", "body"])
def test_a_picture_that_a_post_shows_stays(place):
    picture = add_picture(photo(), title="Halves", alt="Halves")
    post = Post.objects.create(title="On halves", slug="on-halves")
    if place == "body":
        post.body_pictures.add(picture)
    else:
        setattr(post, place, picture)
        post.save()

    with pytest.raises(PictureInUse, match="On halves"):
        delete_picture(picture)

    assert Picture.objects.filter(pk=picture.pk).exists()


@pytest.mark.django_db
def test_a_picture_is_shown_with_its_size_and_a_decorative_one_without_words():
    picture = add_picture(photo(), title="Halves", alt="A red and a blue half")

    html = picture_sources.picture_html(picture, sizes="50vw")

    assert 'width="800" height="400" alt="A red and a blue half"' in html
    assert html.count("<source") == 1
    picture.alt, picture.is_decorative = "", True
    assert 'alt=""' in picture_sources.picture_html(picture, alt="words of the text")


@pytest.mark.django_db
def test_the_cut_for_link_previews_has_an_address_of_its_own():
    picture = add_picture(photo((2400, 1260)), title="Halves", alt="Halves")

    assert picture.crops["social"]["width"] == 1200
    assert picture_sources.crop_url(picture, "social").endswith("-social-50-50.jpeg")
    assert picture_sources.crop_url(picture, "9x9") == picture_sources.url_of(picture)


@pytest.mark.parametrize(
    ("size", "focus", "shape"),
    [((1000, 1000), (50, 50), (400, 200)), ((300, 900), (0, 100), (300, 150))],
)
def test_a_small_picture_is_cut_but_not_blown_up(size, focus, shape):
    assert pictures.cut(Image.new("RGB", size), (400, 200), focus).size == shape


def test_what_is_transparent_becomes_paper():
    jpeg = pictures.as_jpeg(Image.new("RGBA", (20, 20), (0, 0, 0, 0)))

    with Image.open(BytesIO(jpeg)) as image:
        assert image.getpixel((10, 10)) == (255, 255, 255)
