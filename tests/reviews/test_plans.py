"""Which index each list goes down: a page costs the same with a hundred reviews and a hundred thousand.

SQLite plans without looking at the rows, so an empty table tells. PostgreSQL's plans depend on them.
"""

import pytest
from django.db import connection

from reviews import reading
from reviews.filtering import Wish
from reviews.models import ReviewCount
from reviews.summary import Rating, Summary
from tests.factories import make_product

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="plans by rows, of which there are none"
    ),
]
MANY = 50_000


def plan_of(count, **wish):
    """Return how the numbers of a page are found, when `count` reviews fit."""
    product = make_product()
    rows = reading._numbers(product.pk, Wish(**wish), count)[:10]
    return rows.explain()


@pytest.mark.parametrize(
    ("wish", "index"),
    [
        ({}, "COVERING INDEX review_newest"),
        ({"sort": "helpful"}, "COVERING INDEX review_helpful"),
        ({"sort": "highest"}, "COVERING INDEX review_highest"),
        ({"sort": "lowest"}, "COVERING INDEX review_lowest"),
        ({"stars": "2"}, "COVERING INDEX review_lowest (product_id=? AND state=? AND stars=?)"),
        ({"stars": "2", "sort": "helpful"}, "COVERING INDEX review_stars_helpful"),
        ({"skin": "dry"}, "INDEX review_newest"),
        (
            {"skin": "dry", "stars": "5"},
            "INDEX review_lowest (product_id=? AND state=? AND stars=?)",
        ),
    ],
)
def test_many_hits_are_met_on_the_way_down_the_index_of_their_order(wish, index):
    plan = plan_of(MANY, **wish)
    assert index in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("sort", ["", "helpful", "highest", "lowest"])
def test_few_hits_of_filters_that_combine_are_found_by_their_cells(sort):
    plan = plan_of(reading.FEW, stars="1", skin="dry", photo="1", sort=sort)
    assert "INDEX review_by_cell (product_id=? AND state=? AND cell=?)" in plan
    assert "SCAN" not in plan


def test_quotes_come_from_an_index_of_those_that_may_be_quoted():
    rows = reading.Review.objects.promotable().filter(product=1).order_by("-written_at", "-number")
    assert "INDEX review_promotable" in rows.explain()
    assert "TEMP B-TREE" not in rows.explain()


def test_hits_of_combined_filters_are_added_up_from_the_cells():
    product = make_product()
    for key, count in (
        ("5|v|p|dry|ear|24", 1), ("5|-|p|dry|other|16-24", 2), ("4|v|-||wrist|24", 4), ("4|v|-|dry||", 8),
    ):  # fmt: skip
        ReviewCount.objects.create(product=product, kind="cell", key=key, count=count)
    figures = Summary(Rating({5: 3, 4: 12}), Rating({}), (), verified_count=13)
    for wish, count in (
        ({}, 15), ({"stars": "5"}, 3), ({"verified": "1"}, 13), ({"photo": "1"}, 3), ({"skin": "dry"}, 11),
        ({"held": "24"}, 5), ({"held": "16-24"}, 2), ({"worn": "other"}, 2), ({"verified": "1", "skin": "dry"}, 9),
        ({"stars": "4", "held": "24"}, 4), ({"skin": "oily"}, 0),
    ):  # fmt: skip
        assert reading._count(product.pk, figures, Wish(**wish)) == count, wish
