"""What people do besides withholding: labels, second looks, claims let stand, photos that wait. Each look finds
what was planted, and nothing in a shop that is fair."""

import random
from datetime import timedelta

import pytest

from reviews import decisions, fairness, fairness_words, labels, tallies
from reviews.models import Insider
from tests.reviews.histories import HELD, NIGHT, SHOWN, History, found, one, withheld
from tests.reviews.makers import NOW, make_content, make_review

pytestmark = pytest.mark.django_db

STAFF = "no label → Works for the shop: we know"
OFF = "Works for the shop → no label: wrong"
PUT = ("labelled", "ann", "", STAFF)
TAKEN = ("labelled", "ann", "", OFF)
OURS = "Works for the shop"
TO_WITHHOLD = ("waiting", "bo", "abuse")
TO_SHOW = ("waiting", "bo", "", "read again")


@pytest.fixture
def history():
    return History()


def chosen(seed, share, number=300):
    """Yield (stars, whether it happens) for a shop in which the stars do not matter."""
    chance = random.Random(seed)
    for _ in range(number):
        yield chance.choice([1, 2, 3, 4, 5, 5, 5]), chance.random() < share


def told(check):
    """Return what staff read without the p-values, and what everybody reads."""
    return (
        [words.rpartition(" (p ")[0] for words in fairness.findings(check)],
        list(fairness_words.words_of(check).found),
    )


def kinds(check):
    return {about for about, _ in found(check)}


# --- labels ------------------------------------------------------------------------------------------


def test_labels_put_on_low_ratings_are_found(history):
    for stars in (1, 2, 3, 4, 5, 5) * 12:
        history(stars, *SHOWN)
    for _ in range(14):
        history(1, *SHOWN, PUT)
    check = history.store()
    assert kinds(check) == {"label"}
    row = one(check, "label", "trend")
    assert (row["number"], row["withheld"], row["worse"]) == (86, 14, "low")
    assert told(check)[0][0] == (
        "Labels put: low ratings get a label more often than chance explains"
    )
    assert told(check)[1][0] == (
        "We put a label of a tie to us beside low ratings more often than chance explains."
    )


def test_labels_taken_off_high_ratings_are_found(history):
    for stars in (1, 2, 3, 4) * 8:
        history(stars, *SHOWN, label=OURS)
    for _ in range(14):
        history(5, *SHOWN, TAKEN)
    for stars in (1, 3, 5) * 20:
        history(stars, *SHOWN)
    check = history.store()
    assert kinds(check) == {"unlabel"}
    row = one(check, "unlabel", "trend")
    assert (row["number"], row["withheld"], row["worse"]) == (46, 14, "high")
    assert told(check)[0][0] == (
        "Labels taken off: high ratings lose their label more often than chance explains"
    )
    assert (
        told(check)[1][0]
        == "We took such a label off high ratings more often than chance explains."
    )


def test_labels_by_chance_are_fair(history):
    for stars, happens in chosen("labels", 0.2):
        history(stars, *SHOWN, *([PUT] if happens else []), label=OURS if happens else "")
    for stars, happens in chosen("off", 0.3, 100):
        history(stars, *SHOWN, *([TAKEN] if happens else []), label="" if happens else OURS)
    check = history.store()
    assert check.is_fair is True
    assert one(check, "label", "trend")["p"] is not None
    assert one(check, "unlabel", "trend")["p"] is not None


def test_labels_that_the_rules_put_at_receipt_are_nobodys_doing(history):
    for stars in (1, 2, 3, 4, 5) * 8:
        history(stars, *SHOWN)
    for _ in range(20):
        history(5, *SHOWN, label=OURS)
    check = history.store()
    assert check.is_fair is True
    row = one(check, "label", "trend")
    assert (row["number"], row["withheld"]) == (40, 0)
    assert one(check, "unlabel", "trend")["number"] == 20


