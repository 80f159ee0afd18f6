"""The first page of the blog, and what stands in its lists."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from lxml import html

from blog.models import Post
from tests.blog.making import make_picture, make_post, make_published_post

pytestmark = pytest.mark.django_db

PAST = datetime(2026, 1, 12, 17, 0, tzinfo=UTC)


def page_at(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return html.fromstring(response.content)


def titles(client, path):
    return page_at(client, path).xpath("//main//article//h2//a/text()")


def test_blog_without_posts_says_so(client, django_assert_num_queries):
    with django_assert_num_queries(4):
        response = client.get("/blog/")
    assert response.status_code == 200
    markup = response.content.decode()
    assert "There are no posts yet" in markup
    assert 'href="/about-vitamin-b12/"' in markup


def test_the_index_shows_public_posts_only_the_newest_first(client):
    first = make_published_post(now=PAST)
    second = make_published_post(now=PAST + timedelta(days=1))
    make_post(now=PAST)
    make_published_post(now=PAST, at=timezone.now() + timedelta(days=2))
    over = make_published_post(now=PAST)
    Post.objects.filter(pk=over.pk).update(expire_at=PAST + timedelta(days=3))
    imported_page = make_published_post(now=PAST)
    Post.objects.filter(pk=imported_page.pk).update(kind=Post.Kind.PAGE)

    assert titles(client, "/blog/") == [second.title, first.title]


def test_a_summary_has_date_picture_and_words_and_a_post_without_summary_shows_how_it_begins(
    client,
):
    post = make_published_post(now=PAST, main_picture=make_picture(alt="Three eggs"))
    Post.objects.filter(pk=post.pk).update(summary="")

    card = page_at(client, "/blog/").find(".//main//article")

    assert card.findtext(".//time") == "Monday, January 12th, 2026"
    assert card.find(".//img").get("alt") == "Three eggs"
    assert "Vitamin B12 is made by bacteria." in card.text_content()
    assert "[ref:" not in card.text_content()


def test_a_list_takes_as_many_queries_for_one_post_as_for_ten(client, django_assert_num_queries):
    make_published_post(now=PAST)
    client.get("/blog/")
    for _ in range(10):
        make_published_post(now=PAST)

    with django_assert_num_queries(1):  # the sidebar is kept for some minutes
        page = page_at(client, "/blog/")
    assert len(page.findall(".//main//article")) == 10
    with django_assert_num_queries(1):
        assert len(titles(client, "/blog/page/2/")) == 1


def test_pages_lead_to_older_and_newer_posts_without_counting(client, settings):
    settings.BLOG_PAGE_SIZE = 2
    posts = [make_published_post(now=PAST + timedelta(days=day)) for day in range(5)]

    second = page_at(client, "/blog/page/2/")

    assert second.xpath("//a[@rel='next']/@href") == ["/blog/page/3/"]
    assert second.xpath("//a[@rel='prev']/@href") == ["/blog/"]
    assert titles(client, "/blog/page/3/") == [posts[0].title]
    assert page_at(client, "/blog/page/3/").xpath("//a[@rel='next']") == []
    assert client.get("/blog/page/4/").status_code == 404
    assert client.get("/blog/page/0/").status_code == 404
    assert client.get("/blog/page/99999/").status_code == 404
    assert client.get("/blog/page/1/?a=b").headers["Location"] == "/blog/?a=b"


def test_later_pages_name_themselves_and_are_not_for_search_engines(client, settings):
    settings.BLOG_PAGE_SIZE = 1
    make_published_post(now=PAST)
    make_published_post(now=PAST)

    first, second = page_at(client, "/blog/"), page_at(client, "/blog/page/2/")

    assert first.xpath("//meta[@name='robots']") == []
    assert second.xpath("string(//meta[@name='robots']/@content)") == "noindex, follow"
    assert second.xpath("string(//link[@rel='canonical']/@href)").endswith("/blog/page/2/")
    assert first.findtext(".//title") != second.findtext(".//title")


def test_whole_posts_stand_on_a_page_with_anchors_of_their_own(client, settings):
    settings.BLOG_SHOWS = "whole"
    posts = [make_published_post(now=PAST) for _ in range(3)]

    page = page_at(client, "/blog/")

    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for link in page.xpath("//article//a/@href[starts-with(., '#')]"):
        assert link[1:] in ids
    levels = [int(heading.tag[1]) for heading in page.iter("h1", "h2", "h3", "h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.xpath("//article[1]//h3/text()")[0] == "Where is it found?"
    assert len(page.xpath("//article")) == len(posts)


def test_whole_posts_take_as_many_queries_for_one_as_for_ten(
    client, settings, django_assert_num_queries
):
    settings.BLOG_SHOWS = "whole"
    make_published_post(now=PAST)
    client.get("/blog/")
    for _ in range(9):
        make_published_post(now=PAST)

    with django_assert_num_queries(8):
        assert len(page_at(client, "/blog/").findall(".//main//article")) == 10
