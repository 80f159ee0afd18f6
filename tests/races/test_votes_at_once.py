"""One visitor presses "Helpful" in many windows at once, on a real database."""

from functools import partial

import pytest

from reviews import voting
from reviews.models import HelpfulVote
from tests.races.at_once import at_once, errors_in
from tests.reviews.makers import NOW
from tests.reviews.shelf import make_shelf, shown

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

TOKEN = "a" * 22
WINDOWS = 6


def test_a_visitor_counts_once_however_many_windows_vote_together(monkeypatch):
    monkeypatch.setattr(voting, "MOST_FOR_ONE_REVIEW", WINDOWS)
    review = shown(make_shelf())
    press = partial(voting.vote, review.number, token=TOKEN, sender="10.0.0.0/24", now=NOW)

    assert errors_in(at_once([press] * WINDOWS)) == []

    review.refresh_from_db()
    assert (review.helpful_count, HelpfulVote.objects.count()) == (1, 1)


def test_all_of_many_visitors_count(monkeypatch):
    monkeypatch.setattr(voting, "MOST_FOR_ONE_REVIEW", WINDOWS)
    review = shown(make_shelf())
    press = partial(voting.vote, review.number, token="", sender="10.0.0.0/24", now=NOW)

    assert errors_in(at_once([press] * WINDOWS)) == []

    review.refresh_from_db()
    assert (review.helpful_count, HelpfulVote.objects.count()) == (WINDOWS, WINDOWS)
