"""Invented reviews: marked, loaded by the way that every review takes, and in no real shop."""

from datetime import UTC, datetime

import pytest
from django.conf import settings

from reviews import counting, demo, log
from reviews.models import LogEntry, Review, SafetyCase
from tests.factories import make_product

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


@pytest.fixture
def product(db):
    return make_product(slug=settings.PRIMARY_PRODUCT_SLUG)


def test_a_real_shop_refuses_them_and_stores_nothing(product, settings):
    settings.DEMO = False

    with pytest.raises(demo.NotADemo):
        demo.load(NOW)
    assert not Review.objects.exists()


def test_they_are_marked_and_nobody_is_made_a_buyer(product):
    assert demo.load(NOW) == "Demo reviews: 18 invented ones."

    assert Review.objects.count() == 18
    assert not Review.objects.filter(is_demo=False).exists()
    assert not Review.objects.filter(is_verified=True).exists()
    names = Review.objects.values_list("current__author_name", flat=True)
    assert all("(demo)" in name for name in names)


def test_they_went_the_way_of_every_review(product):
    demo.load(NOW)

    standing = {
        state: list(
            Review.objects.filter(state=state).values_list("current__author_name", flat=True)
        )
        for state in ("waiting", "withheld")
    }
    assert standing == {"waiting": ["Vic (demo)"], "withheld": ["Pat (demo)"]}
    assert Review.objects.get(state="withheld").reason == "unlawful_claim"
    case = SafetyCase.objects.get()
    assert case.review.current.author_name == "Lena (demo)"
    assert LogEntry.objects.filter(kind="replied").count() == 4
    assert log.verify() == []
    assert counting.faults() == []


def test_ratings_of_every_kind_are_among_them(product):
    demo.load(NOW)

    shown = Review.objects.filter(state="shown").values_list("stars", flat=True)
    assert set(shown) == {1, 2, 3, 4, 5}


def test_loading_them_twice_changes_nothing(product):
    demo.load(NOW)
    before = list(LogEntry.objects.values())

    assert demo.load(NOW) == "Demo reviews: nothing to load."
    assert list(LogEntry.objects.values()) == before


def test_without_a_product_there_is_nothing_to_review(db):
    assert demo.load(NOW) == "Demo reviews: nothing to load."
    assert not Review.objects.exists()