def test_another_label_is_none_put_and_none_taken(history):
    other = ("labelled", "ann", "", "Works for the shop → Got the product for free: we know")
    place = history(2, *SHOWN, other, label="Got the product for free")
    history(2, *SHOWN, PUT, TAKEN)
    # Erased since: nobody can tell from the log which way it went.
    history(2, *SHOWN, ("labelled", "ann"), ("withdrawn",), ("erased", "ann"))
    assert place == 0
    history.store()
    gathered = tallies.gather(NIGHT)
    assert gathered.labelled.counts == {(False, True): [0, 1, 0, 0, 0]}
    assert gathered.unlabelled.counts == {
        (False, False): [0, 1, 0, 0, 0],
        (False, True): [0, 1, 0, 0, 0],
    }


def test_what_the_domain_writes_of_labels_is_read():
    review = make_review(make_content(stars=2))
    known = make_review(make_content(stars=5), tie="sample")
    for pk, tie in ((review.pk, Insider.Tie.FAMILY), (known.pk, "")):
        labels.label(pk, tie, actor="ann", note="no label → no label: she said", now=NOW)
    gathered = tallies.gather(NIGHT)
    assert gathered.labelled.counts == {(True, True): [0, 1, 0, 0, 0]}
    assert gathered.unlabelled.counts == {
        (True, False): [0, 1, 0, 0, 0],
        (True, True): [0, 0, 0, 0, 1],
    }


# --- claims that are let stand -------------------------------------------------------------------------


def test_asking_to_let_claims_stand_for_high_ratings_only_is_found(history):
    for stars in (1, 2, 3, 4) * 8:
        history(stars, *HELD)
    for _ in range(14):
        history.asked_to_let_stand(history(5, *HELD), "approved")
    check = history.store()
    assert kinds(check) == {"override_asked"}
    row = one(check, "override_asked", "trend")
    assert (row["number"], row["withheld"], row["worse"]) == (46, 14, "high")
    assert told(check)[0][0] == (
        "Asked to let a claim stand: high ratings are asked for more often than chance explains"
    )
    assert told(check)[1][0] == (
        "For high ratings we asked more often to let a flagged sentence stand than chance explains."
    )


def test_letting_claims_stand_for_high_ratings_only_is_found(history):
    for stars in (1, 2, 3, 4, 5) * 6:
        history.asked_to_let_stand(history(stars, *HELD), "refused")
    for _ in range(14):
        history.asked_to_let_stand(history(5, *HELD), "approved")
    check = history.store()
    assert kinds(check) == {"override_allowed"}
    row = one(check, "override_allowed", "trend")
    assert (row["number"], row["withheld"], row["worse"]) == (44, 14, "high")
    assert told(check)[1][0] == (
        "For high ratings we let a flagged sentence stand more often than chance explains."
    )


def test_taking_the_allowance_back_for_low_ratings_only_is_found(history):
    """One person can: what was allowed by two is withheld again then."""
    for stars in (1, 2, 3, 4, 5) * 6:
        history.asked_to_let_stand(history(stars, *HELD), "approved")
    for _ in range(14):
        history.asked_to_let_stand(history(1, *HELD), "withdrawn")
    assert kinds(history.store()) == {"override_allowed"}


def test_letting_claims_stand_by_chance_is_fair(history):
    chance = random.Random("states")
    for stars, happens in chosen("claims", 0.4):
        place = history(stars, *HELD)
        if happens:
            history.asked_to_let_stand(place, chance.choice(["approved", "refused", "requested"]))
    check = history.store()
    assert check.is_fair is True
    assert one(check, "override_asked", "trend")["p"] is not None
    assert one(check, "override_allowed", "trend")["p"] is not None


def test_a_review_is_let_stand_when_each_of_its_sentences_is(history):
    half, again, other = (history(stars, *HELD) for stars in (1, 2, 3))
    for sentence, state in (("One.", "approved"), ("Two.", "refused")):
        history.asked_to_let_stand(half, state, sentence=sentence)
    for state in ("refused", "approved"):
        history.asked_to_let_stand(again, state)
    # What only keeps a review from being quoted holds nothing.
    history.asked_to_let_stand(other, "approved", category="energy")
    # Nobody's claim: a person withheld it, or nothing did.
    history.asked_to_let_stand(history(4, *withheld("mo", "unlawful_claim")), "approved")
    history.asked_to_let_stand(history(5, *SHOWN), "approved")
    history.store()
    gathered = tallies.gather(NIGHT)
    assert gathered.override_asked.counts == {
        (False, False): [0, 0, 1, 0, 0],
        (False, True): [1, 1, 0, 0, 0],
    }
    assert gathered.override_allowed.counts == {
        (False, False): [1, 0, 0, 0, 0],
        (False, True): [0, 1, 0, 0, 0],
    }


