"""Reading reviews again: after new rules, and after two people have decided about a sentence."""

import pytest

from claims import desk
from claims.models import Override
from reviews import nightly
from reviews.models import Review
from tests.reviews.deciding_steps import CLAIM, let_stand, shown, waiting
from tests.reviews.makers import NOW

pytestmark = pytest.mark.django_db


def state(review):
    return Review.objects.get(pk=review.pk).state


def test_with_the_same_rules_there_is_nothing_to_read(django_assert_num_queries):
    shown(), waiting(), shown(body=CLAIM)
    with django_assert_num_queries(3):
        assert str(nightly.look_again(NOW)) == "0 reviews read again, 0 moved"


def test_new_rules_reach_every_review_some_at_a_time():
    rows = [shown(), shown(), waiting()]
    Review.objects.update(rules_version="old")

    read = [nightly.look_again(NOW, at_once=2).read for _ in range(3)]

    assert read == [2, 1, 0]
    assert [state(row) for row in rows] == ["shown", "shown", "waiting"]


def test_what_new_rules_find_is_withheld():
    review, other = shown(body=CLAIM), shown()
    let_stand(review)
    nightly.look_again(NOW)
    # As if its words had been taken in before there was a rule for them.
    Override.objects.all().delete()
    Review.objects.update(rules_version="old")

    assert nightly.look_again(NOW) == nightly.Outcome(read=2, moved=1)

    assert (state(review), state(other)) == ("withheld", "shown")


def test_an_allowed_sentence_shows_its_review_and_one_taken_back_hides_it():
    review = shown(body=CLAIM)
    allowed = let_stand(review)

    assert nightly.look_again(NOW) == nightly.Outcome(read=1, moved=1)
    assert state(review) == "shown"
    assert nightly.look_again(NOW).read == 0

    desk.take_back(allowed[0], by="ben", now=NOW)
    assert nightly.look_again(NOW) == nightly.Outcome(read=1, moved=1)
    assert state(review) == "withheld"
