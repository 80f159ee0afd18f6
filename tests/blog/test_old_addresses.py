"""Every address that the blog had leads to its place in one step."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from blog.models import Category, Picture, Post, Tag
from blog.old_addresses import RESERVED, refuse_reserved
from tests.blog.making import make_picture, make_post, make_published_post

pytestmark = pytest.mark.django_db

PAST = datetime(2012, 1, 12, 17, 0, tzinfo=UTC)
SLUG = "is-it-pernicious-anemia"
POST = f"/blog/{SLUG}/"
LEADS = {
    f"/blog/{SLUG}": POST,
    f"/blog/{SLUG.upper()}/": POST,
    f"/blog/diet-and-nutrition/{SLUG}/": POST,
    f"/blog/diet-and-nutrition/{SLUG}": POST,
    f"/blog/diet/nutrition/{SLUG}/": POST,
    f"/blog/diet-and-nutrition/{SLUG}/trackback/": POST,
    f"/blog/{SLUG}/trackback/": POST,
    f"/blog/{SLUG}/trackback": POST,
    f"/blog/{SLUG}/feed/": POST,
    f"/blog/2012/01/12/{SLUG}/": POST,
    f"/blog/2012/01/12/{SLUG}": POST,
    f"/blog/2012/01/{SLUG}/": POST,
    "/?p=9637": POST,
    "/?page_id=9637": POST,
    "/blog/?p=9637": POST,
    "/blog?p=9637": POST,
    "/?p=9637&utm_source=mail": f"{POST}?utm_source=mail",
    f"/blog/2012/01/12/{SLUG}/?a=b&c=d": f"{POST}?a=b&c=d",
    "/blog/?s=sore+tongue": "/search/?q=sore+tongue",
    "/?s=sore+tongue": "/search/?q=sore+tongue",
    "/blog/?feed=rss2": "/blog/feed/",
    "/blog/?feed=atom": "/blog/feed/atom/",
    "/blog/feed/rss2/": "/blog/feed/",
    "/blog/feed/rdf/": "/blog/feed/",
    "/blog/feed": "/blog/feed/",
    "/blog/feed/atom": "/blog/feed/atom/",
    "/blog/2012/01": "/blog/2012/01/",
    "/blog/2012/01/12?a=b": "/blog/2012/01/12/?a=b",
    "/blog/tag/autoimmune-disease/feed/rss2/": "/blog/tag/autoimmune-disease/feed/",
    "/blog/tag/autoimmune-disease-2/": "/blog/tag/autoimmune-disease/",
    "/blog/tag/autoimmune-disease-2/feed/": "/blog/tag/autoimmune-disease/feed/",
    "/blog/tag/autoimmune-disease-2/feed/atom/": "/blog/tag/autoimmune-disease/feed/atom/",
    "/blog/tag/Autoimmune-Disease/": "/blog/tag/autoimmune-disease/",
    "/blog/category/health/autoimmune-disease/": "/blog/category/autoimmune-disease/",
    "/blog/category/health/autoimmune-disease/feed/": "/blog/category/autoimmune-disease/feed/",
    "/blog/category/autoimmune-disease-2/feed/atom/?a=b": "/blog/category/autoimmune-disease/feed/atom/?a=b",
    "/blog": "/blog/",
    "/blog?a=b": "/blog/?a=b",
}

LOST = (
    "/blog/diet-and-nutrition/nothing-there/",
    "/blog/2012/01/12/nothing-there/",
    "/blog/nothing-there/trackback/",
    "/blog/tag/nothing-there/",
    "/blog/tag/nothing-there/feed/",
    "/blog/category/nothing-there/feed/",
    "/blog/category/nothing-there/",
    "/blog/author/nobody/",
    "/blog/2012/00/",
    "/blog/2012/01/00/",
    "/blog/2012/13/",
    "/blog/2012/02/30/",
    "/blog/wp-content/uploads/2012/01/nothing.jpg",
    "/blog/pictures/ffffffffffffffffffff/",
    "/blog/wp-login.php",
    f"/blog/tag/{SLUG}/trackback/",
)


@pytest.fixture
def post():
    post = make_published_post(now=PAST, slug=SLUG)
    Post.objects.filter(pk=post.pk).update(legacy_id=9637)
    return post


@pytest.fixture
def shelves():
    Category.objects.create(name="Autoimmune Disease", slug="autoimmune-disease")
    Tag.objects.create(name="autoimmune disease", slug="autoimmune-disease")


@pytest.mark.usefixtures("shelves", "post")
def test_every_old_address_leads_on_in_one_step(client):
    answers = {old: client.get(old) for old in LEADS}

    assert {old: answer.headers.get("Location") for old, answer in answers.items()} == LEADS
    assert {answer.status_code for answer in answers.values()} == {301}
    assert {path: client.get(path).status_code for path in set(LEADS.values())} == dict.fromkeys(
        LEADS.values(), 200
    )


@pytest.mark.parametrize("page", ["/blog/page/2", "/blog/2012/01/page/2"])
def test_a_page_of_a_list_gets_its_slash(client, page):
    assert client.get(page).headers["Location"] == f"{page}/"


@pytest.mark.usefixtures("post")
def test_addresses_that_lead_nowhere_are_not_found(client):
    assert {path: client.get(path).status_code for path in LOST} == dict.fromkeys(LOST, 404)


@pytest.mark.usefixtures("post")
def test_a_parameter_that_leads_nowhere_changes_nothing(client):
    for path in ("/", "/blog/"):
        plain = client.get(path).content
        for query in ("p=1", "p=x", "p=99999999999999999999", "s=", "s=+", "feed=x"):
            assert client.get(f"{path}?{query}").content == plain, query


def test_an_old_number_does_not_lead_to_a_draft(client, post):
    draft = make_post(now=PAST, slug="not-yet")
    Post.objects.filter(pk=draft.pk).update(legacy_id=5)

    assert client.get("/?p=5").status_code == 200
    assert client.get("/blog/2012/01/12/not-yet/").status_code == 404


def test_the_feed_of_comments_is_gone(client):
    for path in ("/blog/comments/feed/", "/blog/comments/feed", "/blog/comments/feed/atom/"):
        response = client.get(path)
        assert response.status_code == 410
        assert "This page is gone" in response.content.decode()
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert response.headers["Cache-Control"] == "public, max-age=60"


def test_uploads_lead_to_their_pictures_in_any_size(client):
    picture = make_picture()
    old = "http://www.b12patch.com/blog/wp-content/uploads/2012/01/tongue.jpg"
    Picture.objects.filter(pk=picture.pk).update(legacy_url=old)

    for name in ("tongue.jpg", "tongue-300x200.jpg"):
        response = client.get(f"/blog/wp-content/uploads/2012/01/{name}")
        assert response.status_code == 301
        assert response.headers["Location"] == picture.file.url
    assert client.get("/blog/wp-content/uploads/2012/02/tongue.jpg").status_code == 404
    assert client.get(picture.get_absolute_url()).headers["Location"] == picture.file.url


@pytest.mark.parametrize("slug", [*RESERVED, "2012", "Tag"])
def test_a_post_cannot_take_an_address_of_the_blog_itself(slug):
    with pytest.raises(ValidationError, match="address of the blog itself"):
        refuse_reserved(slug)


@pytest.mark.parametrize("slug", ["tags", "2012-in-short", "1234", "99-symptoms"])
def test_other_words_are_free(slug):
    refuse_reserved(slug)
