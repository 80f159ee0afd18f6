"""The blog on other pages: home, site map, sitemap.xml, search."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from lxml import etree, html

from blog.models import Post
from pages import gathering
from search import indexing
from search.models import Kind, SearchDocument
from tests.blog.making import make_picture, make_post, make_published_post, make_tag

pytestmark = pytest.mark.django_db

PAST = datetime(2026, 1, 12, 17, 0, tzinfo=UTC)
NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
}


def imported(post):
    Post.objects.filter(pk=post.pk).update(imported_at=PAST, reviewed_on=None, reviewed_by=None)


def test_the_home_page_shows_posts_that_are_reviewed_and_not_late(client):
    post, old, late = (make_published_post(now=PAST) for _ in range(3))
    imported(old)
    Post.objects.filter(pk=late.pk).update(next_review_on=PAST.date())

    page = html.fromstring(client.get("/").content)

    assert [link for link in page.xpath("//main//a/@href") if link.startswith("/blog/")] == [
        post.get_absolute_url()
    ]
    assert gathering.latest_posts(5)[0].published_on == PAST.date()


def test_sitemap_xml_names_posts_and_their_shelves_with_true_dates_and_pictures(client):
    tag, empty = make_tag("eggs"), make_tag("nothing")
    picture = make_picture()
    post = make_published_post(now=PAST, tags=[tag], main_picture=picture)
    old, draft = make_published_post(now=PAST), make_post(now=PAST)
    imported(old)
    changed_at = PAST + timedelta(days=5)
    Post.objects.filter(pk=post.pk).update(changed_at=changed_at)

    sitemap = etree.fromstring(client.get("/sitemap.xml").content)

    entries = {
        row.findtext("s:loc", namespaces=NAMES).removeprefix("http://localhost:8000"): row
        for row in sitemap
    }
    times = {
        path: row.findtext("s:lastmod", namespaces=NAMES)
        for path, row in entries.items()
        if path.startswith("/blog/")
    }
    assert times[post.get_absolute_url()] == "2026-01-17"
    assert times[tag.get_absolute_url()] == "2026-01-17"
    assert times["/blog/"] == "2026-01-17"
    assert post.author_rows.get().person.get_absolute_url() in times
    assert not {row.get_absolute_url() for row in (old, draft, empty)} & set(entries)
    images = entries[post.get_absolute_url()].xpath(
        "image:image/image:loc/text()", namespaces=NAMES
    )
    assert images == [f"http://localhost:8000/media/{picture.file.name}"]


def test_the_site_map_names_new_posts_and_counts_shelves_and_months(client):
    tag = make_tag("eggs")
    post = make_published_post(now=PAST, tags=[tag])
    make_published_post(now=PAST, tags=[tag])

    page = html.fromstring(client.get("/site-map/").content)

    assert page.xpath(f"//a[@href='{post.get_absolute_url()}']/text()") == [post.title]
    lines = {
        link.get("href"): " ".join(link.getparent().text_content().split())
        for link in page.xpath("//main//li/a")
    }
    assert lines[tag.get_absolute_url()] == "eggs 2 posts"
    assert lines["/blog/2026/01/"] == "January 2026 2 posts"


@pytest.mark.django_db(transaction=True)
def test_a_post_is_found_once_it_is_published_and_no_longer_when_it_is_taken_back(client):
    from blog import publishing

    post = make_published_post(now=PAST, title="All about sardines")
    found = client.get("/search/?q=sardines").content.decode()
    assert post.get_absolute_url() in found

    publishing.unpublish(post, by="paul", now=timezone.now(), note="Wrong")
    assert post.get_absolute_url() not in client.get("/search/?q=sardines").content.decode()


def test_the_search_knows_the_words_of_a_post_without_its_tokens():
    post = make_published_post(now=PAST, tags=[make_tag("seafood")])

    indexing.rebuild(Kind.POST)

    document = SearchDocument.objects.get(kind=Kind.POST)
    assert (document.key, document.path) == (str(post.pk), post.get_absolute_url())
    assert "An adult needs 2.4 micrograms a day." in document.body
    assert "[ref:" not in document.body
    assert document.keywords.startswith("seafood, Diet")
    assert (document.visible_from, document.boost_percent) == (PAST, 100)
    imported(post)
    Post.objects.get().save()
    indexing.rebuild(Kind.POST)
    assert SearchDocument.objects.get(kind=Kind.POST).boost_percent == 50
