"""The same file of reviews, sent by several people in the same moment."""

import pytest

from orders.models import OrderLine
from reviews import importing, log
from reviews.importing import Outcome
from reviews.models import Review
from tests.factories import make_paid_order, make_product, make_variant
from tests.races.at_once import at_once, errors_in
from tests.reviews.import_texts import file_of, line
from tests.reviews.makers import NOW

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

PEOPLE = 4


def test_the_same_file_at_once_adds_each_review_once_and_one_buyer():
    product = make_product(slug="b12-patch")
    order = make_paid_order(packs={make_variant(product=product): 1})
    OrderLine.objects.update(quantity_shipped=1)
    bought = {"order_number": order.number, "email": order.email}
    text = file_of(line(**bought), line(name="Bo", **bought), line(name="Cy"))

    plans = at_once([lambda: importing.carry_out(text, now=NOW)] * PEOPLE)

    assert errors_in(plans) == []
    assert sum(plan.count(Outcome.ADDED) for plan in plans) == 3
    assert sorted(Review.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert Review.objects.filter(is_verified=True).count() == 1
    assert log.verify() == []
