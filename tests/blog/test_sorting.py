import pytest

from blog.models import Post, Tag
from blog.sorting import NothingToMerge, merge_tags
from redirects.table import lookup
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def make_tag(name, slug, **fields):
    return Tag.objects.create(name=name, slug=slug, **fields)


def test_a_merged_tag_hands_over_its_posts_and_its_addresses():
    kept, near = make_tag("low b12", "low-b12"), make_tag("low b12 levels", "low-b12-levels")
    both = Post.objects.create(title="Both", slug="both")
    one = Post.objects.create(title="One", slug="one")
    both.tags.add(kept, near)
    one.tags.add(near)

    assert merge_tags(kept, [near, kept], by="ann", now=NOON) == 1

    assert list(Tag.objects.all()) == [kept]
    assert {post.slug for post in kept.posts.all()} == {"both", "one"}
    found = lookup("/blog/tag/low-b12-levels/")
    assert found.new_path == "/blog/tag/low-b12/"
    assert lookup("/blog/tag/low-b12-levels/feed/").new_path == "/blog/tag/low-b12/feed/"
    assert found.created_by == "ann"


def test_a_second_merge_leaves_no_chain():
    first, second, third = (make_tag(name, name) for name in ("one", "two", "three"))
    merge_tags(second, [first], by="ann", now=NOON)
    merge_tags(third, [second], by="ann", now=NOON)

    assert lookup("/blog/tag/one/").new_path == "/blog/tag/three/"


def test_merging_a_disease_tag_opens_no_post_for_sales():
    food, disease = make_tag("food", "food", is_disease=False), make_tag("anemia", "anemia")

    merge_tags(food, [disease], by="ann", now=NOON)

    food.refresh_from_db()
    assert food.is_disease


def test_a_tag_is_not_merged_with_itself():
    tag = make_tag("low b12", "low-b12")
    with pytest.raises(NothingToMerge):
        merge_tags(tag, [tag], by="ann", now=NOON)
    assert Tag.objects.get() == tag
