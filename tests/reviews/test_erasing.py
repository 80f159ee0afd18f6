"""Erasing at an author's wish: the words go everywhere, the number and what was decided stay."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from reviews import counting, decisions, erasing, log, replying, submitting
from reviews.erasing import NothingToErase, NotTakenBack
from reviews.models import Flag, LogEntry, Review, ReviewPhoto, ReviewVersion, StaffReply
from tests.reviews import photo_steps
from tests.reviews.deciding_steps import (
    CLAIM,
    CURE,
    acts,
    chain_faults,
    counts,
    show,
    shown,
    waiting,
    withhold,
)
from tests.reviews.makers import NOW, make_content, make_review
from tests.reviews.photo_steps import put_at_old_names

pytestmark = pytest.mark.django_db
SECRET = "Call Wendy at 212-555-0147, it held for a day."


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def erase(review_id, **more):
    """Let its author take it back, and staff erase it."""
    decisions.withdraw(review_id, now=NOW)
    return erasing.erase(review_id, **{"actor": "ann", **more})


def picture(color="teal"):
    return Image.new("RGB", (400, 300), color)


def files(folder: Path) -> int:
    return sum(1 for path in folder.rglob("*") if path.is_file())


def test_no_word_of_the_author_is_left_and_the_number_is(django_capture_on_commit_callbacks, media):
    review = waiting(body=SECRET, author_name="Wendy", skin_type="dry", photo=picture())
    withhold(review, reason="private_data", note="“Wendy at 212-555-0147”")
    edited = make_content(author_name="Wendy", keeps_photo=True, body=f"Now {SECRET}")
    submitting.edit(review.pk, edited, now=NOW)
    assert files(media) > 0

    with django_capture_on_commit_callbacks(execute=True):
        erase(review.pk, actor="ann", note="By letter", now=NOW)

    row = Review.objects.get(pk=review.pk)
    assert (row.state, row.number, row.stars, row.email) == ("withdrawn", review.number, 4, "")
    assert (row.photo_state, row.skin_type, row.is_promotable) == ("none", "", False)
    for version in ReviewVersion.objects.all():
        assert version.is_erased
        assert version.words_hash == version.words_print == version.photo_digest == ""
    kept = str([*LogEntry.objects.values(), *Flag.objects.values(), *Review.objects.values()])
    assert "Wendy" not in kept
    assert "212-555" not in kept
    assert not ReviewPhoto.objects.exists()
    assert files(media) == 0
    assert [entry[:3] for entry in acts(review)] == [
        ("waiting", "", ""),
        ("withheld", "private_data", "ann"),
        ("edited", "", ""),
        ("waiting", "", ""),
        ("withdrawn", "", ""),
        ("erased", "", "ann"),
    ]
    assert acts(review)[-1][3] == "By letter"
    assert counts() == {("standing", "withdrawn::4"): 1}
    assert counting.faults() == chain_faults() == []


def test_a_shown_review_leaves_the_page_with_its_reply(django_capture_on_commit_callbacks):
    review = shown()
    replying.reply(review.pk, "Thank you, Jo.", "Care", actor="ann", now=NOW)
    erase(review.pk, actor="ann", now=NOW)
    assert not StaffReply.objects.exists()
    assert not Review.objects.shown().exists()
    assert counting.faults() == chain_faults() == []


def test_a_sentence_that_a_rule_quoted_goes_too():
    review = shown(body=CLAIM)
    assert Flag.objects.filter(detail=CURE).exists()
    erase(review.pk, actor="ann", now=NOW)
    assert set(Flag.objects.values_list("detail", flat=True)) == {""}


@pytest.mark.parametrize("is_shared", [False, True])
def test_the_same_picture_in_another_review_stays(django_capture_on_commit_callbacks, is_shared):
    """Also where both lie in the same files, as they did at first."""
    first = make_review(make_content(photo=picture()))
    other = make_review(make_content(photo=picture()))
    if is_shared:
        put_at_old_names(first, other)
    with django_capture_on_commit_callbacks(execute=True):
        erase(first.pk, actor="ann", now=NOW)
    assert photo_steps.files() == photo_steps.names(other)
    assert len(photo_steps.files()) == 5
    assert ReviewPhoto.objects.get().version.review_id == other.pk


def test_erasing_twice_is_refused_and_writes_nothing():
    review = shown()
    erase(review.pk, actor="ann", now=NOW)
    before = acts(review)
    with pytest.raises(NothingToErase):
        erase(review.pk, actor="ann", now=NOW)
    assert acts(review) == before


def test_an_author_may_write_again_and_is_looked_at_like_anybody():
    review = waiting()
    show(review)
    erase(review.pk, actor="ann", now=NOW)
    submitting.edit(review.pk, make_content(stars=2), now=NOW)
    row = Review.objects.get(pk=review.pk)
    assert (row.state, row.stars) == ("waiting", 2)
    assert counting.faults() == chain_faults() == []


def test_the_database_lets_a_note_go_and_nobody_rewrite_it():
    review = waiting()
    withhold(review, note="the second sentence")
    notes = LogEntry.objects.filter(kind="withheld")
    with pytest.raises(IntegrityError), transaction.atomic():
        notes.update(note="another reason")
    notes.update(note="")
    assert any("is not what was written" in fault for fault in log.verify())


def test_staff_cannot_erase_what_its_author_has_not_taken_back(client):
    for review in (shown(stars=1), waiting(), withhold(shown())):
        before = acts(review)
        with pytest.raises(NotTakenBack):
            erasing.erase(review.pk, actor="ann", note="by phone", now=NOW)
        assert acts(review) == before
        assert not Review.objects.get(pk=review.pk).current.is_erased
