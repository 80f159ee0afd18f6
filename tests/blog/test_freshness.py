"""When posts are to be looked at again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from blog import freshness
from blog.models import Post
from tests.blog.making import make_post, make_published_post
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("months", "reviewed_on", "expected"),
    [
        (12, date(2026, 11, 20), date(2027, 11, 20)),
        (12, date(2028, 2, 29), date(2029, 2, 28)),
        (3, date(2026, 11, 30), date(2027, 2, 28)),
        (1, date(2026, 12, 31), date(2027, 1, 31)),
        (36, date(2026, 1, 1), date(2029, 1, 1)),
    ],
)
def test_the_next_review_is_so_many_months_later(settings, months, reviewed_on, expected):
    settings.REVIEW_MONTHS = months

    assert freshness.next_review_after(reviewed_on) == expected


def test_late_posts_are_listed_and_leave_the_recommended_ones_by_themselves():
    post = make_published_post()
    make_post()
    due = NOON + timedelta(days=365)

    assert (list(freshness.overdue_posts(due)), Post.objects.recommended(due).count()) == ([], 1)

    late = due + timedelta(days=1)
    assert list(freshness.overdue_posts(late)) == [post]
    assert Post.objects.recommended(late).count() == 0
    assert Post.objects.listed(late).count() == 1
    assert post.is_overdue(late)


def test_a_review_is_late_when_its_day_is_over_where_the_shop_is():
    post = make_published_post()
    assert post.next_review_on == date(2027, 11, 20)
    evening = datetime(2027, 11, 21, 4, 59, tzinfo=UTC)  # 11:59 p.m. in New York

    assert not post.is_overdue(evening)
    assert list(freshness.overdue_posts(evening)) == []
    assert Post.objects.recommended(evening).count() == 1

    midnight = evening + timedelta(minutes=1)
    assert post.is_overdue(midnight)
    assert list(freshness.overdue_posts(midnight)) == [post]
    assert Post.objects.recommended(midnight).count() == 0
