"""The column of what filters combine says what the counts say, however a review came to stand."""

import pytest
from django.db import connection

from reviews import counting, decisions
from reviews.models import Review, Source
from shop.lib.append_only import missing_guards
from tests.reviews.makers import NOW, make_content, make_review

pytestmark = pytest.mark.django_db


def test_the_database_writes_the_cell_that_is_counted():
    plain = make_review(source=Source.SITE)
    full = make_review(make_content(stars=2, skin_type="dry", worn_on="ear", held="16-24"))
    decisions.withdraw(plain.pk, now=NOW)
    for review in Review.objects.all():
        assert review.cell == counting.cell(review)
    full.refresh_from_db()
    assert full.cell == "2|v|-|dry|ear|16-24"


def test_the_new_column_left_the_guards_of_the_table_in_place():
    assert missing_guards(connection, Review._meta.db_table) == []
