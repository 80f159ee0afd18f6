"""The nightly look at who is withheld: what it compares, what it says, and that it can say both."""

import random
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from reviews import decisions, fairness, labels, log, submitting
from reviews.models import FairnessCheck, Flag, Review, Source
from tests.reviews.deciding_steps import let_stand
from tests.reviews.histories import NIGHT, SHOWN, History, found, one, withheld
from tests.reviews.makers import NOW, make_content, make_review
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db


@pytest.fixture
def history():
    return History()


def test_before_the_first_review_nothing_is_unfair():
    check = fairness.run(NIGHT)
    assert check.is_fair is True
    assert fairness.newest() == check
    assert fairness.findings(check) == []
    assert (check.result["reviews"], check.result["withheld"]) == (0, 0)


def test_a_shop_that_withholds_by_chance_is_fair(history):
    chance = random.Random("fair")
    for _ in range(300):
        stars = chance.choice([1, 2, 3, 4, 5, 5, 5])
        history(stars, *(withheld() if chance.random() < 0.1 else SHOWN))
    check = history.store()
    assert found(check) == []
    assert check.is_fair is True
    assert check.result["reviews"] == 300


def test_a_person_who_withholds_low_ratings_is_found_by_name_and_by_reason(history):
    for _ in range(60):
        for stars in (1, 3, 4, 5, 5):
            history(stars, *SHOWN)
    for place in range(40):
        history(1 + place % 5, *withheld("ann"))
        history(1, *withheld("bo", "off_topic"))
    check = history.store()
    assert check.is_fair is False
    assert ("person", "bo") in found(check)
    assert ("reason", "off_topic") in found(check)
    assert ("person", "ann") not in found(check)
    row = one(check, "person", "trend", "bo")
    assert (row["number"], row["withheld"], row["worse"]) == (340, 40, "low")
    told = fairness.findings(check)
    assert any(
        words.startswith("Withheld by bo: low ratings are withheld more often") for words in told
    )
    assert not any("ann" in words for words in told)


def test_low_ratings_taken_from_what_the_rules_had_shown_are_found(history):
    """Nobody decided on the others: they count all the same, since they could have been withheld."""
    for _ in range(40):
        for stars in (1, 2, 4, 5, 5):
            history(stars, ("shown",), bought=True)
    for _ in range(12):
        history(1, ("shown",), ("withheld", "mo", "abuse"), bought=True)
    check = history.store()
    assert ("all", "") in found(check)


def test_a_decision_that_was_taken_back_does_not_count_as_withheld_but_for_who_took_it(history):
    for _ in range(10):
        for stars in (1, 2, 4, 5, 5):
            history(stars, *SHOWN)
    for _ in range(10):
        history(1, *withheld("bo"), ("shown", "ann"))
    check = history.store()
    assert one(check, "all", "trend")["withheld"] == 0
    row = one(check, "person", "trend", "bo")
    assert (row["number"], row["withheld"]) == (60, 10)
    assert ("person", "bo") in found(check)


def test_what_the_rules_withheld_is_nobodys_decision(history):
    for stars in (1, 2, 4, 5, 5) * 10:
        history(stars, *SHOWN)
    for _ in range(30):
        history(5, ("withheld", "", "unlawful_claim"))
    check = history.store()
    row = one(check, "all", "trend")
    assert (row["number"], row["withheld"], row["p"]) == (50, 0, None)
    assert check.is_fair is True


def test_photos_are_looked_at_too(history):
    for stars in (1, 2, 4, 5, 5) * 10:
        history(stars, ("shown",), ("photo_shown", "mo"), bought=True)
    for _ in range(12):
        history(1, ("shown",), ("photo_withheld", "mo", "abuse"), bought=True)
    assert found(history.store()) == [("photo", ""), ("photo", "")]


