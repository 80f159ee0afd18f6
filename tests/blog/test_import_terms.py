"""Categories, tags and what is alike among them."""

import pytest

from blog.models import Category, Post, Tag
from redirects.models import Redirect
from tests.blog.exports import cdata, export, imported, item, run, term

pytestmark = pytest.mark.django_db


def category(slug: str, name: str, parent: str = "", description: str = "") -> str:
    return (
        f"<wp:category><wp:category_nicename>{slug}</wp:category_nicename>"
        f"<wp:category_parent>{parent}</wp:category_parent><wp:cat_name>{cdata(name)}</wp:cat_name>"
        f"<wp:category_description>{cdata(description)}</wp:category_description></wp:category>"
    )


def tag(slug: str, name: str) -> str:
    return f"<wp:tag><wp:tag_slug>{slug}</wp:tag_slug><wp:tag_name>{cdata(name)}</wp:tag_name></wp:tag>"


def test_categories_find_their_parents_in_any_order(tmp_path):
    imported(
        tmp_path,
        category("grandchild", "Grandchild", "child"),
        category("child", "Child &amp; co", "parent"),
        category("parent", "Parent", description="All <b>of</b> it"),
    )

    grandchild = Category.objects.get(slug="grandchild")
    assert grandchild.parent.name == "Child & co"
    assert grandchild.parent.parent.introduction == "All of it"


def test_categories_that_go_round_in_a_circle_have_no_parents(tmp_path):
    report = imported(tmp_path, category("a", "A", "b"), category("b", "B", "a"))

    assert list(Category.objects.values_list("slug", "parent").order_by("slug")) == [
        ("a", None),
        ("b", None),
    ]
    assert report.lines == [
        "category a: its parents go round in a circle: kept without a parent",
        "category b: its parents go round in a circle: kept without a parent",
    ]


def test_tags_keep_their_case_and_their_numbers(tmp_path):
    imported(tmp_path, tag("autoimmune-disease-2", "autoimmune disease"), tag("b-12", "B-12"))

    assert list(Tag.objects.values_list("slug", "name")) == [
        ("autoimmune-disease-2", "autoimmune disease"),
        ("b-12", "B-12"),
    ]
    assert all(Tag.objects.values_list("is_disease", flat=True))


def test_tags_that_differ_in_case_only_are_one_and_its_old_address_leads_there(tmp_path):
    both = term("post_tag", "b12", "B12") + term("post_tag", "b12-2", "b12")

    report = imported(tmp_path, item(1, "x", both))

    assert [tag.slug for tag in Post.objects.get().tags.all()] == ["b12"]
    assert report.lines == ["tag b12-2: is the tag b12, whose name is the same: “b12”"]
    assert Redirect.objects.get().old_path == "/blog/tag/b12-2"
    assert Redirect.objects.get().new_path == "/blog/tag/b12/"


def test_terms_of_wordpress_3_0_are_named_twice_and_count_once(tmp_path):
    old = (
        "<category><![CDATA[Alpha]]></category>"
        '<category domain="category" nicename="alpha"><![CDATA[Alpha]]></category>'
        '<category domain="tag"><![CDATA[News]]></category>'
        '<category domain="tag" nicename="news"><![CDATA[News]]></category>'
    )

    imported(tmp_path, category("alpha", "Alpha"), tag("news", "News"), item(1, "x", old))

    post = Post.objects.get()
    assert [one.slug for one in post.categories.all()] == ["alpha"]
    assert [one.slug for one in post.tags.all()] == ["news"]
    assert (Category.objects.count(), Tag.objects.count()) == (1, 1)


def test_other_taxonomies_are_kept_for_the_way_back(tmp_path):
    imported(tmp_path, item(1, "x", term("post_format", "post-format-video", "Video")))

    assert Post.objects.get().legacy["terms"] == [["post_format", "post-format-video", "Video"]]


def test_a_term_that_is_here_already_is_used_and_not_changed(tmp_path):
    here = Tag.objects.create(slug="dementia", name="Dementia", is_disease=False)

    run(export(tmp_path, item(1, "x", term("post_tag", "dementia", "dementia"))))

    assert Post.objects.get().tags.get() == here
    assert Tag.objects.get().name == "Dementia"
