"""Posts of a WordPress export as they stand in the blog afterwards."""

from datetime import UTC, datetime

import pytest

from blog.models import ArchivedComment, Category, Person, Post, PostEvent, Revision, Tag
from claims.models import StandingFinding
from redirects.models import Redirect
from tests.blog.exports import BLOG, NOW, cdata, comment, imported, item, meta, term

pytestmark = pytest.mark.django_db


def test_a_published_post_keeps_date_author_tags_and_address(tmp_path):
    terms = term("category", "autoimmune-disease", "Autoimmune Disease")
    terms += term("post_tag", "what-is-b12-deficiency", "What is B12 deficiency")

    report = imported(tmp_path, item(9637, "First.\n\nSecond.", terms, post_name="ms-or-b12"))

    post = Post.objects.get()
    assert report.lines == []
    assert (post.slug, post.title, post.status) == ("ms-or-b12", "Post 9637", "published")
    assert post.body == "<p>First.</p><p>Second.</p>"
    assert post.publish_at == datetime(2012, 1, 12, 14, 30, tzinfo=UTC)
    assert [person.name for person in post.authors.all()] == ["Ann Writer"]
    assert Tag.objects.get(posts=post).name == "What is B12 deficiency"
    assert Category.objects.get(posts=post).slug == "autoimmune-disease"
    assert (post.legacy_id, post.legacy["creator"]) == (9637, "ann")


def test_an_imported_post_is_marked_as_not_reviewed(tmp_path):
    imported(tmp_path, item())

    post = Post.objects.get()
    assert post.is_unreviewed_import
    assert (post.imported_at, post.version) == (NOW, 1)
    assert Revision.objects.get().snapshot["title"] == "Post 1"
    assert [event.kind for event in PostEvent.objects.all()] == ["imported"]


@pytest.mark.parametrize(
    ("fields", "status", "line"),
    [
        ({"status": "draft"}, "draft", ""),
        ({"status": "pending"}, "submitted", ""),
        ({"status": "future", "post_date_gmt": "2030-01-01 00:00:00"}, "published", ""),
        ({"status": "private"}, "draft", "was “private”, is a draft now"),
        ({"post_password": "secret"}, "draft", "was behind a password, is a draft now"),
    ],
)
def test_only_what_was_public_is_public(tmp_path, fields, status, line):
    report = imported(tmp_path, item(**fields))

    post = Post.objects.get()
    assert post.status == status
    assert not post.is_public(NOW)
    assert "secret" not in str(post.legacy)
    assert report.lines == ([f"post 1 post-1: {line}"] if line else [])


def test_trash_revisions_and_menus_are_left_out_and_counted(tmp_path):
    report = imported(
        tmp_path,
        item(1, status="trash"),
        item(2, post_type="revision", status="inherit"),
        item(3, post_type="nav_menu_item"),
        item(4, status="auto-draft"),
        item(5, post_type="product"),
    )

    assert not Post.objects.exists()
    assert report.lines == ["post 1 post-1: skipped: it was in the trash"]
    assert report.summary() == [
        "1 automatic draft skipped",
        "1 item of type “product” skipped",
        "1 menu entry skipped",
        "1 post in the trash skipped",
        "1 revision skipped",
        "1 user without posts skipped",
    ]


def test_a_page_is_kept_as_a_page(tmp_path):
    imported(tmp_path, item(2, post_type="page", post_name="old-about"))

    assert Post.objects.get().kind == Post.Kind.PAGE


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"post_date_gmt": "0000-00-00 00:00:00"}, datetime(2012, 1, 12, 14, 30, tzinfo=UTC)),
        (
            {"post_date_gmt": "", "post_date": "2012-07-12 09:30:00"},
            datetime(2012, 7, 12, 13, 30, tzinfo=UTC),
        ),
    ],
)
def test_a_date_without_utc_is_read_in_the_blogs_zone(tmp_path, fields, expected):
    imported(tmp_path, item(**fields))

    assert Post.objects.get().publish_at == expected


def test_a_post_without_any_date_is_a_draft(tmp_path):
    zero = "0000-00-00 00:00:00"

    report = imported(tmp_path, item(post_date=zero, post_date_gmt=zero))

    assert Post.objects.get().status == "draft"
    assert report.lines == ["post 1 post-1: has no date, is a draft now"]


def test_two_posts_with_one_address_both_stay_reachable(tmp_path):
    records = (
        item(1, post_name="tongue", link="http://www.old-blog.example/blog/2011/01/01/tongue/"),
        item(2, post_name="tongue", link="http://www.old-blog.example/blog/2012/01/01/tongue/"),
    )

    report = imported(tmp_path, *records)

    assert sorted(Post.objects.values_list("legacy_id", "slug")) == [(1, "tongue"), (2, "tongue-2")]
    assert "post 2 tongue: has the address tongue-2: tongue is taken" in report.lines
    redirects = dict(Redirect.objects.values_list("old_path", "new_path"))
    assert redirects == {
        "/blog/2011/01/01/tongue": "/blog/tongue/",
        "/blog/2012/01/01/tongue": "/blog/tongue-2/",
    }


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("tag", "tag-2"),
        ("2012", "2012-2"),
        ("%d0%b2%d0%b8%d1%82%d0%b0%d0%bc%d0%b8%d0%bd", "витамин"),
        ("Caf%C3%A9-B12!", "café-b12"),
    ],
)
def test_an_address_that_cannot_stay_becomes_one_that_can(tmp_path, name, slug):
    imported(tmp_path, item(post_name=name))

    assert Post.objects.get().slug == slug


