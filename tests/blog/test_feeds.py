"""Feeds: whole posts in RSS 2.0 and Atom, as strict parsers want them."""

from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from lxml import etree, html

from blog.models import Post
from tests.blog import making
from tests.blog.making import make_category, make_person, make_post, make_published_post, make_tag

pytestmark = pytest.mark.django_db

PAST = datetime(2026, 1, 12, 17, 0, tzinfo=UTC)
SITE = "http://localhost:8000"


def feed_at(client, path):
    response = client.get(path)
    assert response.status_code == 200
    etree.fromstring(response.content)  # raises unless well-formed
    parsed = feedparser.parse(
        response.content, response_headers={"content-type": response.headers["Content-Type"]}
    )
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


@pytest.mark.parametrize(
    ("path", "version"), [("/blog/feed/", "rss20"), ("/blog/feed/atom/", "atom10")]
)
def test_a_feed_holds_whole_posts_with_true_times_and_lasting_names(client, path, version):
    author = make_person(name="Ann Writer")
    post = make_published_post(now=PAST, authors=[author], tags=[make_tag("eggs & milk")])
    make_post(now=PAST)
    changed_at = PAST + timedelta(days=2)
    Post.objects.filter(pk=post.pk).update(changed_at=changed_at)

    feed = feed_at(client, path)

    assert feed.version == version
    assert feed.feed.link == f"{SITE}/blog/"
    links = [link.href for link in feed.feed.links if link.rel == "self"]
    assert links == [f"{SITE}{path}"]
    (entry,) = feed.entries
    address = f"{SITE}{post.get_absolute_url()}"
    assert (entry.title, entry.link) == (post.title, address)
    Post.objects.filter(pk=post.pk).update(slug="another")
    (moved,) = feed_at(client, path).entries
    assert (moved.id, moved.link) == (entry.id, f"{SITE}/blog/another/")
    assert entry.id == f"tag:localhost,2026:post-{post.pk}"
    assert (entry.author, entry.summary) == ("Ann Writer", post.summary)
    assert {tag.term for tag in entry.tags} >= {"eggs & milk"}
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == PAST
    whole = entry.content[0].value
    assert "An adult needs 2.4 micrograms a day" in whole
    assert "No, it is not." in whole
    newest = feed.feed.updated_parsed
    assert datetime(*newest[:6], tzinfo=UTC) == changed_at


def test_every_address_in_a_feed_is_absolute_and_nothing_in_it_can_run(client):
    picture = making.make_picture()
    post = make_published_post(now=PAST)
    body = (
        f'<p><a href="/about-vitamin-b12/">About</a> <a href="#what">below</a></p>'
        f'<h2>What?</h2><figure><img src="/blog/pictures/{picture.digest}/" alt=""></figure>'
        f"<p>Cited [ref:{post.reference_rows.get().reference.key}].</p>"
    )
    Post.objects.filter(pk=post.pk).update(body=body)

    response = client.get("/blog/feed/")

    item = etree.fromstring(response.content).find(".//item")
    whole = html.fromstring(item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded"))
    addresses = whole.xpath("//@href | //@src")
    assert f"{SITE}/about-vitamin-b12/" in addresses
    assert f"{SITE}{post.get_absolute_url()}#what" in addresses
    assert [each for each in addresses if not each.startswith(("http://", "https://"))] == []
    assert whole.xpath("//script | //style | //iframe | //@*[starts-with(name(), 'on')]") == []
    assert whole.xpath("//source | //@srcset") == []


def test_a_post_on_a_disease_leads_nowhere_near_the_shop_in_a_feed_either(client):
    post = make_published_post(now=PAST, tags=[make_tag(is_disease=True)])
    Post.objects.filter(pk=post.pk).update(body='<p>Our <a href="/order/">patch</a>.</p>')

    whole = feed_at(client, "/blog/feed/").entries[0].content[0].value

    assert "Our patch." in whole
    assert "/order/" not in whole


def test_tags_categories_and_authors_have_feeds_of_their_own(client):
    tag, category, author = make_tag("eggs"), make_category(), make_person()
    post = make_published_post(now=PAST, tags=[tag], authors=[author])
    post.categories.add(category)
    make_published_post(now=PAST)

    for row in (tag, category, author):
        for path in (f"{row.get_absolute_url()}feed/", f"{row.get_absolute_url()}feed/atom/"):
            feed = feed_at(client, path)
            assert [entry.title for entry in feed.entries] == [post.title]
            assert str(row) in feed.feed.title


def test_an_empty_feed_is_a_feed_and_the_same_twice(client):
    tag = make_tag("nothing yet")
    for end in ("feed/", "feed/atom/"):
        path = f"{tag.get_absolute_url()}{end}"
        assert feed_at(client, path).entries == []
        assert client.get(path).content == client.get(path).content


def test_a_reader_who_has_the_feed_gets_it_only_when_it_changed(client):
    post = make_published_post(now=PAST)
    first = client.get("/blog/feed/")
    assert first.headers["Last-Modified"] == "Mon, 12 Jan 2026 17:00:00 GMT"

    by_tag = client.get("/blog/feed/", headers={"If-None-Match": first.headers["ETag"]})
    by_time = client.get(
        "/blog/feed/", headers={"If-Modified-Since": first.headers["Last-Modified"]}
    )
    assert [(each.status_code, each.content) for each in (by_tag, by_time)] == [(304, b"")] * 2

    changed_at = PAST + timedelta(days=1)
    Post.objects.filter(pk=post.pk).update(title="Other words", changed_at=changed_at)
    for condition in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        assert b"Other words" in client.get("/blog/feed/", headers=condition).content


def test_what_xml_cannot_hold_does_not_break_a_feed(client):
    post = make_published_post(now=PAST)
    Post.objects.filter(pk=post.pk).update(
        title="Bell \x07 & <b>]]></b> \ufffe", summary="\x0b\x1fTab\there"
    )

    for path in ("/blog/feed/", "/blog/feed/atom/"):
        assert feed_at(client, path).entries[0].title.startswith("Bell")


def test_a_feed_takes_as_many_queries_for_one_post_as_for_ten(client, django_assert_num_queries):
    make_published_post(now=PAST)
    with django_assert_num_queries(8):
        client.get("/blog/feed/")
    for _ in range(9):
        make_published_post(now=PAST)
    with django_assert_num_queries(8):
        assert len(feed_at(client, "/blog/feed/").entries) == 10


def test_pages_name_their_feeds(client):
    tag = make_tag("eggs")
    make_published_post(now=PAST, tags=[tag])

    page = html.fromstring(client.get(tag.get_absolute_url()).content)

    assert page.xpath("//link[@rel='alternate']/@href") == [
        f"{tag.get_absolute_url()}feed/",
        f"{tag.get_absolute_url()}feed/atom/",
        "/blog/feed/",
    ]
