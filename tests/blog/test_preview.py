"""Links to drafts: for one revision, for some days, and for nobody who makes one up."""

from datetime import timedelta

import pytest
from django.core.signing import Signer, TimestampSigner
from django.utils import timezone

from blog import preview, snapshots
from blog.models import Post, Series
from tests.blog.making import make_person, make_post, make_tag, save

pytestmark = pytest.mark.django_db


def token_of(post):
    path = preview.preview_path(post)
    assert path.startswith("/blog/preview/")
    return path.removeprefix("/blog/preview/").removesuffix("/")


def test_a_link_opens_the_draft_for_a_week():
    post = make_post()
    token, now = token_of(post), timezone.now()

    assert preview.post_for_preview(token, now) == post
    assert preview.post_for_preview(token, now + timedelta(days=6, hours=23)) == post
    assert preview.post_for_preview(token, now + timedelta(days=7, minutes=1)) is None


def test_the_days_can_be_set(settings):
    settings.PREVIEW_DAYS = 1
    token = token_of(make_post())

    assert preview.post_for_preview(token, timezone.now() + timedelta(days=2)) is None


@pytest.mark.parametrize(
    "make", [str.upper, lambda token: token[:-1], lambda token: "", lambda t: "1-1"]
)
def test_a_link_that_was_made_up_opens_nothing(make):
    assert preview.post_for_preview(make(token_of(make_post())), timezone.now()) is None


def test_a_signature_for_something_else_opens_nothing():
    post = make_post()
    value = f"{post.pk}-{post.version}"

    for token in (
        TimestampSigner(salt="other", sep=".").sign(value),
        Signer(salt=preview.SALT, sep=".").sign(value),
        Signer(salt=preview.SALT, sep=".").sign("x-y.1abc"),
    ):
        assert preview.post_for_preview(token, timezone.now()) is None


def test_a_link_shows_the_revision_for_which_it_was_made():
    post = make_post(
        tags=[make_tag("Then")], authors=[make_person(name="Zoe"), make_person(name="Abe")]
    )
    token, then = token_of(post), snapshots.take(post)
    post.series, post.series_part = Series.objects.create(name="Basics", slug="basics"), 1
    post.title, post.body, post.main_picture = "Not for you yet", "<p>Secret.</p>", None
    post.tags.set([make_tag("Now")])
    post.questions.all().delete()
    save(post)

    shown = preview.post_for_preview(token, timezone.now())

    assert snapshots.take(shown) == then
    assert Post.objects.get().title == "Not for you yet"
    assert [row.person.name for row in shown.author_rows.all()] == ["Zoe", "Abe"]


def test_a_post_that_is_gone_is_not_shown():
    post = make_post()
    token = token_of(post)
    post.revisions.all().delete()
    post.delete()

    assert preview.post_for_preview(token, timezone.now()) is None
