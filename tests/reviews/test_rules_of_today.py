"""Stored reviews are read with the rules of today: what older rules missed is found, what they saw may be gone."""

import shutil
from datetime import timedelta

import pytest
from post_office.models import Email

from claims import desk
from reviews import decisions, nightly, safety, submitting, word_lists, wording
from reviews.models import Flag, Review, SafetyCase
from tests.reviews.deciding_steps import CLAIM, acts, let_stand, shown, waiting, withheld
from tests.reviews.makers import NOW

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)
# No list knows it yet.
MOTTLED = "I wore it for two days and my elbow went mottled below it."
PHONE = "It held well. Call me at 555-867-5309 and I will tell you more."


@pytest.fixture
def add_sign(tmp_path, monkeypatch):
    """Give the lists of today one more sign of a reaction."""
    caches = (word_lists.expression, word_lists.each, word_lists.version, word_lists._lists)

    def forget():
        for cached in caches:
            cached.cache_clear()

    def add(sign):
        folder = tmp_path / "words"
        shutil.copytree(word_lists.FOLDER, folder)
        file = folder / "reaction.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("signs = [", f"signs = [\n  '{sign}',", 1), encoding="utf-8")
        monkeypatch.setattr(word_lists, "FOLDER", folder)
        forget()

    yield add
    monkeypatch.undo()
    forget()


def staff_mails():
    return Email.objects.filter(message__contains="/admin/reviews/safetycase/").count()


# A reaction that only newer lists know -----------------------------------------------------------


@pytest.mark.parametrize("stars", [1, 5])
@pytest.mark.parametrize("make", [shown, waiting, withheld])
def test_a_reaction_that_newer_lists_see_opens_its_case_once(add_sign, make, stars):
    review = make(body=MOTTLED, stars=stars)
    before = acts(review), review.state
    assert submitting.look_again(review.pk, now=NOW) is False
    assert not SafetyCase.objects.exists()
    add_sign(r"\bmottled\b")

    answers = [submitting.look_again(review.pk, now=NOW + day * WEEK) for day in range(3)]

    assert answers == [False, False, False]
    case = SafetyCase.objects.get()
    assert (case.review, case.signs, case.opened_at) == (review, "mottled", NOW)
    assert case.entries.count() == 0
    assert staff_mails() == 1
    review.refresh_from_db()
    assert review.reports_reaction
    assert (acts(review), review.state) == before


def test_the_nightly_look_finds_it_when_the_lists_have_changed(add_sign):
    review, other = shown(body=MOTTLED), shown()
    assert nightly.look_again(NOW).read == 0
    add_sign(r"\bmottled\b")

    assert [nightly.look_again(NOW).read for _ in range(2)] == [2, 0]

    assert SafetyCase.objects.get().review == review
    other.refresh_from_db()
    assert not other.reports_reaction


def test_a_case_that_staff_have_closed_stays_closed_when_it_is_read_again(add_sign):
    review = shown(body=MOTTLED)
    add_sign(r"\bmottled\b")
    submitting.look_again(review.pk, now=NOW)
    case = SafetyCase.objects.get()
    safety.close(case, outcome="It went away.", severity="mild", by="ann", now=NOW)

    submitting.look_again(review.pk, now=NOW + WEEK)

    assert SafetyCase.objects.get().state == SafetyCase.State.CLOSED
    assert staff_mails() == 1


# What has waited long enough ---------------------------------------------------------------------


def overdue():
    return decisions.show_overdue(after=WEEK, now=NOW + 20 * WEEK)


def test_private_data_that_today_s_rules_no_longer_see_holds_nothing_up():
    review = waiting()
    kind = Flag.Kind.PRIVATE_DATA
    Flag.objects.create(version=review.current, kind=kind, detail="a phone number", flagged_at=NOW)

    assert overdue() == 1

    review.refresh_from_db()
    assert review.state == Review.State.SHOWN
    assert review.current.flags.filter(kind=kind).exists()


def test_private_data_that_the_rules_of_its_day_did_not_know_holds_a_review():
    with pytest.MonkeyPatch.context() as older:
        older.setattr(wording, "_PRIVATE", {})
        review = waiting(body=PHONE)
    assert not review.current.flags.filter(kind=Flag.Kind.PRIVATE_DATA).exists()

    assert overdue() == 0

    review.refresh_from_db()
    assert review.state == Review.State.WAITING


@pytest.mark.parametrize("stars", [1, 5])
def test_a_claim_by_the_rules_of_today_is_never_shown_for_having_waited(stars):
    review, other = waiting(body=CLAIM, stars=stars), waiting()
    allowed = let_stand(review)
    submitting.look_again(review.pk, now=NOW)
    review.refresh_from_db()
    assert review.state == Review.State.WAITING
    for one in allowed:
        desk.take_back(one, by="ben", now=NOW)
    before = acts(review)

    assert overdue() == 1

    review.refresh_from_db()
    other.refresh_from_db()
    assert (review.state, acts(review)) == (Review.State.WAITING, before)
    assert other.state == Review.State.SHOWN
    assert submitting.look_again(review.pk, now=NOW + 20 * WEEK) is True
    review.refresh_from_db()
    assert (review.state, review.reason) == (Review.State.WITHHELD, "unlawful_claim")
