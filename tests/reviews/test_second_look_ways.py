"""Ways around the second person that somebody has tried: by lapse, by new words, by claims, by races."""

from datetime import timedelta

import pytest

from reviews import author_page, decisions, nightly, submitting
from reviews.decisions import NotPossible
from reviews.models import Reason, Review, Source
from reviews.second_look import Past
from tests.reviews.deciding_steps import (
    CLAIM,
    acts,
    chain_faults,
    let_stand,
    show,
    shown,
    templates,
    waiting,
    withheld,
    withhold,
    withhold_by_two,
)
from tests.reviews.makers import NOW, make_content, make_review

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
State = Review.State


def fresh(review: Review) -> Review:
    return Review.objects.select_related("current").get(pk=review.pk)


def state(review: Review) -> str:
    return str(fresh(review).state)


def overdue(weeks: float) -> int:
    return decisions.show_overdue(after=WEEK, now=NOW + weeks * WEEK)


def edit(review: Review, body: str) -> Review:
    submitting.edit(review.pk, make_content(body=body), now=NOW)
    return fresh(review)


def test_a_claim_that_two_let_stand_is_no_way_to_bury_what_one_would_withhold():
    review = waiting(body=CLAIM)
    let_stand(review)
    nightly.look_again(NOW)
    review = fresh(review)
    assert review.state == State.WAITING
    withhold(review)

    assert overdue(1.1) == 1

    assert state(review) == State.SHOWN
    assert nightly.look_again(NOW + 2 * WEEK).moved == 0
    assert chain_faults() == []


def test_two_who_ask_one_after_the_other_have_shown_it():
    review = withheld()
    show(review, note="a quotation")
    overdue(1.1)
    assert state(review) == State.WITHHELD
    with pytest.raises(NotPossible, match="You asked to show it"):
        show(review, note="once more")

    show(review, actor="ben", note="a quotation, I think so too")

    assert state(review) == State.SHOWN
    assert chain_faults() == []


@pytest.mark.parametrize("is_by_two", [True, False])
def test_what_a_person_found_private_is_not_shown_by_a_timer_in_other_words(is_by_two):
    review = shown(body="Ask my boss in the corner house about it, she knows.")
    act = withhold_by_two if is_by_two else withhold
    act(review, reason="private_data", note="the boss")
    review = edit(review, "Ask my boss in the corner house about it, she knows!")

    assert overdue(99) == 0

    assert state(review) == State.WAITING
    assert "all the same" not in author_page.own_page(review).standing.why


def test_a_wish_about_what_is_withheld_ends_in_a_week_whatever_its_reason():
    review = withheld()
    show(review, note="a quotation")
    withhold(review, reason="private_data", note="a name")
    told = author_page.own_page(fresh(review)).standing
    assert "If nobody agrees within 7 days, we go on holding it back." in told.why

    overdue(1.1)

    assert (state(review), fresh(review).reason) == (State.WITHHELD, Reason.ABUSE)
    # Its author was told that it is withheld, and that has not changed.
    assert len(templates(review)) == 1


def test_nobody_asks_anew_whenever_the_author_changes_a_word():
    review = shown()
    withhold(review)
    review = edit(review, "It held on, and the box is large.")
    with pytest.raises(NotPossible, match="You asked to withhold it once"):
        withhold(review)

    # Somebody else has to find the same, in these words or in those before.
    withhold(review, actor="ben")

    assert state(review) == State.WITHHELD
    assert chain_faults() == []
    # That was a decision: about words that come after it, one may ask again.
    withhold(edit(review, "It held on, and the lid is loose."))
    assert state(review) == State.WAITING


def test_what_was_taken_back_has_told_its_rating_too():
    review = waiting()
    decisions.withdraw(review.pk, now=NOW)
    review = edit(review, "It held on, and the box is large.")
    assert Past(review).is_told

    withhold(review)

    assert state(review) == State.WAITING


def test_another_decision_in_between_is_not_overtaken_by_the_timer(monkeypatch):
    review = waiting()
    times_to_wait = decisions.waiting.times_to_wait

    def somebody_decides_then(*args):
        times = times_to_wait(*args)
        show(review, actor="ben", now=NOW + WEEK)
        withhold(review, reason="private_data", note="a name", now=NOW + WEEK)
        return times

    monkeypatch.setattr(decisions.waiting, "times_to_wait", somebody_decides_then)

    assert overdue(1.1) == 0

    assert state(review) == State.WAITING
    assert acts(review)[-1][1] == "private_data"


def test_one_that_goes_wrong_keeps_no_other(monkeypatch, caplog):
    wrong, other = waiting(), waiting(body="The lid is loose.")
    read = decisions.screening.screen

    def fails_once(words, *, review_pk, now):
        if review_pk == wrong.pk:
            raise RuntimeError
        return read(words, review_pk=review_pk, now=now)

    monkeypatch.setattr(decisions.screening, "screen", fails_once)
    Review.objects.update(rules_version="older")

    assert overdue(1.1) == 1
    nightly.look_again(NOW)

    assert (state(wrong), state(other)) == (State.WAITING, State.SHOWN)
    assert fresh(other).rules_version != "older"
    said = [record.message for record in caplog.records]
    assert any("not looked at for being overdue" in one for one in said)
    assert any("not read again" in one for one in said)


def test_a_copy_is_a_fake_for_two_people_though_it_reports_a_reaction():
    body = "It came off in the shower and I could not find it again until the evening."
    first = make_review(make_content(body=body, skin_reacted=True), source=Source.SITE)
    copy = make_review(make_content(body=body, skin_reacted=True), source=Source.SITE)
    assert (state(first), state(copy)) == (State.SHOWN, State.SHOWN)
    assert Reason.FAKE not in decisions.reasons_for(first)
    assert Reason.FAKE in decisions.reasons_for(copy)

    withhold(copy, reason="fake")

    assert state(copy) == State.WAITING


def test_a_burst_is_not_left_by_changing_a_word(settings):
    came = [
        make_review(
            make_content(body=f"{words} it held."), source=Source.SITE, sender="net", now=NOW
        )
        for words in ("Here", "At home", "In bed", "At sea")
    ]
    edited = edit(came[-1], "At sea and on land it held.")
    assert edited.current.flags.filter(kind="burst").exists()
    assert overdue(1.1) == 0
    assert overdue(4.1) == 4
