"""How long a photo waits is read as authors and staff write it, version by version."""

from datetime import timedelta

import pytest
from PIL import Image

from reviews import decisions, erasing, lives, submitting
from tests.reviews.makers import NOW, make_content, make_review

pytestmark = pytest.mark.django_db
RED, BLUE = (Image.new("RGB", (24, 24), color) for color in ("red", "blue"))


@pytest.fixture(autouse=True)
def _media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def hour(number):
    return NOW + timedelta(hours=number)


def content(**fields):
    return make_content(**{"photo_alt": "a patch", **fields})


def with_photo():
    return make_review(content(photo=RED))


def write(review, at, **fields):
    return submitting.edit(review.pk, content(**fields), now=hour(at))


def look(review, at, *, shows=True):
    review.refresh_from_db()
    by = {"version_id": review.current_id, "actor": "mo", "now": hour(at)}
    if shows:
        decisions.show_photo(review.pk, **by)
    else:
        decisions.withhold_photo(review.pk, **by, reason="abuse", note="a sign")


def waits():
    """Return how many hours each photo waited until the tenth hour, and whether that was all."""
    [life] = lives.lives(hour(10))
    return [(wait.seconds / 3600, wait.is_over) for wait in life.photo_waiting.waits]


def test_a_photo_that_is_kept_goes_on_waiting():
    review = with_photo()
    write(review, 2, keeps_photo=True, photo_alt="my arm")
    assert waits() == [(10, False)]
    look(review, 5, shows=False)
    assert waits() == [(5, True)]


def test_a_photo_that_was_decided_on_does_not_wait_again_with_other_words():
    review = with_photo()
    look(review, 1)
    write(review, 2, keeps_photo=True)
    look(review, 5, shows=False)
    write(review, 6, keeps_photo=True, photo_alt="my arm")
    assert waits() == [(1, True)]


def test_another_photo_waits_anew_and_so_does_another_description():
    review = with_photo()
    write(review, 2, photo=BLUE)
    look(review, 3)
    write(review, 4, keeps_photo=True, photo_alt="my arm")
    assert waits() == [(2, False), (1, True), (6, False)]
    look(review, 9)
    assert waits() == [(2, False), (1, True), (5, True)]


def test_a_photo_that_is_taken_away_waits_no_longer():
    review = with_photo()
    write(review, 3)
    assert waits() == [(3, False)]


def test_what_was_taken_back_and_written_again_waits_from_then_on():
    review = with_photo()
    decisions.withdraw(review.pk, now=hour(1))
    assert waits() == [(1, False)]
    write(review, 4, keeps_photo=True)
    assert waits() == [(1, False), (6, False)]


def test_of_what_was_erased_no_photo_waits():
    review = with_photo()
    decisions.withdraw(review.pk, now=hour(1))
    erasing.erase(review.pk, actor="ann", note="by mail", now=hour(2))
    assert waits() == []


def test_the_log_is_read_with_three_queries(django_assert_num_queries):
    for _ in range(3):
        make_review(content(photo=RED))
    with django_assert_num_queries(3):
        assert len(list(lives.lives(hour(1)))) == 3
