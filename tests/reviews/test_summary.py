"""Figures: exact averages, rounded as schools teach it, spreads that say how many answered."""

from fractions import Fraction

import pytest

from reviews import summary
from reviews.models import ReviewCount
from reviews.summary import Attribute, Bar, Rating, Summary
from tests.factories import make_product


@pytest.mark.parametrize(
    ("votes", "average", "words", "halves"),
    [
        ({5: 1}, Fraction(5), "5.0 out of 5, 1 review", 10),
        ({5: 1, 4: 1}, Fraction(9, 2), "4.5 out of 5, 2 reviews", 9),
        ({4: 3, 5: 1}, Fraction(17, 4), "4.3 out of 5, 4 reviews", 9),
        ({1: 1, 2: 2}, Fraction(5, 3), "1.7 out of 5, 3 reviews", 3),
        ({3: 1320}, Fraction(3), "3.0 out of 5, 1,320 reviews", 6),
    ],
)
def test_a_rating_is_exact_and_rounded_once(votes, average, words, halves):
    rating = Rating(votes)
    assert (rating.average, rating.words, rating.halves) == (average, words, halves)


def test_nobodys_rating_is_none_and_not_zero():
    assert (Rating({}).average, Rating({}).average_text, Rating({}).count) == (None, "", 0)


@pytest.mark.parametrize(
    ("count", "of", "words"),
    [
        (12, 25, "12 reviews, 48 %"),
        (1, 200, "1 review, 1 %"),
        (1, 201, "1 review, under 1 %"),
        (0, 9, "0 reviews, 0 %"),
        (9, 9, "9 reviews, 100 %"),
    ],
)
def test_a_bar_says_its_share(count, of, words):
    assert Bar(4, count, of).words == words


def test_a_bar_leads_to_its_reviews_and_an_empty_one_nowhere(settings):
    assert Bar(1, 3, 9).path == "/reviews/?stars=1#list"
    assert Bar(1, 0, 9).path == ""
    assert (Bar(1, 0, 9).label, Bar(2, 0, 9).label) == ("1 dot", "2 dots")


@pytest.mark.parametrize(
    ("votes", "spread"),
    [
        ({4: 1}, "1 answer, too few to say how far they lie apart"),
        ({4: 3}, "3 answers, too few to say how far they lie apart"),
        ({4: 4}, "4 answers, the middle half all 4"),
        ({1: 1, 2: 1, 4: 1, 5: 1}, "4 answers, the middle half 1 to 4"),
        ({1: 1, 3: 2, 5: 5}, "8 answers, the middle half 3 to 5"),
    ],
)
def test_an_attribute_tells_its_spread_and_how_many_answered(votes, spread):
    assert Attribute("sticking", Rating(votes)).spread == spread


def test_what_once_stood_elsewhere_is_told_apart():
    own, none = Rating({5: 2}), Rating({})
    both = Summary(Rating({5: 2, 1: 1}), own, (), verified_count=2)
    assert (
        both.imported_words
        == "1 of 3 once stood elsewhere. Without these: 5.0 out of 5, 2 reviews."
    )
    assert both.verified_words == "2 of 3 are matched with an order."
    only = Summary(Rating({1: 1}), none, (), verified_count=1)
    assert only.imported_words == "1 of 1 once stood elsewhere."
    assert only.verified_words == "All of them are matched with an order."
    assert Summary(own, own, (), verified_count=0).imported_words == ""


@pytest.mark.django_db
def test_figures_are_read_from_the_counts_in_one_query(django_assert_num_queries):
    product, other = make_product(), make_product()
    for kind, key, count in (
        ("stars", "5", 3),
        ("stars", "1", 1),
        ("imported", "1", 1),
        ("verified", "yes", 2),
        ("verified", "no", 2),
        ("attribute", "value:2", 4),
        ("cell", "5|v|-|||", 3),
        ("stars", "2", 0),
    ):
        ReviewCount.objects.create(product=product, kind=kind, key=key, count=count)
    ReviewCount.objects.create(product=other, kind="stars", key="3", count=7)
    with django_assert_num_queries(1):
        found = summary.read(product.pk)
    assert found.rating == Rating({5: 3, 1: 1})
    assert found.own == Rating({5: 3})
    assert (found.verified_count, found.imported_count) == (2, 1)
    assert [(one.label, one.rating) for one in found.attributes] == [("Value", Rating({2: 4}))]
    assert [bar.count for bar in found.bars] == [3, 0, 0, 0, 1]