# --- second looks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "end", [("withheld", "cy", "abuse"), ("shown", "cy"), ("shown", "", "", "Nobody had decided.")]
)
def test_whoever_asks_to_withhold_low_ratings_is_found_whatever_comes_of_it(history, end):
    for stars in (1, 2, 3, 4, 5, 5) * 15:
        history(stars, ("shown",), bought=True)
    for place in range(20):
        history(1, ("shown",), TO_WITHHOLD, end, bought=True)
        asks = ("waiting", "ann", "off_topic")
        history(1 + place % 5, ("shown",), asks, ("shown", "cy"), bought=True)
    check = history.store()
    assert {("asked", ""), ("asked_by", "bo")} <= set(found(check))
    assert ("asked_by", "ann") not in found(check)
    row = one(check, "asked", "trend")
    assert (row["number"], row["withheld"], row["worse"]) == (130, 40, "low")
    staff, everybody = told(check)
    by = "Asked to withhold after all by bo: low ratings are asked about more often"
    assert f"{by} than chance explains" in staff
    assert not any("ann" in words for words in staff)
    assert any(words.startswith("One of us wanted to hold back low ratings") for words in everybody)
    assert not any("bo:" in words or " bo " in words for words in everybody)


def test_whoever_asks_to_show_high_ratings_is_found(history):
    for stars in (1, 2, 3, 4) * 10:
        history(stars, *withheld())
    for _ in range(14):
        # Nobody came: the rules put back what had been withheld.
        back = ("withheld", "", "abuse", "the second line")
        history(5, *withheld(), TO_SHOW, back)
    check = history.store()
    assert kinds(check) == {"asked_back", "asked_back_by"}
    row = one(check, "asked_back_by", "trend", "bo")
    assert (row["number"], row["withheld"], row["worse"]) == (54, 14, "high")
    staff, everybody = told(check)
    assert staff[0].startswith("Asked to show after all: high ratings are asked for more often")
    assert "One of us wanted to show high ratings after all more often than chance explains." in (
        everybody
    )
    # That it was put back is nobody's decision, and what was withheld stays so.
    assert one(check, "all", "trend")["withheld"] == 54


def test_asking_by_chance_is_fair(history):
    for stars, happens in chosen("asking", 0.2):
        end = ("shown", "cy") if stars % 2 else ("withheld", "", "abuse", "as before")
        history(stars, ("shown",), *([TO_WITHHOLD, ("shown", "cy")] if happens else []))
        history(stars, *withheld(), *([TO_SHOW, end] if happens else []))
    check = history.store()
    assert not kinds(check) & {"asked", "asked_by", "asked_back", "asked_back_by", "waiting"}
    assert one(check, "asked", "trend")["p"] is not None
    assert one(check, "asked_back", "trend")["p"] is not None


def test_a_second_look_is_a_wait_of_its_own_and_moves_nothing_to_where_the_rules_let_wait(history):
    history(2, ("shown",), TO_WITHHOLD, ("waiting",), ("withheld", "cy", "abuse"), bought=True)
    history(3, ("waiting",), ("waiting", "bo", "abuse"), ("shown", "cy"), bought=True)
    history(4, ("shown",), ("withheld", "mo", "abuse"), ("edited",), ("waiting",), bought=True)
    history.store()
    gathered = tallies.gather(NIGHT)
    assert gathered.all.counts == {
        ((True, False), True): [0, 1, 0, 1, 0],
        ((True, True), False): [0, 0, 1, 0, 0],
    }
    assert gathered.asked.all.counts == {
        ((True, False), True): [0, 1, 0, 0, 0],
        ((True, False), False): [0, 0, 0, 1, 0],
        ((True, True), True): [0, 0, 1, 0, 0],
    }
    waits = {
        key: [(wait.stars, wait.is_over) for wait in rows] for key, rows in gathered.waits.items()
    }
    assert waits == {
        (True, False): [(3, True), (4, False)],
        (True, True): [(2, True), (3, True)],
    }
    assert [wait.seconds for wait in gathered.waits[True, True]] == [120, 60]


