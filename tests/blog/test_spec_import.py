"""What an operator sees of an import, and what a whole export brings: issue 4, section 4."""

import io

import pytest
from django.core.management import call_command

from blog.management.commands import import_wxr
from blog.models import ArchivedComment, Category, Person, Picture, Post, Tag
from tests.blog.exports import attachment, comment, export, imported, item, term
from tests.blog.test_import_pictures import picture_file
from tests.blog.test_import_terms import category

pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    """Where somebody watches."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("screen", "is_drawn"), [(Terminal, True), (io.StringIO, False)])
def test_who_watches_sees_how_far_it_is_and_a_log_does_not(tmp_path, monkeypatch, screen, is_drawn):
    told = screen()
    monkeypatch.setattr(import_wxr.sys, "stderr", told)

    call_command("import_wxr", str(export(tmp_path, item(1), item(2), item(3))))

    assert Post.objects.count() == 3
    assert ("3/3" in told.getvalue() and " posts" in told.getvalue()) is is_drawn


def test_everything_that_an_export_holds_comes_in_one_run(tmp_path):
    picture_file(tmp_path / "uploads/2012/01/tongue.png")
    terms = term("post_tag", "b-12", "B-12") + term("category", "below", "Below")
    records = (
        category("below", "Below", "above"),
        category("above", "Above"),
        item(1, "One.<!--nextpage-->Two.", terms + comment(5)),
        item(2, post_type="page"),
        item(3, status="draft"),
        item(4, post_password="x"),
        attachment(7, "2012/01/tongue.png", post_parent=1),
    )

    report = imported(tmp_path, *records, media=tmp_path / "uploads")

    assert report.errors == 0
    kinds = Post.objects.order_by("legacy_id").values_list("legacy_id", "kind", "status")
    assert list(kinds) == [
        (1, "post", "published"),
        (2, "page", "published"),
        (3, "post", "draft"),
        (4, "post", "draft"),
    ]
    assert Category.objects.get(slug="below").parent.slug == "above"
    assert (Tag.objects.get().name, Person.objects.get().name) == ("B-12", "Ann Writer")
    assert ArchivedComment.objects.get().post.legacy_id == 1
    assert Picture.objects.count() == 1
