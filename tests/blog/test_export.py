"""The export of the blog, and its way back in."""

from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command

from blog import snapshots
from blog.exporting import cdata, pieces
from blog.models import (
    ArchivedComment,
    Category,
    Person,
    Picture,
    Post,
    PostAuthor,
    PostReference,
    Question,
    ReadMoreLink,
    Series,
    Tag,
    Takeaway,
)
from blog.pictures import add_picture
from redirects import table
from references.models import Reference
from tests.blog.exports import NOW, comment, imported, item, meta, run, term
from tests.blog.pictures import opaque_jpeg, transparent_png

pytestmark = pytest.mark.django_db
WP = "{http://wordpress.org/export/1.2/}"


def whole() -> str:
    return "".join(pieces(NOW))


def snapshots_by_slug() -> dict[str, dict]:
    return {post.slug: snapshots.take(post) for post in Post.objects.all()}


def state() -> list[dict]:
    left_out = {
        "id",
        "imported_at",
        "created_at",
        "updated_at",
        "legacy",
        "version",
        "main_picture_id",
    }
    left_out |= {"created_by", "series_id", "reviewed_by_id", "social_picture_id"}
    rows = Post.objects.order_by("slug").values()
    return [{key: value for key, value in row.items() if key not in left_out} for row in rows]


def clear() -> None:
    for model in (Post, Picture, Tag, Person, Reference, Series):
        model.objects.all().delete()
    while Category.objects.exists():
        Category.objects.filter(children=None).delete()


def back_in(folder, text: str, **wishes):
    path = folder / "ours.xml"
    path.write_text(text, encoding="utf-8")
    clear()
    return run(path, **wishes)


def full_post() -> Post:
    """A post with everything that one can have."""
    person = Person.objects.create(slug="jo", name="Jo O’Neil", bio="A & B < C", credentials="RD")
    doctor = Person.objects.create(slug="doc", name="Dr. Doc", disclosures="None")
    series = Series.objects.create(slug="ms", name="MS", introduction="Two parts")
    source = Reference.objects.create(
        key="r5", citation="A & B. C < d.", kind="trial", year=2012, accessed_on=date(2026, 1, 2)
    )
    picture = add_picture(
        ContentFile(opaque_jpeg()),
        title="T",
        alt="A",
        caption="C [ref:r5]",
        credit="Me",
        focal_x=20,
    )
    parent = Category.objects.create(slug="zz-parent", name="Parent & co")
    child = Category.objects.create(slug="child", name="Child", parent=parent)
    post = Post.objects.create(
        title="Is B12 < 200 low? & more",
        slug="full",
        summary="Short & “plain”: a < b.\nSecond line.",
        body=f'<h2>What?</h2><p>Yes ]]&gt; no [ref:r5] 5&nbsp;mg  x</p><figure><img src="/blog/pictures/{picture.digest}/" alt="é"></figure>',
        status="published",
        publish_at=datetime(2026, 3, 29, 5, 30, tzinfo=UTC),
        changed_at=datetime(2026, 5, 1, 5, 30, 1, 250, tzinfo=UTC),
        expire_at=datetime(2027, 5, 1, tzinfo=UTC),
        main_picture=picture,
        social_picture=picture,
        series=series,
        series_part=2,
        read_more_heading="Read more about it:",
        left_out_of_contents="Conclusion\nEnd",
        meta_title="Meta  title",
        meta_description="About & so on",
        heading_ids=[{"text": "What?", "id": "what"}],
        reviewed_by=doctor,
        reviewed_on=date(2026, 4, 1),
        next_review_on=date(2027, 4, 1),
        version=3,
    )
    PostAuthor.objects.create(post=post, person=doctor, position=0)
    PostAuthor.objects.create(post=post, person=person, position=1)
    PostReference.objects.create(post=post, reference=source)
    Question.objects.create(post=post, question="Why & how?", answer="<p>So [ref:r5]</p>")
    Takeaway.objects.create(post=post, text="One < two")
    ReadMoreLink.objects.create(post=post, slug="other")
    post.tags.add(Tag.objects.create(slug="b-12", name="B-12", is_disease=False, meta_title="M"))
    post.categories.add(child)
    ArchivedComment.objects.create(
        post=post, legacy_id=4, text="a < b\n& c", author_name="R", kind="comment", written_at=NOW
    )
    add_picture(ContentFile(transparent_png()), title="Shown nowhere")
    snapshots.keep_pictures(post)
    return post


