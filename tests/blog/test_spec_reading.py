"""What a reader of a post is promised and no other test looks at: issue 4, section 2 and 5."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve
from lxml import html

from blog import urls
from blog.models import Post
from tests.addresses import MORE_LISTS, PUBLIC_PATHS
from tests.blog.making import (
    add_read_more,
    make_picture,
    make_post,
    make_published_post,
    make_reference,
    make_tag,
)

pytestmark = pytest.mark.django_db

PAST = datetime(2026, 1, 12, 17, 0, tzinfo=UTC)
NOTICE = "General information, not medical advice."
SITE_CSS = Path(__file__).resolve().parents[2] / "static/css/site.css"


def page_of(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return html.fromstring(response.content)


def words(element):
    return " ".join(element.text_content().split())


def test_a_late_post_leaves_the_related_lists_and_stays_where_a_sentence_leads_to_it(client):
    good, late = make_published_post(now=PAST), make_published_post(now=PAST)
    post = make_published_post(now=PAST)
    Post.objects.update(next_review_on=date(2999, 1, 1))
    sentence = f'<p>See <a href="/blog/{late.slug}/">the other one</a>.</p>'
    body = f"<p>[post:{good.slug}]</p><p>[post:{late.slug}]</p>{sentence}"
    Post.objects.filter(pk=post.pk).update(body=body)
    add_read_more(post, late.slug, good.slug)

    def related():
        page = page_of(client, post.get_absolute_url())
        sentences = page.xpath("//p[starts-with(., 'See')]/a/@href")
        lines = page.xpath("//p[@class='related']/a/@href")
        return lines, page.xpath("//div[contains(@class, 'read-more')]//a/@href"), sentences

    both = {good.get_absolute_url(), late.get_absolute_url()}
    lines, more, sentences = related()
    assert set(lines) == set(more) == both
    Post.objects.filter(pk=late.pk).update(next_review_on=date(2026, 1, 13))

    only = [good.get_absolute_url()]
    assert related() == (only, only, sentences)
    assert sentences == [late.get_absolute_url()]


def test_where_nobody_picked_posts_those_that_share_most_tags_are_shown(
    client, django_assert_max_num_queries
):
    one, two, far = make_tag(), make_tag(), make_tag()
    post = make_published_post(now=PAST, tags=[one, two])
    # The newest are the neighbors of the post too, so they are read even where they are not shown.
    days = iter(range(1, 9))

    def other(*tags, **changed):
        row = make_published_post(now=PAST + timedelta(days=next(days)), tags=list(tags))
        Post.objects.filter(pk=row.pk).update(**{"next_review_on": date(2999, 1, 1), **changed})
        return row

    unreviewed = {"imported_at": PAST, "reviewed_on": None, "next_review_on": None}
    other(one, two, **unreviewed)
    other(one, two, next_review_on=date(2026, 2, 1))
    old, both, new = other(two), other(one, two), other(one)
    picked = other(far)
    make_post(tags=[one, two])

    def shown():
        page = page_of(client, post.get_absolute_url())
        return page.xpath("//div[contains(@class, 'read-more')]//a/@href")

    with django_assert_max_num_queries(10):
        assert shown() == [each.get_absolute_url() for each in (both, new, old)]
    add_read_more(post, picked.slug)
    assert shown() == [picked.get_absolute_url()]
    post.read_more.all().delete()
    post.tags.set([make_tag()])
    assert shown() == []


def test_the_blocks_below_a_text_have_their_headings_and_need_no_script(client):
    tag = make_tag("Is it in eggs?")
    post = make_published_post(now=PAST, tags=[tag], read_more_heading="Read more about eggs:")
    add_read_more(post, make_published_post(now=PAST).slug)
    Post.objects.update(next_review_on=date(2999, 1, 1))

    page = page_of(client, post.get_absolute_url())

    headings = [words(each) for each in page.xpath("//main//h2")]
    for heading in ("In short", "Questions and answers", "Read more about eggs:", "Sources"):
        assert headings.count(heading) == 1
    (question,) = page.xpath("//details[.//p[. = 'No, it is not.']]")
    assert words(question.find("summary")) == "Is it in fruit?"
    assert page.xpath("//a[@rel='tag']/text()") == ["Is it in eggs?"]
    assert page.xpath("//a[@rel='tag']/@href") == [tag.get_absolute_url()]


@pytest.mark.parametrize(
    ("fields", "shown", "address"),
    [
        ({"doi": "10.1000/1", "pmid": "7"}, "Randomized trial, 2018", "https://doi.org/10.1000/1"),
        ({"doi": "", "pmid": "7"}, "Randomized trial, 2018", "https://pubmed.ncbi.nlm.nih.gov/7/"),
        ({"doi": "", "link": "https://example.org/a"}, "Offices", "https://example.org/a"),
        ({"accessed_on": date(2026, 1, 2)}, "(read January 2, 2026)", None),
    ],
)
def test_a_source_tells_what_kind_of_study_it_is_and_opens_where_it_stands(
    client, fields, shown, address
):
    source = make_reference(kind="trial", year=2018, publisher="Offices", **fields)
    post = make_published_post(now=PAST, references=[source])

    line = page_of(client, post.get_absolute_url()).get_element_by_id(f"source-{source.key}")

    assert shown in words(line)
    assert line.xpath(".//a/@href")[0] == (address or f"https://doi.org/{source.doi}")


def test_whole_posts_in_lists_and_feeds_carry_the_notice_too(client, settings):
    settings.BLOG_SHOWS = "whole"
    make_published_post(now=PAST)

    assert NOTICE in words(page_of(client, "/blog/").find(".//main//article"))
    for path in ("/blog/feed/", "/blog/feed/atom/"):
        assert NOTICE in client.get(path).content.decode()


def test_a_picture_of_its_own_for_link_previews_goes_before_the_main_picture(client):
    def picture(name):
        return make_picture(crops={"social": {"name": f"blog/{name}.jpg"}})

    post = make_published_post(now=PAST, main_picture=picture("main"))
    Post.objects.filter(pk=post.pk).update(social_picture=picture("shared"))

    page = page_of(client, post.get_absolute_url())

    (address,) = page.xpath("//meta[@property='og:image']/@content")
    assert address.endswith("/media/blog/shared.jpg")


def test_on_paper_a_post_is_its_text_and_every_answer(client):
    post = make_published_post(now=PAST)
    add_read_more(post, make_published_post(now=PAST).slug)
    rules = SITE_CSS.read_text().partition("@media print")[2]

    hidden = re.search(r"\.no-print[^{}]*\{ display: none !important; \}", rules)
    assert hidden
    assert "details:not([open]) > * { display: block; }" in rules
    assert 'attr(href) ")"' in rules  # where a link leads is read on paper as well
    on_paper = page_of(client, post.get_absolute_url()).find(".//main")
    for each in on_paper.xpath(".//*[contains(@class, 'no-print')]"):
        each.drop_tree()
    kept = words(on_paper)
    for part in (post.title, "Where is it found?", "No, it is not.", "Sources", "Image credits"):
        assert part in kept
    for part in ("On this page", "Read more", "Older post", "Back to the text"):
        assert part not in kept


def test_every_kind_of_page_of_the_blog_is_among_those_that_axe_and_html_validate_look_at():
    drawn = {
        pattern.callback
        for pattern in urls.urlpatterns
        if pattern.callback.__module__ in {"blog.views.archives", "blog.views.posts"}
    }
    # A picture is a redirect; the page of a draft is the post's own with a notice above it.
    drawn -= {urls.posts.picture, urls.posts.preview_of_draft}
    by_axe = {_view(path) for path in PUBLIC_PATHS}  # tests/browser/test_every_page.py
    by_html_validate = by_axe | {_view(path) for path in MORE_LISTS}  # scripts/audit.py

    assert len(drawn) == 6
    assert drawn <= by_html_validate
    # The list of a month is drawn by the template of a tag's list.
    assert drawn - by_axe == {urls.archives.period}
    assert {_view("/search/"), _view("/site-map/")} <= by_axe


def _view(path):
    try:
        return resolve(path).func
    except Resolver404:
        return None
