"""A post's own page."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from lxml import html

from blog.models import Post, Revision, Series
from tests.blog import making
from tests.blog.making import make_person, make_published_post, make_reference, make_tag

pytestmark = pytest.mark.django_db

PAST = datetime(2026, 1, 12, 17, 0, tzinfo=UTC)
FIGURE = '<figure><img src="/blog/pictures/{digest}/" alt="Two eggs"><figcaption>Eggs.</figcaption></figure>'


def page_of(client, post):
    response = client.get(post.get_absolute_url())
    assert response.status_code == 200
    return html.fromstring(response.content)


def words(element):
    return " ".join(element.text_content().split())


def test_it_says_who_wrote_and_reviewed_it_and_when(client):
    author = make_person(name="Ann Writer", credentials="MSc nutrition")
    post = make_published_post(now=PAST, authors=[author])

    page = page_of(client, post)
    byline = words(page.find(".//article/header"))

    assert "Monday, January 12th, 2026" in byline
    assert "By Ann Writer, MSc nutrition" in byline
    assert "Reviewed by Rita Reviewer, on January 12, 2026" in byline
    assert "next review by January 12, 2027" in byline
    assert "1 minute to read" in byline
    assert "Changed on" not in byline
    assert page.xpath(f"//a[@href='{author.get_absolute_url()}']")
    assert "General information, not medical advice. See a doctor" in words(page.find(".//article"))


def test_it_says_when_its_words_changed(client):
    post = make_published_post(now=PAST)
    Post.objects.filter(pk=post.pk).update(changed_at=PAST + timedelta(hours=3))
    assert "Changed on" not in words(page_of(client, post))
    Post.objects.filter(pk=post.pk).update(changed_at=PAST + timedelta(days=3))

    assert "Changed on Thursday, January 15th, 2026" in words(page_of(client, post))


def test_citations_are_numbered_by_first_use_and_lead_to_the_source_and_back(client):
    first, second, unused = (make_reference() for _ in range(3))
    body = (
        f"<p>One [ref:{second.key}]. Two [ref:{first.key}][ref:{second.key}].</p>"
        "<h2>What is it?</h2><p>Nobody [ref:nobody].</p>"
    )
    post = make_published_post(now=PAST, references=[first, second, unused])
    Post.objects.filter(pk=post.pk).update(body=body)

    page = page_of(client, post)

    marks = [words(mark) for mark in page.xpath("//sup[@class='cite']")]
    assert marks == ["[1]", "[2] [1]"]
    sources = page.xpath("//ol[@class='citations']/li")
    assert [source.get("id") for source in sources] == [
        f"source-{second.key}",
        f"source-{first.key}",
    ]
    assert sources[0].xpath(".//a/@href") == [
        f"https://doi.org/{second.doi}",
        f"#cite-{second.key}",
    ]
    assert "[ref:" not in words(page)
    assert unused.citation not in words(page)


def test_contents_lead_to_the_headings_without_those_left_out(client):
    body = "".join(
        f"<h2>{name}</h2><p>Words.</p>" for name in ("One", "Two", "Three", "Conclusion")
    )
    post = make_published_post(now=PAST)
    Post.objects.filter(pk=post.pk).update(body=body, heading_ids=[{"text": "Two", "id": "old"}])

    contents = page_of(client, post).find(".//nav[@class='toc']")

    assert contents.xpath(".//a/@href") == ["#one", "#old", "#three", "#questions"]


def test_no_heading_takes_an_anchor_of_the_page(client):
    series = Series.objects.create(name="From the start", slug="start")
    make_published_post(now=PAST, series=series, series_part=1)
    post = make_published_post(now=PAST, series=series, series_part=2)
    making.add_read_more(post, Post.objects.exclude(pk=post.pk).get().slug)
    Post.objects.exclude(pk=post.pk).update(next_review_on=date(2999, 1, 1))
    post.body += "<p>One sentence more.</p>"
    making.save(post, now=PAST + timedelta(days=2), public_reason="wording", public_note="Clearer.")
    own = page_of(client, post).xpath("//@id")
    assert {"series", "read-more", "questions", "sources", "changes", "short"} <= set(own)

    headings = "".join(f"<h2>{each}</h2>" for each in own)
    Post.objects.filter(pk=post.pk).update(body=post.body + headings)

    ids = page_of(client, post).xpath("//@id")
    assert len(ids) == len(set(ids)) > len(own)


def test_related_lines_and_links_lead_only_to_posts_that_readers_can_read(client):
    there, draft = make_published_post(now=PAST), making.make_post(now=PAST)
    body = (
        f"<p>[post:{there.slug}]</p><p>[post:{draft.slug}]</p>"
        f'<p>See <a href="/blog/{there.slug}/">this</a> and <a href="/blog/{draft.slug}/">that</a>.</p>'
    )
    post = make_published_post(now=PAST)
    Post.objects.filter(pk=post.pk).update(body=body)
    Post.objects.update(next_review_on=date(2999, 1, 1))  # what is late is in no such list
    making.add_read_more(post, draft.slug, there.slug, "nothing-there")

    page = page_of(client, post)

    assert page.xpath("//p[@class='related']")[0].text_content() == f"Related: {there.title}"
    assert len(page.xpath("//p[@class='related']")) == 1
    assert "See this and that." in words(page)
    assert draft.slug not in html.tostring(page, encoding="unicode")
    assert page.xpath("//ul[@class='dots']//a/@href") == [there.get_absolute_url()]


def test_pictures_of_the_text_have_caption_and_credit(client):
    main = making.make_picture(credit="Ida Ink", caption="A plate.")
    eggs = making.make_picture(credit="Jon Draw", source_url="https://example.org/eggs")
    post = make_published_post(now=PAST, main_picture=main)
    body = FIGURE.format(digest=eggs.digest) + FIGURE.format(digest="f" * 20)
    Post.objects.filter(pk=post.pk).update(body=body)

    page = page_of(client, post)

    figures = page.findall(".//article//figure")
    assert [words(figure) for figure in figures] == [
        "A plate. Picture: Ida Ink",
        "Eggs. Picture: Jon Draw",
    ]
    assert [figure.find(".//img").get("alt") for figure in figures] == [main.alt, "Two eggs"]
    assert [figure.find(".//img").get("loading") for figure in figures] == [None, "lazy"]
    assert "Image credits, from top: Ida Ink (Our own work), Jon Draw (Our own work)" in words(page)


def test_a_post_late_for_review_says_so_and_one_that_was_imported_too(client):
    post = make_published_post(now=PAST)
    assert "Overdue" not in words(page_of(client, post))
    Post.objects.filter(pk=post.pk).update(next_review_on=PAST.date())
    assert "Overdue for review." in words(page_of(client, post))

    Post.objects.filter(pk=post.pk).update(
        imported_at=PAST,
        reviewed_on=None,
        reviewed_by=None,
        next_review_on=None,
        publish_at=datetime(2012, 1, 12, 17, tzinfo=UTC),
    )
    page = page_of(client, post)
    assert "Written in 2012, not reviewed since." in words(page)
    assert page.xpath("string(//meta[@name='robots']/@content)") == "noindex, follow"
    assert "Thursday, January 12th, 2012" in words(page)


SELLING = (
    '<p>Our <a href="/order/">patch</a>, <a href="/product-information/?x=1">here</a> or '
    '<a href="http://localhost:8000/r/ANN/">there</a>.</p>'
)


@pytest.mark.parametrize(
    ("is_disease", "changed", "leads_on"),
    [
        (False, {}, True),
        (True, {}, False),
        (False, {"imported_at": PAST, "reviewed_on": None, "reviewed_by": None}, False),
    ],
    ids=["on food", "on a disease", "imported, not reviewed"],
)
def test_nothing_in_a_post_on_a_disease_leads_to_the_shop(client, is_disease, changed, leads_on):
    post = make_published_post(now=PAST, tags=[make_tag(is_disease=is_disease)])
    Post.objects.filter(pk=post.pk).update(body=SELLING, **changed)
    post.questions.update(answer=SELLING)

    article = page_of(client, post).find(".//article")

    shop_links = [
        link
        for link in article.xpath(".//a/@href")
        if any(part in link for part in ("/order/", "/product-information/", "/r/", "/cart/"))
    ]
    assert bool(shop_links) is leads_on
    assert article.xpath(".//form | .//button | .//input | .//*[contains(@class, 'btn')]") == []
    assert article.xpath(".//*[contains(@class, 'price')]") == []
    assert words(article).count("Our patch, here or there.") == 2


def test_parts_of_a_series_and_the_posts_around_lead_on(client):
    series = Series.objects.create(name="From the start", slug="start")
    one, two, three = (
        make_published_post(
            now=PAST + timedelta(days=part), series=series, series_part=part, title=f"Part {part}"
        )
        for part in (1, 2, 3)
    )
    other = make_published_post(now=PAST + timedelta(days=9))

    page = page_of(client, two)

    parts = page.xpath("//nav[contains(@class, 'series')]")[0]
    assert parts.findtext("h2") == "From the start, part 2"
    assert parts.xpath(".//ol//a/@href") == [one.get_absolute_url(), three.get_absolute_url()]
    assert page.xpath("//a[@rel='prev']/@href") == [one.get_absolute_url()]
    assert page.xpath("//a[@rel='next']/@href") == [three.get_absolute_url()]
    assert page_of(client, other).xpath("//a[@rel='next']") == []


def test_what_changed_in_public_stands_at_its_end(client):
    post = make_published_post(now=PAST)
    assert "What changed" not in words(page_of(client, post))
    post.body += "<p>One sentence more.</p>"
    making.save(
        post,
        now=PAST + timedelta(days=2),
        public_reason=Revision.Reason.CORRECTION,
        public_note="A sentence was missing.",
    )

    changes = page_of(client, post).xpath("//details[.//ins]")

    assert len(changes) == 1
    assert words(changes[0].find("summary")) == "January 14, 2026: Correction"
    assert "A sentence was missing." in words(changes[0])


def test_a_post_takes_twelve_queries_at_most(client, django_assert_max_num_queries):
    series = Series.objects.create(name="From the start", slug="start")
    make_published_post(now=PAST, series=series, series_part=1)
    eggs = making.make_picture()
    post = make_published_post(now=PAST, series=series, series_part=2)
    making.add_read_more(post, "elsewhere")
    post.body += FIGURE.format(digest=eggs.digest)
    making.save(
        post, now=PAST + timedelta(days=2), public_reason="evidence", public_note="A picture."
    )

    with django_assert_max_num_queries(12):
        first = client.get(post.get_absolute_url())
    with django_assert_max_num_queries(10):
        assert client.get(post.get_absolute_url()).content == first.content
    assert b"What changed" in first.content


@pytest.mark.parametrize("hidden", ["draft", "scheduled", "over", "unpublished"])
def test_what_is_not_public_is_not_found(client, hidden):
    post = make_published_post(now=PAST)
    later = timezone.now() + timedelta(days=1)
    Post.objects.filter(pk=post.pk).update(
        **{
            "draft": {"status": Post.Status.DRAFT},
            "scheduled": {"publish_at": later},
            "over": {"expire_at": PAST + timedelta(days=1)},
            "unpublished": {"status": Post.Status.UNPUBLISHED},
        }[hidden]
    )

    assert client.get(post.get_absolute_url()).status_code == 404
