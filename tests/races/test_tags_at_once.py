"""Two of staff put tags in order at the same moment, on a real database."""

from functools import partial

import pytest

from blog.models import Post, Tag
from blog.sorting import merge_tags
from redirects.models import Redirect
from tests.factories import NOON
from tests.races.at_once import at_once, errors_in
from tests.redirects.rows import ways

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 5


def test_two_tags_that_are_merged_into_each_other_leave_one_with_all_posts():
    for _ in range(ROUNDS):
        for model in (Post, Tag, Redirect):
            model.objects.all().delete()
        tags = [Tag.objects.create(name=name, slug=name) for name in ("one", "two")]
        for tag in tags:
            Post.objects.create(title=tag.name, slug=tag.slug).tags.add(tag)
        acts = [partial(merge_tags, tag, tags, by="ann", now=NOON) for tag in tags]

        assert errors_in(at_once(acts)) == ["NothingToMerge"]

        kept = Tag.objects.get()
        assert set(kept.posts.values_list("slug", flat=True)) == {"one", "two"}
        gone = "two" if kept.slug == "one" else "one"
        assert ways()[f"/blog/tag/{gone}"] == f"/blog/tag/{kept.slug}/"