def test_second_looks_that_last_for_low_ratings_are_found(history):
    for _ in range(30):
        history(5, ("shown",), TO_WITHHOLD, ("shown", "cy"))
        history(1, ("shown",), TO_WITHHOLD)
    assert ("waiting", "") in found(history.store())


def test_what_the_domain_writes_of_a_second_look_is_read():
    """Once its stars are told, one person asks and another decides; or nobody does, and it is as it was."""

    def act(verb, review, hours, **by):
        review.refresh_from_db()
        by = {"version_id": review.current_id, "note": "a word", **by}
        verb(review.pk, **by, now=NOW + timedelta(hours=hours))

    review = make_review(make_content(stars=2))
    act(decisions.withhold, review, 1, actor="ann", reason="abuse")
    act(decisions.withhold, review, 3, actor="bo", reason="abuse")
    act(decisions.show, review, 4, actor="ann")
    decisions.show_overdue(after=timedelta(hours=6), now=NOW + timedelta(hours=12))
    review.refresh_from_db()
    assert (review.state, review.log.latest("sequence").actor) == ("withheld", "")
    gathered = tallies.gather(NIGHT)
    asked = {((True, False), True): [0, 1, 0, 0, 0]}
    assert gathered.asked.all.counts == gathered.asked_back.all.counts == asked
    assert list(gathered.asked.people) == list(gathered.asked_back.people) == ["ann"]
    assert gathered.all.counts == asked
    assert list(gathered.people) == ["bo"]
    assert [(wait.seconds / 3600, wait.is_over) for wait in gathered.waits[True, True]] == [
        (2, True),
        (8, True),
    ]
    assert gathered.waits[True, False] == []


# --- photos that wait --------------------------------------------------------------------------------


def test_photos_of_low_ratings_that_are_left_waiting_are_found(history):
    for _ in range(30):
        history(5, ("shown",), ("photo_shown", "mo"), photo="a", bought=True)
        history(1, ("shown",), photo="a", bought=True)
        history(1, ("shown",), bought=True)
    check = history.store()
    assert kinds(check) == {"photo_waiting"}
    row = one(check, "photo_waiting", "delay")
    assert (row["number"], row["worse"]) == (60, "low")
    assert told(check) == (
        ["Photos that wait: low ratings wait longer than chance explains"],
        ["Photos with low ratings waited longer than chance explains."],
    )


def test_photos_that_wait_by_chance_are_fair(history):
    chance = random.Random("photos")
    for stars, happens in chosen("photo", 0.7):
        look = ("photo_shown", "mo", "", "", chance.choice([1, 2, 5, 9]))
        history(stars, ("shown",), *([look] if happens else []), photo="a")
    check = history.store()
    assert check.is_fair is True
    assert one(check, "photo_waiting", "delay")["p"] is not None


def test_the_photo_of_a_withheld_review_waits_for_nobody(history):
    """The rules hold praise more often than blame: that must not look as if its photos were left waiting."""
    history(5, *HELD, photo="a")
    history(4, ("shown",), ("withheld", "mo", "abuse"), photo="a")
    history(3, ("shown",), ("withdrawn",), photo="a")
    history(2, *HELD, ("shown",), ("photo_shown", "mo"), photo="a")
    history.store()
    waits = tallies.gather(NIGHT).photo_waits[False]
    assert [(wait.stars, wait.seconds, wait.is_over) for wait in waits] == [
        (5, 60, False),
        (4, 120, False),
        (3, 120, False),
        (2, 60, False),
        (2, 60, True),
    ]
