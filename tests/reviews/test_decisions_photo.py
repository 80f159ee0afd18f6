"""Deciding on a photo: apart from the words, with the same reasons, and the author is told."""

import pytest
from django.conf import settings
from PIL import Image

from reviews import counting, decisions
from reviews.decisions import NotPossible
from reviews.models import Reason, Review
from tests.reviews.deciding_steps import acts, chain_faults, counts, everything, shown, templates
from tests.reviews.makers import NOW, make_content, make_review

pytestmark = pytest.mark.django_db
PhotoState = Review.PhotoState


@pytest.fixture(autouse=True)
def _media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def with_photo(**origin) -> Review:
    content = make_content(photo=Image.new("RGB", (400, 300), "teal"), photo_alt="On my wrist")
    return make_review(content, **origin)


def fresh(review: Review) -> Review:
    return Review.objects.get(pk=review.pk)


def withhold(review, **more):
    fields = {"reason": "private_data", "actor": "ann", "note": "a face", "now": NOW, **more}
    return decisions.withhold_photo(review.pk, **{"version_id": review.current_id, **fields})


def show(review, **more):
    return decisions.show_photo(
        review.pk, **{"version_id": review.current_id, "actor": "ann", "now": NOW, **more}
    )


def test_a_photo_waits_while_its_words_are_shown():
    review = with_photo()
    assert (review.state, review.photo_state) == (Review.State.SHOWN, PhotoState.WAITING)
    assert ("cell", "4|v|-|||") in counts()


def test_showing_a_photo_counts_it_and_writes_one_entry():
    review = with_photo()
    show(review)
    assert fresh(review).photo_state == PhotoState.SHOWN
    assert acts(review)[1:] == [("photo_shown", "", "ann", "")]
    assert counts()["cell", "4|v|p|||"] == 1
    assert ("cell", "4|v|-|||") not in counts()
    assert templates(review) == []
    assert counting.faults() == chain_faults() == []


def test_withholding_a_photo_leaves_the_words_and_tells_why():
    review = with_photo()
    show(review)
    withhold(review)
    row = fresh(review)
    assert (row.state, row.photo_state) == (Review.State.SHOWN, PhotoState.WITHHELD)
    assert row.photo_reason == Reason.PRIVATE_DATA
    assert acts(review)[-1] == ("photo_withheld", "private_data", "ann", "a face")
    assert templates(review) == [f"The photo of your review number {review.number}"]
    assert counts()["cell", "4|v|-|||"] == 1
    assert counting.faults() == chain_faults() == []


def test_a_claim_can_be_in_a_photo_where_no_rule_reads_it():
    review = with_photo()
    withhold(review, reason="unlawful_claim", note="the words on the pack")
    assert fresh(review).photo_reason == Reason.UNLAWFUL_CLAIM
    assert Reason.FAKE not in decisions.photo_reasons_for(review)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"reason": "ugly"}, "cannot be true"),
        ({"reason": "fake"}, "cannot be true"),
        ({"note": " "}, "Say what it is about"),
        ({"version_id": 0}, "changed it since"),
        ({"seen": 0}, "decided on it since"),
    ],
)
def test_what_is_not_possible_changes_nothing(fields, message):
    review = with_photo()
    before = everything(review)
    with pytest.raises(NotPossible, match=message):
        withhold(review, **fields)
    assert everything(review) == before


def test_there_is_no_photo_to_decide_on_without_one_or_twice_or_when_withdrawn():
    bare, twice, gone = shown(), with_photo(), with_photo()
    show(twice)
    decisions.withdraw(gone.pk, now=NOW)
    for review, message in ((bare, "no photo"), (twice, "no photo"), (gone, "withdrawn")):
        before = everything(review)
        with pytest.raises(NotPossible, match=message):
            show(review)
        assert everything(review) == before
    assert settings.MEDIA_ROOT
