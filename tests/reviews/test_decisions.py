"""Deciding on a review: every verb moves it once, on record, with its counts, or changes nothing."""

from datetime import timedelta

import pytest

from claims import desk
from reviews import counting, decisions, submitting
from reviews.decisions import NotPossible
from reviews.models import LogEntry, Reason, Review, ReviewVersion
from tests.reviews.deciding_steps import (
    CLAIM,
    CURE,
    acts,
    chain_faults,
    counts,
    everything,
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


def test_every_state_leads_to_the_others_and_a_withdrawn_one_comes_back_only_anew():
    others = {State.WAITING, State.SHOWN, State.WITHHELD}
    assert {
        State.WAITING: others | {State.WITHDRAWN},
        State.SHOWN: others | {State.WITHDRAWN},
        State.WITHHELD: others | {State.WITHDRAWN},
        State.WITHDRAWN: others,
    } == Review.TRANSITIONS


def test_showing_moves_counts_and_tells_once():
    review = waiting(stars=2)
    assert review.state == State.WAITING
    assert counts() == {("standing", "waiting::2"): 1}

    show(review, note="Read by two of us")

    assert fresh(review).state == State.SHOWN
    assert acts(review)[1:] == [("shown", "", "ann", "Read by two of us")]
    assert templates(review) == [f"Your review number {review.number} can be read now"]
    assert counts()["standing", "shown::2"] == counts()["stars", "2"] == 1
    assert ("standing", "waiting::2") not in counts()
    assert counting.faults() == chain_faults() == []


def test_withholding_names_reason_and_words_and_tells_the_author_once():
    review = waiting(stars=5)

    withhold(review, note="  “you idiots”  ")

    assert (fresh(review).state, fresh(review).reason) == (State.WITHHELD, Reason.ABUSE)
    assert acts(review)[1:] == [("withheld", "abuse", "ann", "“you idiots”")]
    assert templates(review) == [f"Your review number {review.number} cannot be shown as it is"]
    assert counts() == {("standing", "withheld:abuse:5"): 1}
    assert counting.faults() == chain_faults() == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"reason": "too_short"}, "cannot be true"),
        ({"reason": ""}, "cannot be true"),
        ({"reason": "unlawful_claim"}, "cannot be true"),
        ({"note": ""}, "Say what it is about"),
        ({"note": "   "}, "Say what it is about"),
        ({"version_id": 0}, "changed it since"),
        ({"seen": 1}, "decided on it since"),
    ],
)
def test_withholding_that_is_not_possible_changes_nothing(fields, message):
    review = waiting()
    before = everything(review)

    with pytest.raises(NotPossible, match=message):
        withhold(review, **fields)

    assert everything(review) == before


def test_of_two_who_decide_at_once_the_second_is_told():
    review = waiting()
    seen = decisions.last_entry(review)
    show(review, seen=seen, actor="ben")
    before = everything(review)

    with pytest.raises(NotPossible, match="Somebody has decided on it"):
        withhold(review, seen=seen)
    with pytest.raises(NotPossible, match="is shown already"):
        show(review)

    assert everything(review) == before


def test_a_decision_about_words_that_are_gone_is_refused():
    review = waiting()
    submitting.edit(review.pk, make_content(), now=NOW)
    before = everything(review)

    with pytest.raises(NotPossible, match="changed it since"):
        show(review)

    assert everything(review) == before


def test_on_a_withdrawn_review_there_is_nothing_to_decide():
    review = waiting()
    decisions.withdraw(review.pk, now=NOW)
    before = everything(review)

    for act in (show, withhold):
        with pytest.raises(NotPossible, match="withdrawn"):
            act(review)
    decisions.withdraw(review.pk, now=NOW)

    assert everything(review) == before
    assert acts(review)[1:] == [("withdrawn", "", "", "")]
    assert counts() == {("standing", "withdrawn::4"): 1}


def test_reasons_are_only_those_that_can_be_true():
    private, abuse, topic, fake, claim = Reason
    assert decisions.reasons_for(shown()) == [private, abuse, topic]
    assert decisions.reasons_for(waiting()) == [private, abuse, topic, fake]
    assert decisions.reasons_for(shown(body="It did nothing for me at all.")) == [private, abuse]
    assert decisions.reasons_for(shown(skin_reacted=True)) == [private, abuse]
    assert decisions.reasons_for(shown(body=CLAIM)) == [private, abuse, topic, claim]


def test_a_claim_is_not_shown_by_one_person():
    review = shown(body=CLAIM)
    assert (review.state, review.reason) == (State.WITHHELD, Reason.UNLAWFUL_CLAIM)
    before = everything(review)

    with pytest.raises(NotPossible, match="two people can let the sentence stand"):
        show(review, note="I think it is fine")

    assert everything(review) == before


def test_what_two_people_let_stand_is_shown_though_its_flag_stays_on_record():
    review = shown(body=CLAIM)
    assert submitting.look_again(review.pk, now=NOW) is False
    let_stand(review)

    assert submitting.look_again(review.pk, now=NOW) is True

    assert fresh(review).state == State.SHOWN
    assert [flag.detail for flag in review.current.flags.filter(kind="claim")] == [CURE]
    assert Reason.UNLAWFUL_CLAIM not in decisions.reasons_for(fresh(review))
    assert templates(review)[-1] == f"Your review number {review.number} can be read now"
    assert submitting.look_again(review.pk, now=NOW) is False
    assert counting.faults() == chain_faults() == []


