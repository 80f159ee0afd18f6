"""The first posts, from the files to the page: drafts in every shop, signed by demo people in a demo."""

from datetime import timedelta

import pytest

from blog import demo, starter_content
from blog.models import Person, Post, Tag
from pages import starter_content as pages_content
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def sources():
    pages_content.load(NOON)


def test_first_posts_are_drafts_that_nobody_has_signed(sources):
    told = starter_content.load(NOON)

    assert told == "Blog: 12 drafts added, to be signed, reviewed and published."
    assert Post.objects.count() == Post.objects.filter(status="draft", authors=None).count() == 12
    assert not Post.objects.public(NOON + timedelta(days=1)).exists()
    assert not Person.objects.exists()
    post = Post.objects.get(slug="how-b12-is-absorbed")
    assert (post.series.name, post.series_part) == ("B12 from the start", 1)
    assert post.main_picture.alt
    assert [row.number for row in post.revisions.all()] == [1]


def test_a_blog_that_has_posts_is_left_alone(sources):
    Post.objects.create(title="Ours", slug="ours")

    assert starter_content.load(NOON) == "Blog: posts there already, kept as they are."

    assert Post.objects.count() == 1
    assert not Tag.objects.exists()


def test_demo_people_sign_and_publish_the_posts_once(sources, settings):
    settings.DEMO = True
    starter_content.load(NOON)

    assert demo.load(NOON) == "Demo blog: 12 posts signed by invented people and published."
    assert demo.load(NOON) == "Demo blog: 0 posts signed by invented people and published."

    assert Post.objects.recommended(NOON).count() == 12
    assert all(person.is_demo and "(demo)" in person.name for person in Person.objects.all())
    first = Post.objects.listed(NOON).first()
    assert NOON - first.publish_at == timedelta(days=12)


def test_no_demo_people_in_a_real_shop(settings):
    settings.DEMO = False

    with pytest.raises(demo.NotADemo):
        demo.load(NOON)

    assert not Person.objects.exists()