def test_low_ratings_that_are_left_waiting_are_found(history):
    for _ in range(30):
        history(5, *SHOWN)
        history(1, ("waiting",))
    check = history.store()
    row = one(check, "waiting", "delay")
    assert (row["is_found"], row["worse"], row["number"]) == (True, "low", 60)
    words = "Waiting: low ratings wait longer than chance explains (p "
    assert fairness.findings(check)[0].startswith(words)


def test_the_look_is_kept_and_cannot_be_changed():
    check = fairness.run(NIGHT)
    from django.db import IntegrityError

    with pytest.raises(IntegrityError, match="update refused"), transaction.atomic():
        FairnessCheck.objects.filter(pk=check.pk).update(is_fair=True)


# --- what the rules withhold for a statement about an illness ---------------------------------------


def claiming(stars=5):
    return make_review(
        make_content(stars=stars, body="It cured my diabetes in two weeks, I can tell you.")
    )


def test_claims_are_told_by_stars_and_are_no_alarm():
    for stars in (5, 5, 4):
        assert claiming(stars).reason == "unlawful_claim"
    make_review()
    check = fairness.run(NIGHT)
    assert check.is_fair is True
    assert check.result["claims"] == {
        "by_stars": {"1": 0, "2": 0, "3": 0, "4": 1, "5": 2},
        "held": 3,
        "wrong": 0,
        "numbers": [],
    }


def test_a_shown_review_with_such_a_statement_is_against_the_rule():
    review = claiming()
    with unguarded(), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(state="shown", reason="")
    check = fairness.run(NIGHT)
    assert check.is_fair is False
    assert check.result["claims"]["numbers"] == [review.number]
    assert fairness.findings(check) == [
        f"Withheld or shown against the rule for statements about illness: {review.number}."
    ]


def test_a_statement_in_own_words_that_two_let_stand_is_no_alarm():
    """Several rules find something in one reading of it; staff are asked about one of them."""
    review = make_review(make_content(body="It helped my neuropathy but the box is large"))
    assert (review.state, review.reason) == ("withheld", "unlawful_claim")
    assert let_stand(review)
    assert submitting.look_again(review.pk, now=NOW)
    assert fairness.run(NIGHT).result["claims"]["numbers"] == []


def test_a_review_withheld_for_it_without_such_a_statement_is_against_the_rule():
    review = make_review()
    Flag.objects.create(version=review.current, kind="claim", flagged_at=NOW)
    Review.objects.filter(pk=review.pk).update(state="withheld", reason="unlawful_claim")
    assert fairness.run(NIGHT).result["claims"]["numbers"] == [review.number]


def test_a_look_takes_as_many_queries_however_many_reviews_there_are():
    def queries():
        with CaptureQueriesContext(connection) as taken:
            fairness.run(NIGHT)
        return len(taken)

    def fill(number):
        for _ in range(number):
            let_stand(claiming())
            claiming(stars=1)
            review = make_review()
            labels.label(review.pk, "staff", actor="ann", note="we know", now=NOW)

    fill(1)
    few = queries()
    fill(4)
    assert queries() == few


def test_the_whole_path_is_read_as_it_is_written():
    """Through the domain's own verbs, not only through rows that this test made."""
    review = make_review(source=Source.SITE)
    later = NOW + timedelta(hours=2)
    decisions.withhold(
        review.pk,
        version_id=review.current_id,
        reason="abuse",
        actor="mo",
        note="a word",
        now=later,
    )
    make_review()
    gathered = fairness.gather(NIGHT)
    assert gathered.all.counts == {
        ((False, True), True): [0, 0, 0, 1, 0],
        ((True, False), False): [0, 0, 0, 1, 0],
    }
    assert [wait.seconds for wait in gathered.waits[False, False]] == [7200]
    submitting.edit(review.pk, make_content(stars=1), now=later)
    [still] = fairness.gather(NIGHT).waits[False, False][1:]
    assert (still.stars, still.is_over) == (1, False)
    assert log.verify() == []
