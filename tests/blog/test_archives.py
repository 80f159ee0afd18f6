"""Lists by tag, category, author and date, and what stands beside them."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import html

from blog import archives
from blog.models import Category, Post
from tests.blog.making import (
    make_category,
    make_person,
    make_post,
    make_published_post,
    make_reference,
    make_tag,
)

pytestmark = pytest.mark.django_db

PAST = datetime(2026, 1, 12, 17, 0, tzinfo=UTC)


def page_at(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return html.fromstring(response.content)


def titles(page):
    return page.xpath("//main//article//h2//a/text()")


def robots(page):
    return page.xpath("string(//meta[@name='robots']/@content)")


def test_a_tag_page_has_its_name_as_written_an_introduction_and_its_posts(client):
    source = make_reference()
    tag = make_tag("What is B12 deficiency?", introduction=f"Too little of it [ref:{source.key}].")
    post = make_published_post(now=PAST, tags=[tag])
    make_post(now=PAST, tags=[tag])
    make_published_post(now=PAST)

    page = page_at(client, tag.get_absolute_url())

    assert page.findtext(".//h1") == "Posts Tagged ‘What is B12 deficiency?’"
    assert titles(page) == [post.title]
    assert "Too little of it[1]." in " ".join(page.find(".//main").text_content().split())
    (mark,) = page.xpath("//sup[@class='cite']/a/@href")
    assert source.citation in page.get_element_by_id(mark[1:]).text_content()
    assert robots(page) == ""


def test_a_tag_without_posts_says_so_and_is_not_for_search_engines(client):
    tag = make_tag("nothing yet")

    page = page_at(client, tag.get_absolute_url())

    assert "There are no posts here yet" in page.text_content()
    assert robots(page) == "noindex, follow"


def test_a_category_page_shows_the_posts_of_the_categories_below_it_too(client):
    above = make_category(name="Autoimmune Disease")
    below = make_category(parent=above)
    one, two = make_published_post(now=PAST), make_published_post(now=PAST)
    one.categories.set([above])
    two.categories.set([below])

    page = page_at(client, above.get_absolute_url())

    assert page.findtext(".//h1") == "Archive for the ‘Autoimmune Disease’ Category"
    assert titles(page) == [two.title, one.title]
    assert titles(page_at(client, below.get_absolute_url())) == [two.title]


def test_categories_that_stand_below_each_other_do_not_go_round(client):
    one, two = make_category(), make_category()
    Category.objects.filter(pk=one.pk).update(parent=two)
    Category.objects.filter(pk=two.pk).update(parent=one)

    assert titles(page_at(client, one.get_absolute_url())) == []


def test_an_author_page_says_who_that_is_and_what_ties_there_are(client):
    author = make_person(
        name="Ann Writer", credentials="MSc nutrition", bio="Ann writes.", disclosures="None."
    )
    post = make_published_post(now=PAST, authors=[author])
    make_published_post(now=PAST)

    page = page_at(client, author.get_absolute_url())

    assert page.findtext(".//h1") == "Posts by Ann Writer"
    assert titles(page) == [post.title]
    shown = page.text_content()
    for text in ("MSc nutrition", "Ann writes.", "Ties and interests: None."):
        assert text in shown


def test_the_page_of_a_reviewer_shows_what_that_person_has_reviewed(client):
    post, other = make_published_post(now=PAST), make_published_post(now=PAST)
    reviewer = make_person(name="Rita")
    Post.objects.exclude(pk=other.pk).update(reviewed_by=reviewer)

    page = page_at(client, reviewer.get_absolute_url())

    assert page.findtext(".//h1") == "Posts reviewed by Rita"
    assert titles(page) == [post.title]
    writes = make_published_post(now=PAST, authors=[reviewer])
    page = page_at(client, reviewer.get_absolute_url())
    assert page.findtext(".//h1") == "Posts by Rita"
    assert titles(page) == [writes.title]


def test_dates_are_those_of_the_shops_time_zone(client):
    # Half past eleven in the evening in New York is the next day in Greenwich.
    late = make_published_post(now=datetime(2012, 2, 1, 4, 30, tzinfo=UTC))

    for path, heading in (
        ("/blog/2012/", "Archive for 2012"),
        ("/blog/2012/01/", "Archive for January, 2012"),
        ("/blog/2012/01/31/", "Archive for January 31st, 2012"),
    ):
        page = page_at(client, path)
        assert page.findtext(".//h1") == heading
        assert titles(page) == [late.title]
    assert titles(page_at(client, "/blog/2012/02/")) == []
    assert titles(page_at(client, "/blog/2012/02/01/")) == []
    assert client.get("/blog/2012/02/30/").status_code == 404


def test_a_month_with_fewer_than_three_posts_is_not_for_search_engines(client):
    for _ in range(2):
        make_published_post(now=PAST)
    assert robots(page_at(client, "/blog/2026/01/")) == "noindex, follow"
    make_published_post(now=PAST)

    page = page_at(client, "/blog/2026/01/")

    assert robots(page) == ""
    assert page.xpath("string(//link[@rel='canonical']/@href)").endswith("/blog/2026/01/")


@pytest.mark.parametrize(
    ("shows", "expected"),
    [("summaries", ["noindex, follow", ""]), ("whole", ["noindex, follow"] * 2)],
)
def test_a_list_of_imports_that_nobody_has_reviewed_is_not_for_search_engines(
    client, settings, shows, expected
):
    settings.BLOG_SHOWS = shows
    tag = make_tag("eggs")
    imported = make_published_post(now=PAST, tags=[tag])
    Post.objects.filter(pk=imported.pk).update(imported_at=PAST, reviewed_on=None, reviewed_by=None)
    alone = robots(page_at(client, tag.get_absolute_url()))
    make_published_post(now=PAST, tags=[tag])

    assert [alone, robots(page_at(client, tag.get_absolute_url()))] == expected


def test_every_list_is_paged_at_its_own_address(client, settings):
    settings.BLOG_PAGE_SIZE = 1
    tag, author, category = make_tag("eggs"), make_person(), make_category()
    for _ in range(2):
        post = make_published_post(now=PAST, tags=[tag], authors=[author])
        post.categories.set([category])
    lists = [row.get_absolute_url() for row in (tag, author, category)]

    for path in (*lists, "/blog/", "/blog/2026/", "/blog/2026/01/", "/blog/2026/01/12/"):
        assert page_at(client, path).xpath("//a[@rel='next']/@href") == [f"{path}page/2/"]
        assert page_at(client, f"{path}page/2/").xpath("//a[@rel='prev']/@href") == [path]
        assert client.get(f"{path}page/3/").status_code == 404


def test_a_long_list_is_read_down_the_index_and_shows_the_same(client, monkeypatch):
    tag = make_tag("eggs")
    posts = [make_published_post(now=PAST + timedelta(days=day), tags=[tag]) for day in range(3)]
    make_published_post(now=PAST)
    few = titles(page_at(client, tag.get_absolute_url()))
    monkeypatch.setattr(archives, "FEW", 2)

    assert titles(page_at(client, tag.get_absolute_url())) == few == [p.title for p in posts[::-1]]


def test_the_sidebar_leads_to_shelves_and_dates_that_have_posts(client):
    tag, empty = make_tag("eggs"), make_tag("draft only")
    for at in (PAST, PAST - timedelta(days=40), PAST.replace(year=2012), PAST.replace(year=2025)):
        make_published_post(now=at, tags=[tag])
    make_post(now=PAST, tags=[empty])

    links = page_at(client, "/blog/").xpath("//aside[@aria-label='About the blog']//a/@href")

    assert tag.get_absolute_url() in links
    assert empty.get_absolute_url() not in links
    dates = [link for link in links if link.startswith("/blog/20")]
    assert dates == ["/blog/2026/01/", "/blog/2025/12/", "/blog/2025/", "/blog/2012/"]
    for link in links:
        assert client.get(link).status_code == 200


@pytest.mark.parametrize("shelf", ["tag", "author"])
def test_a_shelf_takes_as_many_queries_for_one_post_as_for_ten(
    client, shelf, django_assert_num_queries
):
    rows = {"tag": make_tag("eggs"), "author": make_person()}
    path = rows[shelf].get_absolute_url()
    make_published_post(now=PAST, tags=[rows["tag"]], authors=[rows["author"]])
    client.get(path)
    for _ in range(9):
        make_published_post(now=PAST, tags=[rows["tag"]], authors=[rows["author"]])

    with django_assert_num_queries(3):
        assert len(titles(page_at(client, path))) == 10


def test_an_import_says_in_lists_that_nobody_has_reviewed_it(client):
    post = make_published_post(now=datetime(2012, 1, 12, 17, tzinfo=UTC))
    Post.objects.filter(pk=post.pk).update(imported_at=PAST, reviewed_on=None, reviewed_by=None)

    card = page_at(client, "/blog/").find(".//main//article").text_content()

    assert "Written in 2012, not reviewed since" in card
    assert "Thursday, January 12th, 2012" in card
