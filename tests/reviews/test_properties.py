"""Whatever is done to reviews, in whatever order: no number goes, and no act sees the stars."""

from datetime import timedelta
from itertools import zip_longest

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from reviews import counting, decisions, log
from reviews.models import Campaign, LogEntry, Review
from tests.factories import make_product
from tests.reviews.makers import NOW, make_invitation
from tests.reviews.review_acts import (
    ACTS,
    Playground,
    chain,
    mails,
    numbers_given,
    undone,
    what_became,
)
from tests.unguarded import unguarded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet")]

FEW = settings(
    max_examples=14,
    derandomize=True,
    deadline=None,
    # No shrinking: it plays the same again a hundred times.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)

step = st.tuples(st.sampled_from(ACTS), st.integers(0, 5), st.integers(0, 6))
# Somebody writes first: asked, not asked, asked and with a photo.
BEGINNING = [("receive", 1, 0), ("receive", 0, 1), ("receive", 3, 6)]
steps = st.lists(step, min_size=6, max_size=12)
ratings = st.lists(st.integers(1, 5), min_size=1, max_size=4)


@pytest.fixture
def playground(settings, tmp_path):
    """Return what makes a playground with these ratings; two buyers were asked, one with an offer."""
    settings.MEDIA_ROOT = tmp_path
    product = make_product()
    campaign = Campaign.objects.create(
        name="Spring",
        label="Got a code for 10 % off for writing a review",
        percent_basis_points=1000,
        starts_at=NOW - timedelta(days=30),
        ends_at=NOW + timedelta(days=30),
    )
    later = {"expires_at": NOW + timedelta(days=365)}
    invitations = [
        make_invitation(product, campaign=campaign, incentive_label=campaign.label, **later),
        make_invitation(product, **later),
    ]
    return lambda stars: Playground(stars, product, invitations)


def faults_after(shop, acts):
    """Play `acts`; return what was wrong after the first act after which something was."""
    earlier = []
    for act in acts:
        shop.do(*act)
        now, given = chain(), numbers_given()
        found = [*log.verify(), *counting.faults()]
        if given != list(range(1, len(given) + 1)):
            found.append(f"numbers {given}")
        if now[: len(earlier)] != earlier:
            found.append("what stood in the log stands there no more")
        if found:
            return [f"{shop.told[-1]}: {words}" for words in found]
        earlier = now
    return []


def test_no_sequence_of_acts_takes_a_number_or_an_entry_away(playground):
    reached = set()

    @FEW
    @given(acts=steps, stars=ratings)
    def anything_happens(acts, stars):
        with undone():
            shop = playground(stars)
            assert faults_after(shop, [*BEGINNING, *acts]) == []
            reached.update((act, ended.partition(":")[0]) for act, ended, _ in shop.told)

    anything_happens()
    # It played what it says: each act at some time, done and refused.
    assert {act for act, _ in reached} == set(ACTS)
    assert ("withhold", "NotPossible") in reached
    assert ("trouble", "trouble") in reached


def outcome(playground, stars, acts):
    """Return all that followed, with these stars, for whoever can see it."""
    with undone():
        shop = playground(stars)
        for act in acts:
            shop.do(*act)
        return shop.told, what_became(), mails()


def differences(playground, acts, stars, others):
    return [
        (one, other)
        for part, twin in zip(
            outcome(playground, stars, acts), outcome(playground, others, acts), strict=True
        )
        for one, other in zip_longest(part, twin)
        if one != other
    ]


def test_reviews_that_differ_only_in_their_stars_fare_alike(playground):
    @FEW
    @given(acts=steps, stars=ratings, others=ratings)
    @example(acts=[], stars=[1], others=[5])
    def twins(acts, stars, others):
        acts = [*BEGINNING, *acts, ("overdue", 0, 0)]
        assert differences(playground, acts, stars, others) == []

    twins()


# --- the judges can say no -------------------------------------------------------------------------

EXAMPLE = [*BEGINNING, ("withhold", 0, 1), ("show_photo", 2, 0), ("overdue", 0, 0)]


def test_an_entry_that_goes_missing_is_seen(playground, monkeypatch):
    shop = playground([4])
    assert faults_after(shop, EXAMPLE) == []

    def deletes(which, choice):
        with unguarded(["reviews_logentry"]):
            LogEntry.objects.filter(sequence=4).delete()

    shop.erase = deletes
    [first, *_] = faults_after(shop, [("erase", 0, 0)])
    assert "missing" in first


def test_a_number_that_goes_missing_is_seen(playground):
    shop = playground([4])

    def renumbers(which, choice):
        with unguarded(["reviews_review"]):
            Review.objects.filter(number=3).update(number=4)

    shop.label = renumbers
    found = faults_after(shop, [*EXAMPLE, ("label", 0, 0)])
    assert any("numbers [1, 2, 4]" in words for words in found)


def test_a_rule_that_reads_the_stars_is_seen(playground, monkeypatch):
    """Planted: what is poor waits for a person, although nobody asked for that."""
    assert differences(playground, EXAMPLE, [1], [5]) == []
    settle = decisions.settle

    def reads_the_stars(review, found, *, before, now):
        if review.stars < 3 and not found.holding_claim:
            decisions._move(review, Review.State.WAITING, before=before, now=now)
        else:
            settle(review, found, before=before, now=now)

    monkeypatch.setattr(decisions, "settle", reads_the_stars)
    assert differences(playground, EXAMPLE, [1], [5]) != []


def test_a_person_who_may_withhold_poor_ratings_only_is_seen(playground, monkeypatch):
    reasons = decisions.reasons_for
    monkeypatch.setattr(
        decisions, "reasons_for", lambda review: reasons(review) if review.stars < 4 else []
    )
    assert differences(playground, EXAMPLE, [1], [5]) != []