def test_what_is_no_longer_let_stand_is_withheld_again():
    review = shown(body=CLAIM)
    allowed = let_stand(review)
    submitting.look_again(review.pk, now=NOW)
    desk.take_back(allowed[0], by="ben", now=NOW)

    assert submitting.look_again(review.pk, now=NOW) is True

    assert (fresh(review).state, fresh(review).reason) == (State.WITHHELD, "unlawful_claim")


def test_an_unverified_claim_that_may_stand_still_waits_for_a_person_once():
    review = waiting(body=CLAIM)
    allowed = let_stand(review)
    submitting.look_again(review.pk, now=NOW)
    assert fresh(review).state == State.WAITING
    show(review)
    for one in allowed:
        desk.take_back(one, by="ben", now=NOW)
    submitting.look_again(review.pk, now=NOW)
    assert fresh(review).state == State.WITHHELD

    let_stand(review)
    assert submitting.look_again(review.pk, now=NOW) is True

    # A person has read these very words already.
    assert fresh(review).state == State.SHOWN


def test_a_person_s_reason_outlives_a_look_with_new_rules():
    review = withheld(body="A fair word about the glue.")
    assert submitting.look_again(review.pk, now=NOW) is False
    assert fresh(review).reason == Reason.ABUSE


def test_looking_again_notes_nothing_about_how_a_review_came():
    first = shown(
        body="The edge lifted in the shower and I put on a second one after that, which held well."
    )
    copy = waiting(body=first.current.body)
    assert copy.current.flags.filter(kind="duplicate").exists()

    submitting.look_again(first.pk, now=NOW)

    assert not first.current.flags.exists()


def test_words_after_a_withholding_go_back_to_a_person_and_are_shown_in_time():
    review = withheld()

    edited = submitting.edit(review.pk, make_content(), now=NOW)

    assert edited.state == State.WAITING
    note = "A person withheld or doubted the words before these."
    assert acts(review)[-1] == ("waiting", "", "", note)
    assert decisions.show_overdue(after=WEEK, now=NOW + 2 * WEEK) == 1
    assert fresh(review).state == State.SHOWN


def test_taking_back_what_a_person_withheld_and_writing_it_anew_goes_to_a_person_too():
    review = shown(body="You are all crooks, the whole lot of you.")
    withhold_by_two(review)
    decisions.withdraw(review.pk, now=NOW)

    again = submitting.edit(review.pk, make_content(body="Crooks, all of you, I say."), now=NOW)

    assert again.state == State.WAITING
    decisions.show(review.pk, version_id=again.current_id, actor="ben", now=NOW)
    assert submitting.edit(review.pk, make_content(), now=NOW).state == State.SHOWN


def test_a_claim_in_between_leads_around_no_person():
    review = shown(body="You are all crooks, the whole lot of you.")
    withhold_by_two(review)
    submitting.edit(review.pk, make_content(body=CLAIM), now=NOW)

    again = submitting.edit(review.pk, make_content(body="Crooks, all of you, I say."), now=NOW)

    assert again.state == State.WAITING


def test_a_copy_pulls_nothing_down_that_was_there_before():
    body = "The edge lifted in the shower and the second one held until late in the evening."
    review = shown(body=body)
    assert waiting(body=body).current.flags.filter(kind="duplicate").exists()

    assert submitting.edit(review.pk, make_content(body=body, stars=1), now=NOW).is_shown


def test_overdue_are_shown_that_wait_only_for_an_order():
    alone, private = waiting(), waiting(body="Call me at 212-555-0147, it held on.")

    assert decisions.show_overdue(after=WEEK, now=NOW + WEEK) == 0
    assert decisions.show_overdue(after=WEEK, now=NOW + WEEK + timedelta(seconds=1)) == 1
    assert decisions.show_overdue(after=WEEK, now=NOW + 99 * WEEK) == 0

    assert (fresh(alone).state, fresh(private).state) == (State.SHOWN, State.WAITING)
    assert acts(alone)[-1] == ("shown", "", "", "Nobody had decided in time.")
    told = [one for one in templates(alone) if "can be read now" in one]
    assert told == [f"Your review number {alone.number} can be read now"]


@pytest.mark.parametrize(
    "body",
    [CLAIM, "It did nothing for me at all.", "Call me at 212-555-0147.", "It stays on.", "Buy it."],
)
def test_the_rules_treat_five_ratings_alike(body):
    stood = set()
    for stars in range(1, 6):
        review = make_review(make_content(stars=stars, body=body))
        stood.add((review.state, review.reason, *review.current.flags.values_list("kind")))
        ReviewVersion.objects.filter(pk=review.current_id).update(words_hash="", words_print="")
    assert len(stood) == 1


def test_every_entry_of_a_person_names_them():
    show(waiting())
    withheld()
    people = LogEntry.objects.filter(kind__in=["shown", "withheld"], actor="").count()
    assert people == 0