def test_an_import_comes_back_the_same_from_its_export(tmp_path):
    extra = term("post_tag", "b-12", "B-12 &amp; co") + term("category", "c", "C")
    extra += meta(subtitle="Sub", _yoast_wpseo_metadesc="Words") + comment(5) + comment(6, parent=5)
    extra += term("post_format", "video", "Video")
    imported(
        tmp_path,
        item(1, "<b>x</b>\n\n[ref:r5] a ]]> b", extra, excerpt="Sum", menu_order=3, is_sticky=1),
        item(2, post_type="page", status="draft", creator="bob", post_date="2012-03-01 10:00:00"),
        item(3, status="future", post_date_gmt="2030-01-01 00:00:00"),
        item(4, status="pending"),
        item(5, status="private"),
    )
    before, rows, first = snapshots_by_slug(), state(), whole()

    report = back_in(tmp_path, first)

    assert (report.errors, report.lines) == (0, [])
    assert snapshots_by_slug() == before
    assert state() == rows
    assert Post.objects.get(legacy_id=1).legacy["meta"] == [
        ["subtitle", "Sub"],
        ["_yoast_wpseo_metadesc", "Words"],
    ]
    assert whole() == first


def test_a_post_of_ours_comes_back_with_everything(tmp_path):
    full_post()
    Post.objects.create(title="A draft", slug="a-draft", status="submitted", body="<p>x</p>")
    Post.objects.create(title="Gone", slug="gone", status="unpublished", publish_at=NOW)
    before, rows, first = snapshots_by_slug(), state(), whole()

    report = back_in(tmp_path, first, media=settings.MEDIA_ROOT, restores=True)

    assert report.lines == []
    assert snapshots_by_slug() == before
    assert state() == rows
    assert whole() == first
    post = Post.objects.get(slug="full")
    assert (post.imported_at, post.reviewed_by.name) == (None, "Dr. Doc")
    assert post.review_records.get().reviewer.slug == "doc"
    assert post.archived_comments.get().text == "a < b\n& c"
    assert Category.objects.get(slug="child").parent.name == "Parent & co"


def test_a_review_is_only_taken_over_where_the_operator_says_so(tmp_path):
    full_post()
    before = snapshots_by_slug()

    back_in(tmp_path, whole(), media=settings.MEDIA_ROOT)

    post = Post.objects.get()
    assert post.is_unreviewed_import
    assert not post.review_records.exists()
    assert snapshots_by_slug() == before


def test_a_second_import_of_our_export_changes_nothing(tmp_path):
    full_post()
    back_in(tmp_path, whole(), media=settings.MEDIA_ROOT, restores=True)

    report = run(tmp_path / "ours.xml", media=settings.MEDIA_ROOT, restores=True)

    assert report.counts["unchanged"] == 1
    assert "posts renewed" not in report.counts


def test_our_export_changes_nothing_in_the_blog_that_it_comes_from(tmp_path):
    full_post()
    imported(tmp_path, item(1), item(2, post_type="page", status="draft"))
    path = tmp_path / "ours.xml"
    path.write_text(whole(), encoding="utf-8")
    renamed = Post.objects.get(slug="full")
    renamed.slug = "renamed"
    renamed.save()
    table.moved("/blog/full/", "/blog/renamed/", by="eve", now=NOW)
    before, rows, first = snapshots_by_slug(), state(), whole()

    for restores in (False, True):
        report = run(path, media=settings.MEDIA_ROOT, restores=restores)
        assert (report.lines, report.summary()) == ([], ["3 left alone: here already"])

    assert snapshots_by_slug() == before
    assert state() == rows
    assert whole() == first


