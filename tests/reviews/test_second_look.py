"""Once everybody has been told the rating, no one person alone withholds a review, or shows a withheld one."""

from datetime import timedelta

import pytest

from reviews import decisions, log, second_look, submitting
from reviews.decisions import NotPossible
from reviews.models import LogEntry, Review, Source
from tests.reviews.deciding_steps import (
    CLAIM,
    acts,
    chain_faults,
    everything,
    show,
    shown,
    templates,
    waiting,
    withheld,
    withhold,
)
from tests.reviews.makers import NOW, make_content
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
State = Review.State


def fresh(review: Review) -> Review:
    return Review.objects.select_related("current").get(pk=review.pk)


def state(review: Review) -> str:
    return str(fresh(review).state)


def nobody_decides(weeks: float = 1.1) -> int:
    return decisions.show_overdue(after=WEEK, now=NOW + weeks * WEEK)


def test_words_that_everybody_has_read_are_withheld_by_two():
    review = shown()

    withhold(review, note="“you idiots”")

    assert state(review) == State.WAITING
    assert acts(review)[-1] == ("waiting", "abuse", "ann", "“you idiots”")
    assert templates(review) == [f"Somebody reads your review number {review.number} again"]
    for actor in ("ann", "Ann"):
        with pytest.raises(NotPossible, match="Somebody else decides"):
            withhold(review, actor=actor)

    withhold(review, actor="ben", reason="private_data", note="the name")

    assert (state(review), fresh(review).reason) == (State.WITHHELD, "private_data")
    assert chain_faults() == []


def test_the_second_person_shows_it_and_the_first_asks_no_more_for_these_words():
    review = shown()
    withhold(review)
    show(review, actor="ben")
    assert state(review) == State.SHOWN
    before = everything(review)

    with pytest.raises(NotPossible, match="You asked to withhold it once"):
        withhold(review)

    assert everything(review) == before
    # What was asked before it was shown again counts for nobody who asks later.
    withhold(review, actor="cy")
    assert state(review) == State.WAITING
    withhold(review, actor="ben")
    assert state(review) == State.WITHHELD


def test_whoever_was_wrong_takes_the_wish_back():
    review = shown()
    withhold(review)
    show(review)
    assert state(review) == State.SHOWN
    assert chain_faults() == []


def test_what_was_withheld_is_shown_by_two_and_with_a_note_only():
    review = withheld()
    before = everything(review)
    with pytest.raises(NotPossible, match="Say why it can be shown after all"):
        show(review, note="  ")
    assert everything(review) == before

    show(review, note="It is a quotation")

    assert state(review) == State.WAITING
    assert acts(review)[-1] == ("waiting", "", "ann", "It is a quotation")
    assert templates(review)[1:] == []
    with pytest.raises(NotPossible, match="You asked to show it"):
        show(review, note="Really")

    show(review, actor="ben")

    assert state(review) == State.SHOWN
    assert chain_faults() == []


def test_where_no_second_person_agrees_it_is_as_it_was():
    taken_down, brought_up = shown(), withheld()
    withhold(taken_down)
    show(brought_up, note="a quotation")

    assert nobody_decides() == 1

    assert (state(taken_down), state(brought_up)) == (State.SHOWN, State.WITHHELD)
    assert acts(brought_up)[-1] == ("withheld", "abuse", "", "the second sentence")
    assert chain_faults() == []


def test_nobody_shows_by_asking_for_the_contrary_too():
    review = withheld()
    show(review, note="a quotation")
    withhold(review)
    assert state(review) == State.WAITING

    assert nobody_decides() == 0

    assert state(review) == State.WITHHELD
    assert chain_faults() == []


def test_what_may_hold_private_data_is_not_shown_again_by_itself():
    review = shown()
    withhold(review, reason="private_data", note="her street")
    assert nobody_decides(weeks=99) == 0
    assert state(review) == State.WAITING


def test_new_words_need_two_as_well_once_the_rating_was_told():
    review = withheld()
    submitting.edit(review.pk, make_content(body="Milder words."), now=NOW)
    review = fresh(review)

    withhold(review)

    assert state(review) == State.WAITING
    # Its author writes again: what was asked was about other words.
    edited = submitting.edit(review.pk, make_content(body="Still milder words."), now=NOW)
    assert edited.state == State.WAITING
    assert second_look.Past(edited).open_wish is None
    assert nobody_decides() == 1


def test_a_rating_that_only_the_rules_have_told_counts_as_told():
    review = waiting(body=CLAIM)
    submitting.edit(review.pk, make_content(body="It stayed on."), now=NOW)
    review = fresh(review)
    assert state(review) == State.WAITING
    withhold(review)
    assert state(review) == State.WAITING


def test_nobody_is_led_to_what_they_asked_for():
    review = shown()
    withhold(review)
    rows = Review.objects.needing_a_person()
    assert list(second_look.without_wishes_of("ben", rows)) == [review]
    assert list(second_look.without_wishes_of("ann", rows)) == []


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("withheld", "withholds alone what was decided on before"),
        ("shown", "shows alone what was withheld"),
    ],
)
def test_the_log_itself_proves_that_two_decided(kind, found):
    review = shown() if kind == "withheld" else withheld()
    # Past the verbs, as somebody with the database's password would.
    reason = "abuse" if kind == "withheld" else ""
    with unguarded(["reviews_review"]):
        Review.objects.filter(pk=review.pk).update(state=kind, reason=reason, state_at=NOW)
    review = fresh(review)
    log.write(
        review,
        LogEntry.Kind(kind),
        version=review.current,
        actor="eve",
        note="so",
        reason=reason,
        now=NOW,
    )
    assert found in " ".join(log.verify())


def test_a_wish_with_no_listed_reason_is_found():
    review = shown()
    withhold(review)
    with unguarded(["reviews_logentry"]):
        LogEntry.objects.filter(review=review, kind="waiting").update(reason="rude")
    assert "has no listed reason" in " ".join(log.verify())


def test_the_stars_change_nothing_about_who_decides():
    told = []
    for stars in (1, 5):
        review = shown(stars=stars)
        withhold(review)
        with pytest.raises(NotPossible) as refused:
            withhold(review)
        told.append((acts(review), str(refused.value)))
    assert told[0] == told[1]


def test_only_the_open_form_s_reviews_are_withheld_by_one_and_before_they_are_read():
    review = waiting()
    assert review.source == Source.SITE
    withhold(review)
    assert state(review) == State.WITHHELD
