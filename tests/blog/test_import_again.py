"""Runs after runs: a second one, a dry one, one that was killed, one with an error in it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from blog import publishing
from blog.models import ArchivedComment, Person, Picture, Post, PostEvent, Revision, Tag
from redirects.models import Redirect
from search.models import Kind, SearchDocument
from tests.blog.exports import BLOG, NOW, comment, export, imported, item, run, term

pytestmark = pytest.mark.django_db
TABLES = (Post, Revision, PostEvent, Person, Tag, Picture, ArchivedComment, Redirect)


def everything() -> dict[str, list[dict]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in TABLES}


def several() -> tuple[str, ...]:
    tags = term("post_tag", "b-12", "B-12") + comment(5)
    moved = item(2, post_name="two", link="http://x.example/2012/two/", status="draft")
    return item(1, 'See <a href="/blog/two/">two</a>', tags), moved, item(3, post_type="page")


def test_a_second_run_changes_nothing(tmp_path):
    imported(tmp_path, *several())
    before = everything()

    report = imported(tmp_path, *several())

    assert everything() == before
    assert report.summary() == ["3 unchanged"]


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path):
    records = (*several(), item(4, post_name="two"), item(5, status="trash", creator="bob"))

    dry = imported(tmp_path, *records, dry_run=True)
    after_dry = everything()
    real = imported(tmp_path, *records)

    assert all(rows == [] for rows in after_dry.values())
    assert (dry.lines, dry.counts) == (real.lines, real.counts)
    assert len(real.lines) == 2


def test_a_changed_export_renews_what_nobody_here_has_touched(tmp_path):
    imported(tmp_path, item(1, "Old words."), item(2, "Same."))

    report = imported(tmp_path, item(1, "New words."), item(2, "Same."))

    post = Post.objects.get(legacy_id=1)
    assert (post.body, post.version) == ("<p>New words.</p>", 2)
    assert list(Revision.objects.filter(post=post).values_list("number", flat=True)) == [2, 1]
    assert report.summary() == ["1 post renewed", "1 unchanged"]


def test_what_staff_edited_since_stays(tmp_path):
    imported(tmp_path, item(1, "Old words."))
    post = Post.objects.get()
    post.body = "<p>Ours.</p>"
    post.save()
    publishing.save_draft_or_changes(
        post,
        by="eve",
        now=NOW,
        opened_version=1,
        public_reason="correction",
        public_note="Corrected.",
    )

    report = imported(tmp_path, item(1, "New words."))

    assert Post.objects.get().body == "<p>Ours.</p>"
    assert report.lines == ["post 1 post-1: left as it is: it was edited here since the import"]


def test_a_post_that_was_taken_off_the_site_stays_off(tmp_path):
    imported(tmp_path, item(1, "Old words."))
    publishing.unpublish(Post.objects.get(), by="eve", now=NOW, note="Wrong")

    imported(tmp_path, item(1, "New words."))

    post = Post.objects.get()
    assert (post.status, post.body) == ("unpublished", "<p>Old words.</p>")


def test_an_error_in_one_post_leaves_nothing_of_it_and_no_other_post_out(tmp_path, quiet):
    # The database refuses the third comment: what was written of the post before it goes as well.
    with connection.cursor() as cursor:
        cursor.execute(_refusing()[0])
    bad = item(2, "Bad", comment(1) + comment(666) + term("post_tag", "b-12", "B-12"))

    report = imported(tmp_path, item(1), bad, item(3))

    assert list(Post.objects.values_list("legacy_id", flat=True).order_by("legacy_id")) == [1, 3]
    assert not ArchivedComment.objects.exists()
    assert report.errors == 1
    assert report.lines[0].startswith("post 2 post-2: ERROR, not imported: IntegrityError")


def test_a_killed_run_goes_on_where_it_stopped(tmp_path):
    class Killed(Exception):
        pass

    def killed(items, _total):
        for count, each in enumerate(items):
            if count == 2:
                raise Killed
            yield each

    path = export(tmp_path, *several())
    with pytest.raises(Killed):
        run(path, progress=killed)
    assert Post.objects.count() == 2

    report = run(path)

    assert Post.objects.count() == 3
    assert report.counts["unchanged"] == 2


def test_the_search_takes_in_all_posts_at_the_end(tmp_path, django_capture_on_commit_callbacks):
    path = export(tmp_path, *several())
    with django_capture_on_commit_callbacks() as one_by_one:
        run(path, dry_run=True)
        assert not SearchDocument.objects.exists()
        run(path)

    assert one_by_one == []
    assert SearchDocument.objects.filter(kind=Kind.POST).count() == 2


def test_the_search_takes_in_what_a_killed_run_left_to_it(tmp_path):
    path = export(tmp_path, *several())
    run(path)
    SearchDocument.objects.all().delete()

    assert run(path).counts["unchanged"] == 3

    assert SearchDocument.objects.filter(kind=Kind.POST).count() == 2


def test_two_blogs_with_the_same_numbers_do_not_mix(tmp_path):
    imported(tmp_path, item(1, post_name="one"))
    other = export(tmp_path, item(1, post_name="other"))
    other.write_text(other.read_text().replace("old-blog.example", "other.example"))

    report = run(other)

    assert list(Post.objects.values_list("slug", "legacy_id").order_by("slug")) == [
        ("one", 1),
        ("other", None),
    ]
    assert report.lines == ["post 1 other: its number 1 belongs to another blog's post: not kept"]


def test_an_address_that_is_taken_here_is_not_taken_away(tmp_path):
    ours = Post.objects.create(title="Ours", slug="tongue")

    imported(tmp_path, item(1, post_name="tongue"))

    assert Post.objects.get(pk=ours.pk).slug == "tongue"
    assert Post.objects.get(legacy_id=1).slug == "tongue-2"


def test_old_links_and_old_slugs_lead_to_the_post(tmp_path):
    extra = "<wp:postmeta><wp:meta_key>_wp_old_slug</wp:meta_key><wp:meta_value>first-name</wp:meta_value></wp:postmeta>"
    link = f"{BLOG}/diet-and-nutrition/now/"

    imported(tmp_path, item(1, "x", extra, post_name="now", link=link))

    assert dict(Redirect.objects.values_list("old_path", "new_path")) == {
        "/blog/diet-and-nutrition/now": "/blog/now/",
        "/blog/diet-and-nutrition/first-name": "/blog/now/",
    }


def test_a_reader_who_follows_an_old_link_reads_the_post_and_how_old_it_is(tmp_path, client):
    link = f"{BLOG}/diet-and-nutrition/now/"
    words = 'Old words. <a href="http://localhost:8000/order/">Order</a>'
    imported(tmp_path, item(12, words, post_name="now", link=link))

    page = client.get("/blog/diet-and-nutrition/now/", follow=True)
    by_number = client.get("/blog/?p=12")

    assert page.redirect_chain[-1][0] == "/blog/now/"
    assert "Old words. Order" in page.text
    assert "2012" in page.text
    assert "noindex" in page.text
    assert by_number["Location"] == "/blog/now/"


def test_a_page_of_the_shop_is_not_led_away_from(tmp_path):
    report = imported(tmp_path, item(1, post_type="page", link="http://x.example/contact/"))

    assert not Redirect.objects.exists()
    assert report.lines == [
        "page 1 post-1: no redirect from /contact/: the shop has a page of its own there"
    ]


def test_the_command_prints_lines_and_a_sum(tmp_path, capsys):
    path = export(tmp_path, item(1), item(2, status="private"))

    call_command("import_wxr", str(path), "--dry-run")
    call_command("import_wxr", str(path))

    lines = ["post 2 post-2: was “private”, is a draft now"]
    total = "2 posts imported."
    assert capsys.readouterr().out.splitlines() == [
        *lines,
        f"Dry run, nothing written: {total}",
        *lines,
        f"Done: {total}",
    ]
    assert Post.objects.count() == 2


def test_a_time_zone_that_is_none_is_refused(tmp_path):
    with pytest.raises(CommandError, match="There is no time zone Nowhere/Land"):
        call_command("import_wxr", str(export(tmp_path, item())), "--timezone=Nowhere/Land")


def test_ctrl_c_says_how_to_go_on(tmp_path):
    class Terminal(StringIO):
        def write(self, text):
            raise KeyboardInterrupt

    path = export(tmp_path, item(1, status="private"), item(2))

    with pytest.raises(CommandError, match="run it again") as stopped:
        call_command("import_wxr", str(path), stdout=Terminal())

    assert stopped.value.returncode == 130
    assert [post.legacy_id for post in Post.objects.all()] == [1]


def test_the_command_ends_with_1_where_something_failed(tmp_path, quiet):
    with connection.cursor() as cursor:
        cursor.execute(_refusing()[0])

    with pytest.raises(SystemExit) as ended:
        call_command("import_wxr", str(export(tmp_path, item(2, "Bad", comment(666)))))

    assert ended.value.code == 1


def _refusing() -> list[str]:
    table = "blog_archivedcomment"
    if connection.vendor == "postgresql":
        return [f"ALTER TABLE {table} ADD CONSTRAINT no_666 CHECK (legacy_id <> 666)"]
    return [
        f"CREATE TRIGGER no_666 BEFORE INSERT ON {table} WHEN NEW.legacy_id = 666 "
        "BEGIN SELECT RAISE(ABORT, 'not 666'); END"
    ]
