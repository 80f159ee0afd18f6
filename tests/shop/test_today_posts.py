"""The staff's front page tells of posts that wait for somebody."""

from datetime import date

import pytest

from blog.models import Post
from shop import today
from tests.factories import NOON, make_staff

pytestmark = pytest.mark.django_db


def make_posts():
    late, soon = date(2020, 1, 1), date(2999, 1, 1)
    states = [("submitted", None), ("draft", late), ("published", late), ("published", soon)]
    for number, (status, next_review_on) in enumerate(states):
        Post.objects.create(
            title="Post",
            slug=f"post-{number}",
            status=status,
            next_review_on=next_review_on,
            publish_at=NOON.replace(year=2020),
        )


def test_posts_that_wait_are_counted(django_assert_max_num_queries):
    make_posts()
    user = make_staff("blog.view_post")
    with django_assert_max_num_queries(4):
        tasks = today.overview(user).tasks

    assert [(task.label, task.count) for task in tasks] == [
        ("Posts submitted", 1),
        ("Posts to review", 1),
    ]


def test_who_has_nothing_to_do_with_posts_sees_none():
    make_posts()

    assert today.overview(make_staff("pages.view_contactmessage")).tasks[0].label == (
        "Messages to answer"
    )
    assert len(today.overview(make_staff("pages.view_contactmessage")).tasks) == 1
