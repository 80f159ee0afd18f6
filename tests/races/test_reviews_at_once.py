"""Twenty authors and moderators at the same moment: no number is given twice, left out or lost."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from reviews import counting, decisions, log, submitting
from reviews.models import LogEntry, LogHead, Review, ReviewCount, Source
from tests.factories import make_product
from tests.races.at_once import at_once, errors_in, meeting
from tests.reviews.makers import NOW, make_content, make_review

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CROWD = 20
LATER = NOW + timedelta(hours=1)


def faults():
    return [*log.verify(), *counting.faults()]


def test_twenty_submissions_at_once_get_twenty_numbers_without_a_gap():
    product = make_product()
    contents = [make_content(stars=1 + place % 5) for place in range(CROWD)]

    outcomes = at_once(
        [lambda one=one: make_review(one, product=product, source=Source.SITE) for one in contents]
    )

    assert errors_in(outcomes) == []
    assert sorted(review.number for review in outcomes) == list(range(1, CROWD + 1))
    assert LogHead.objects.get().last_number == CROWD
    assert sum(ReviewCount.objects.filter(kind="standing").values_list("count", flat=True)) == CROWD
    assert faults() == []


def test_submissions_edits_and_decisions_at_once_leave_log_and_counts_whole():
    product = make_product()
    made = [make_review(product=product, source=Source.SITE) for _ in range(5)]

    def decides(review, verb, **more):
        return lambda: verb(review.pk, version_id=review.current_id, actor="mo", now=LATER, **more)

    acts = []
    for review in made:
        acts += [
            decides(review, decisions.show, note="fine"),
            decides(review, decisions.withhold, reason="abuse", note="a word"),
            lambda review=review: submitting.edit(review.pk, make_content(stars=1), now=LATER),
            lambda: make_review(product=product, source=Source.SITE, now=LATER),
        ]
    outcomes = at_once(acts)

    # Who came second was told so, and nothing else went wrong.
    assert set(errors_in(outcomes)) <= {"NotPossible"}
    assert Review.objects.count() == 10
    assert faults() == []


def test_the_same_decision_twenty_times_at_once_is_taken_once():
    review = make_review(source=Source.SITE)
    shows = lambda: decisions.show(  # noqa: E731
        review.pk, version_id=review.current_id, actor="mo", now=LATER
    )

    outcomes = at_once([shows] * CROWD)

    assert errors_in(outcomes) == ["NotPossible"] * (CROWD - 1)
    assert LogEntry.objects.filter(kind="shown").count() == 1
    assert faults() == []


def test_the_proof_finds_nothing_wrong_while_reviews_are_written():
    product = make_product()
    made = [make_review(product=product, source=Source.SITE) for _ in range(3)]
    writes = [
        *[lambda: make_review(product=product, source=Source.SITE, now=LATER)] * 5,
        *(
            lambda review=review: submitting.edit(review.pk, make_content(stars=5), now=LATER)
            for review in made
        ),
    ]

    outcomes = at_once([*writes, *[faults] * 4])

    assert errors_in(outcomes) == []
    assert outcomes[len(writes) :] == [[]] * 4


# --- without the lock ------------------------------------------------------------------------------


def test_without_the_lock_two_read_the_same_number_and_one_of_them_is_refused():
    product = make_product()
    make_review(product=product, source=Source.SITE)
    contents = [make_content() for _ in range(4)]
    everybody_has_looked = meeting(4)
    numbers = [log.last_number() + 1] * 4

    def without_the_lock(content, number):
        everybody_has_looked()
        return Review.objects.create(
            number=number,
            product=product,
            source=Source.SITE,
            stars=content.stars,
            received_at=NOW,
            state_at=NOW,
            written_at=NOW,
        )

    outcomes = at_once(
        [lambda pair=pair: without_the_lock(*pair) for pair in zip(contents, numbers, strict=True)]
    )

    assert errors_in(outcomes) == [IntegrityError.__name__] * 3


def test_without_the_lock_counts_are_lost(monkeypatch):
    """What change() reads and writes back: four at once, and three of them are not counted."""
    product = make_product()
    everybody_has_looked = meeting(4)
    manager = type(ReviewCount.objects)
    writes = manager.bulk_create

    def waits_before_it_writes(self, *args, **kwargs):
        everybody_has_looked()
        return writes(self, *args, **kwargs)

    monkeypatch.setattr(manager, "bulk_create", waits_before_it_writes)
    more = Counter({("stars", "4"): 1})

    outcomes = at_once([lambda: counting.change(product.pk, Counter(), more)] * 4)

    assert errors_in(outcomes) == []
    assert ReviewCount.objects.get(kind="stars", key="4").count == 1


def test_without_the_lock_the_crowd_of_authors_is_not_taken_in(monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("On SQLite a transaction is the lock: one begins at a time")
    product = make_product()
    monkeypatch.setattr(
        log, "locked_head", lambda: LogHead.objects.get_or_create(pk=LogHead.ONLY)[0]
    )
    outcomes = at_once([lambda: make_review(product=product, source=Source.SITE)] * CROWD)

    assert IntegrityError.__name__ in errors_in(outcomes)