def test_our_export_brings_back_what_was_deleted_since(tmp_path):
    full_post()
    imported(tmp_path, item(1), item(2))
    path = tmp_path / "ours.xml"
    path.write_text(whole(), encoding="utf-8")
    Post.objects.get(slug="post-1").delete()

    report = run(path, media=settings.MEDIA_ROOT)

    assert report.summary() == ["2 left alone: here already", "1 post imported"]
    assert Post.objects.filter(slug="post-1").exists()


def test_the_post_of_another_shop_with_our_address_and_number_is_another_post(tmp_path):
    Post.objects.create(title="Ours", slug="ours")
    theirs = whole().replace("ours", "theirs")
    path = tmp_path / "theirs.xml"
    path.write_text(theirs, encoding="utf-8")

    assert run(path).summary() == ["1 post imported"]

    assert set(Post.objects.values_list("slug", flat=True)) == {"ours", "theirs"}


def test_a_picture_that_is_not_there_is_left_out_with_a_line(tmp_path):
    full_post()

    report = back_in(tmp_path, whole())

    assert "<figure>" not in Post.objects.get().body
    assert len(report.lines) == 3
    assert all("its file is not here" in line for line in report.lines)


def test_the_export_is_well_formed_and_reads_like_wordpresss(tmp_path):
    full_post()

    channel = ElementTree.fromstring(whole())[0]

    assert channel.findtext(f"{WP}wxr_version") == "1.2"
    items = {one.findtext(f"{WP}post_name"): one for one in channel.iter("item")}
    post = items["full"]
    assert post.findtext("title") == "Is B12 &lt; 200 low? &amp; more"
    assert post.findtext(f"{WP}post_date_gmt") == "2026-03-29 05:30:00"
    assert post.findtext(f"{WP}post_date") == "2026-03-29 01:30:00"
    assert post.findtext(f"{WP}status") == "publish"
    slugs = [one.findtext(f"{WP}category_nicename") for one in channel.iter(f"{WP}category")]
    assert slugs == ["zz-parent", "child"]
    thumbnail = next(
        one.findtext(f"{WP}meta_value")
        for one in post.iter(f"{WP}postmeta")
        if one.findtext(f"{WP}meta_key") == "_thumbnail_id"
    )
    picture = next(one for one in items.values() if one.findtext(f"{WP}post_id") == thumbnail)
    assert picture.findtext("title") == "T"
    assert picture.findtext(f"{WP}attachment_url").startswith("http://localhost:8000/media/blog/")


def test_characters_that_xml_cannot_hold_and_ends_of_cdata_do_no_harm():
    text = ElementTree.fromstring(f"<a>{cdata('x]]>y' + chr(0) + chr(11) + ']]')}</a>").text

    assert text == "x]]>y]]"


def test_the_numbers_of_posts_stay_when_posts_are_added(tmp_path):
    full_post()
    number = f"<wp:post_id>{10**9 + Post.objects.get().pk}</wp:post_id>"
    assert number in whole()

    Post.objects.create(title="Earlier in the list", slug="aaa")

    assert number in whole()


def test_the_query_count_does_not_grow_with_the_posts(django_assert_max_num_queries):
    for number in range(30):
        Post.objects.create(title=f"Post {number}", slug=f"post-{number}")

    with django_assert_max_num_queries(22):
        whole()


def test_the_command_replaces_the_file_only_when_it_is_complete(tmp_path, capsys):
    path = tmp_path / "blog.xml"
    full_post()

    call_command("export_wxr", str(path))

    assert path.read_text().endswith("</rss>\n")
    assert [each.name for each in tmp_path.iterdir()] == ["blog.xml"]
    assert capsys.readouterr().out.startswith(f"Exported to {path}, ")