def test_a_draft_without_a_name_takes_its_address_from_the_title(tmp_path):
    draft = item(7, title="What&#8217;s the Cause?", post_name="", status="draft")

    imported(tmp_path, draft.replace(f"{BLOG}//", f"{BLOG}/?p=7"))

    post = Post.objects.get()
    assert (post.title, post.slug) == ("What’s the Cause?", "whats-the-cause")


def test_titles_may_be_missing_or_hold_entities(tmp_path):
    report = imported(tmp_path, item(1, title=""), item(2, title=cdata("Tea &amp; <em>toast</em>")))

    assert list(Post.objects.order_by("legacy_id").values_list("title", flat=True)) == [
        "Untitled 1",
        "Tea & toast",
    ]
    assert report.lines == ["post 1 post-1: had no title"]


def test_a_post_without_text_comes_with_a_line(tmp_path):
    report = imported(tmp_path, item(1, "<p>&nbsp;</p>"))

    assert Post.objects.get().body == ""
    assert report.lines == ["post 1 post-1: has no text"]


def test_a_long_excerpt_is_cut_and_kept_whole(tmp_path):
    excerpt = "Twelve words stand in this sentence so that it can be counted. " * 6

    report = imported(tmp_path, item(excerpt=excerpt))

    post = Post.objects.get()
    assert len(post.summary.split()) == 60
    assert post.legacy["excerpt"] == excerpt.strip()
    assert report.lines == [
        "post 1 post-1: summary cut to 60 words; the whole is kept with the old fields"
    ]


def test_what_stands_before_more_is_the_summary_where_there_is_no_excerpt(tmp_path):
    imported(
        tmp_path, item(1, "A <b>hook</b>.\n\n<!--more-->\n\nThe rest.<!--nextpage-->Page two.")
    )

    post = Post.objects.get()
    assert post.summary == "A hook."
    assert post.body == ("<p>A <strong>hook</strong>.</p><p>The rest.</p><p>Page two.</p>")


def test_fields_of_seo_plugins_become_meta_texts_and_the_rest_is_kept(tmp_path):
    fields = meta(
        _yoast_wpseo_title="%%title%% %%sep%%",
        _yoast_wpseo_metadesc="What B12 does.",
        subtitle="A subtitle",
        _edit_lock="1287583778:1",
        embed="<script>alert(1)</script>",
    )

    imported(tmp_path, item(1, "Words.", fields))

    post = Post.objects.get()
    assert (post.meta_title, post.meta_description) == ("", "What B12 does.")
    assert post.legacy["meta"] == [
        ["_yoast_wpseo_title", "%%title%% %%sep%%"],
        ["_yoast_wpseo_metadesc", "What B12 does."],
        ["subtitle", "A subtitle"],
    ]


def test_comments_are_archived_without_addresses_and_spam(tmp_path):
    comments = comment(11, "Dear <b>all</b>,<br />thanks &amp; bye.")
    comments += comment(12, parent=11, approved=0)
    comments += comment(13, approved="spam") + comment(14, type="pingback")

    report = imported(tmp_path, item(1, "Words.", comments))

    rows = ArchivedComment.objects.order_by("legacy_id")
    assert [(row.legacy_id, row.kind, row.was_approved) for row in rows] == [
        (11, "comment", True),
        (12, "comment", False),
        (14, "pingback", True),
    ]
    assert rows[0].text == "Dear all,\nthanks & bye."
    assert (rows[1].parent_legacy_id, rows[0].author_name) == (11, "A reader")
    assert "reader@example.org" not in str(Post.objects.get().legacy)
    assert report.lines == ["post 1 post-1: 1 comment left out (spam, trash or twice)"]


def test_stray_signs_around_a_login_are_no_part_of_it(tmp_path):
    imported(tmp_path, item(1, creator=">ann"))

    assert list(Person.objects.values_list("slug", "name")) == [("ann", "Ann Writer")]


def test_an_author_who_is_only_named_becomes_a_person(tmp_path):
    imported(tmp_path, item(creator="guest_bob"))

    assert list(Person.objects.values_list("slug", "name")) == [("guest_bob", "guest_bob")]


def test_a_person_of_the_same_login_but_another_name_is_somebody_else(tmp_path):
    Person.objects.create(slug="ann", name="Ann Other")

    report = imported(tmp_path, item())

    assert Post.objects.get().authors.get().slug == "ann-2"
    assert report.lines == ["author ann: has the address ann-2: ann is Ann Other"]


def test_what_the_claims_check_finds_is_said_and_stops_nothing(tmp_path):
    report = imported(tmp_path, item(1, "Words.\n\nVitamin B12 cures multiple sclerosis."))

    assert Post.objects.get().status == "published"
    (line,) = report.lines
    assert line.startswith("post 1 post-1: claims check: ")
    assert line.endswith("“Vitamin B12 cures multiple sclerosis.”")
    subjects = set(StandingFinding.objects.open().values_list("subject", flat=True))
    assert subjects == {f"blog.post:{Post.objects.get().pk}"}
