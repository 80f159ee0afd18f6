"""Tags, categories, series and people in the admin: their addresses lead on, and none goes while in use."""

import pytest
from django.urls import reverse

from blog import publishing
from blog.models import Category, Person, Post, Series, Tag
from redirects import table
from redirects.models import Redirect
from tests.blog.editor import staff
from tests.blog.making import make_category, make_person, make_post, make_tag, save
from tests.factories import NOON, make_staff
from tests.redirects.rows import make_redirect, ways

pytestmark = pytest.mark.django_db


def page(row, name="change"):
    return reverse(f"admin:blog_{row._meta.model_name}_{name}", args=[row.pk])


def leads(path):
    found = table.lookup(path)
    return found.new_path if found else None


@pytest.mark.parametrize(
    ("make", "fields", "shelf"),
    [
        (make_tag, {"name": "Eggs", "meta_title": "", "meta_description": ""}, "tag"),
        (make_category, {"name": "Eggs"}, "category"),
        (make_person, {"name": "Ann", "credentials": "", "bio": "", "disclosures": ""}, "author"),
    ],
)
def test_a_changed_address_leads_on(make, fields, shelf):
    row = make(slug="old")

    answer = staff("paul", "Publisher").post(page(row), {**fields, "slug": "new"})

    assert answer.status_code == 302
    assert ways() == {
        f"/blog/{shelf}/old": f"/blog/{shelf}/new/",
        f"/blog/{shelf}/old/feed": f"/blog/{shelf}/new/feed/",
        f"/blog/{shelf}/old/feed/atom": f"/blog/{shelf}/new/feed/atom/",
    }
    assert Redirect.objects.first().created_by == "paul"


def test_a_tag_that_keeps_its_address_leaves_no_redirect():
    tag = make_tag("Eggs")

    staff("paul", "Publisher").post(page(tag), {"name": "eggs", "slug": tag.slug})

    tag.refresh_from_db()
    assert (tag.name, ways()) == ("eggs", {})


def test_a_new_tag_takes_its_address_from_the_redirect_that_had_it():
    make_redirect("/blog/tag/eggs/", "/faq/")

    staff("paul", "Publisher").post(
        reverse("admin:blog_tag_add"), {"name": "Eggs", "slug": "eggs", "is_disease": "on"}
    )

    assert (Tag.objects.get().slug, ways()) == ("eggs", {})


def test_what_a_post_has_is_not_deleted_one_by_one_or_together():
    series = Series.objects.create(name="S", slug="s")
    tag, category = make_tag(is_disease=True), make_category()
    post = make_post(tags=[tag], series=series, series_part=1)
    post.categories.set([category])
    boss = staff("boss")

    for row in (tag, category, series):
        assert boss.post(page(row, "delete"), {"post": "yes"}).status_code == 403
        boss.post(
            reverse(f"admin:blog_{row._meta.model_name}_changelist"),
            {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
        )

    assert list(post.tags.all()) == [tag]
    assert list(post.categories.all()) == [category]
    assert Series.objects.get() == series


def test_what_no_post_has_is_deleted():
    tag, category = make_tag(), make_category()
    boss = staff("boss")

    for row in (tag, category):
        assert boss.post(page(row, "delete"), {"post": "yes"}).status_code == 302

    assert not Tag.objects.exists()
    assert not Category.objects.exists()


def test_a_merge_of_tags_of_which_one_is_gone_is_told():
    tags = [make_tag("low b12"), make_tag("low b12 levels")]
    boss = staff("boss")
    chosen = {"action": "merge", "_selected_action": [tag.pk for tag in tags]}
    Tag.objects.filter(pk=tags[0].pk).delete()

    answer = boss.post(
        reverse("admin:blog_tag_changelist"), {**chosen, "kept": tags[1].pk}, follow=True
    )

    assert "Choose at least two tags." in answer.content.decode()
    assert (Tag.objects.get(), ways()) == (tags[1], {})


def test_an_earlier_version_comes_back_with_the_tag_and_the_author_that_took_a_place():
    tag, author = make_tag(slug="anemia-signs", is_disease=True), make_person(slug="ann")
    post = make_post(tags=[tag], authors=[author])
    publisher = staff("paul", "Publisher")
    publisher.post(page(tag), {"name": "Signs", "slug": "signs", "is_disease": "on"})
    publisher.post(page(author), {"name": "Ann", "slug": "ann-b"})
    post.tags.set([])
    post.author_rows.all().delete()
    save(post)

    publishing.restore(post, post.revisions.get(number=1), by="paul", now=NOON)

    assert [each.slug for each in Post.objects.get().tags.all()] == ["signs"]
    assert [row.person.slug for row in post.author_rows.all()] == ["ann-b"]
    assert post.events.first().note == "Revision 1"


def test_a_publisher_ties_nobody_to_a_log_in():
    colleague = make_person(slug="rita", user=make_staff(username="rita"))

    staff("paul", "Publisher").post(
        page(colleague), {"name": "Rita", "slug": "rita", "credentials": "MD", "user": ""}
    )
    colleague.refresh_from_db()
    assert (colleague.credentials, colleague.user.username) == ("MD", "rita")

    staff("boss").post(page(colleague), {"name": "Rita", "slug": "rita", "user": ""})
    assert Person.objects.get().user is None
