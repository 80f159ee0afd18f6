"""The same request is answered by many at once, an author presses twice, a flood arrives: real threads."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from reviews import links, log, visitors
from reviews.models import Review, ReviewVersion
from tests.factories import make_product
from tests.races.at_once import at_once, errors_in
from tests.reviews.filled_forms import filled
from tests.reviews.makers import make_content, make_invitation, make_review

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

PEOPLE = 6


def post(path: str, fields: dict) -> str:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    response = client.post(path, fields)
    assert response.status_code == 302, response.status_code
    return response.headers["Location"].partition("?")[0]


def test_request_that_is_answered_many_times_at_once_makes_one_review():
    path = links.invitation_path(make_invitation(expires_at=timezone.now() + timedelta(days=99)))

    outcomes = at_once(
        [partial(post, path, filled(stars=str(1 + place % 5))) for place in range(PEOPLE)]
    )

    assert errors_in(outcomes) == []
    review = Review.objects.get()
    assert set(outcomes) == {links.own_path(review)}
    assert ReviewVersion.objects.count() == 1
    assert log.verify() == []


def test_of_a_flood_as_many_are_taken_as_there_is_room_for():
    product = make_product()
    contents = [make_content() for _ in range(PEOPLE + 2)]
    now = timezone.now()
    acts = [
        partial(
            visitors.write,
            content,
            product,
            email=f"jo{place}@example.com",
            tie="",
            sender="one network",
            now=now,
        )
        for place, content in enumerate(contents)
    ]

    outcomes = at_once(acts)

    assert errors_in(outcomes) == ["TooOften"] * (PEOPLE + 2 - visitors.FROM_A_NETWORK)
    numbers = sorted(Review.objects.values_list("number", flat=True))
    assert numbers == list(range(1, visitors.FROM_A_NETWORK + 1))
    assert log.verify() == []


def test_changes_at_once_are_versions_one_after_the_other():
    review = make_review()
    now = timezone.now()
    acts = [partial(visitors.change, review, make_content(), now=now) for _ in range(PEOPLE)]

    assert at_once(acts) == [True] * PEOPLE

    places = sorted(review.versions.values_list("place", flat=True))
    assert places == list(range(1, PEOPLE + 2))
    assert Review.objects.get().current.place == PEOPLE + 1
    assert log.verify() == []
