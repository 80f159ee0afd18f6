from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from blog.models import Picture, Post, Tag
from tests.blog.editor import staff
from tests.blog.making import make_published_post

pytestmark = pytest.mark.django_db
WORDS = {
    "title": "Two halves",
    "alt": "A red and a blue half",
    "license": "own",
    "focal_x": 50,
    "focal_y": 50,
}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def boss():
    client = Client()
    client.force_login(User.objects.create_superuser("boss", password="x"))
    return client


def upload(color="red"):
    buffer = BytesIO()
    Image.new("RGB", (400, 300), color).save(buffer, "PNG")
    return SimpleUploadedFile("photo.png", buffer.getvalue())


def test_staff_put_a_picture_into_the_library(boss):
    url = reverse("admin:blog_picture_add")
    assert boss.post(url, {**WORDS, "upload": upload()}).status_code == 302

    picture = Picture.objects.get()
    page = boss.get(reverse("admin:blog_picture_change", args=[picture.pk])).content.decode()
    assert f"/blog/pictures/{picture.digest}/" in page
    assert 'type="file"' not in page
    assert boss.get(reverse("admin:blog_picture_changelist")).status_code == 200


def test_a_picture_that_is_there_already_keeps_its_words_and_that_is_said(boss):
    url = reverse("admin:blog_picture_add")
    boss.post(url, {**WORDS, "upload": upload()})
    again = {**WORDS, "alt": "A blue and a red half", "upload": upload()}
    told = boss.post(url, again, follow=True).context["messages"]

    assert "already, as “Two halves”. Nothing was changed." in " ".join(map(str, told))
    assert Picture.objects.get().alt == WORDS["alt"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"alt": ""}, "Say what the picture shows"),
        ({"alt": "IMG_1234.jpg"}, "This is a file name."),
        ({"is_decorative": "on"}, "only decorates has no alternative text"),
        ({"license": "cc-by"}, "Say who made it"),
        ({"upload": SimpleUploadedFile("x.png", b"no picture")}, "not a picture that we can read"),
    ],
)
def test_a_picture_without_the_words_it_needs_is_refused_beside_the_field(boss, change, told):
    data = {**WORDS, "upload": upload(), **change}
    answer = boss.post(reverse("admin:blog_picture_add"), data)

    assert told in answer.content.decode()
    assert not Picture.objects.exists()


def test_a_moved_focal_point_cuts_the_picture_anew(boss):
    boss.post(reverse("admin:blog_picture_add"), {**WORDS, "upload": upload()})
    picture = Picture.objects.get()

    url = reverse("admin:blog_picture_change", args=[picture.pk])
    assert boss.post(url, {**WORDS, "focal_x": 10}).status_code == 302

    picture.refresh_from_db()
    assert picture.crops["1x1"]["name"].endswith("-1x1-10-50.jpeg")


@pytest.mark.parametrize("place", ["main_picture", "social_picture", "body_pictures"])
def test_what_a_public_picture_says_is_changed_by_publishers_only(boss, place):
    boss.post(reverse("admin:blog_picture_add"), {**WORDS, "upload": upload()})
    picture = Picture.objects.get()
    url = reverse("admin:blog_picture_change", args=[picture.pk])
    ann, paula = staff("ann", "Author"), staff("paula", "Publisher")
    assert ann.post(url, {**WORDS, "credit": "Ann"}).status_code == 302

    post = make_published_post()
    if place == "body_pictures":
        post.body_pictures.set([picture])
    else:
        Post.objects.filter(pk=post.pk).update(**{place: picture})
    assert ann.post(url, {**WORDS, "credit": "Somebody"}).status_code == 403
    assert ann.get(url).status_code == 200
    assert Picture.objects.get(pk=picture.pk).credit == "Ann"
    assert paula.post(url, {**WORDS, "credit": "Paula"}).status_code == 302


def test_a_picture_in_use_is_not_offered_for_deletion(boss):
    boss.post(reverse("admin:blog_picture_add"), {**WORDS, "upload": upload()})
    picture = Picture.objects.get()
    Post.objects.create(title="On halves", slug="on-halves", main_picture=picture)

    assert boss.get(reverse("admin:blog_picture_delete", args=[picture.pk])).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": picture.pk, "post": "yes"}
    boss.post(reverse("admin:blog_picture_changelist"), chosen)
    assert Picture.objects.filter(pk=picture.pk).exists()


def test_staff_merge_tags_from_the_list(boss):
    kept = Tag.objects.create(name="low b12", slug="low-b12")
    near = Tag.objects.create(name="low B-12", slug="low-b-12")
    url = reverse("admin:blog_tag_changelist")
    chosen = {"action": "merge", "_selected_action": [kept.pk, near.pk]}

    assert "The tag that stays" in boss.post(url, chosen).content.decode()
    assert Tag.objects.count() == 2
    assert boss.post(url, {**chosen, "kept": kept.pk}).status_code == 302
    assert list(Tag.objects.all()) == [kept]
