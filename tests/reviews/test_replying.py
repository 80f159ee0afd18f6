"""The shop's answer below a review: one, dated, only where everybody reads both, every wording on record."""

from datetime import timedelta

import pytest
from django.db import connection
from post_office.models import Email

from claims.sources import texts_of
from reviews import replying
from reviews.models import Review, StaffReply
from reviews.published_texts import REPLY
from reviews.replying import ReplyRefused
from tests.reviews.deciding_steps import acts, chain_faults, shown, templates, waiting, withhold
from tests.reviews.makers import NOW

pytestmark = pytest.mark.django_db
WORDS = "Thank you. Warm the patch in your hand before you put it on."


def reply(review, body=WORDS, role="Customer care", **more):
    return replying.reply(review.pk, body, role, **{"actor": "ann", "now": NOW, **more})


def test_a_reply_is_dated_signed_on_record_and_told_once():
    review = shown(stars=1)

    row = reply(review, f"  {WORDS} ")

    assert (row.body, row.role, row.by, row.replied_at) == (WORDS, "Customer care", "ann", NOW)
    assert acts(review)[-1] == ("replied", "", "ann", f"Customer care: {WORDS}")
    assert templates(review) == [f"We have answered your review number {review.number}"]
    assert chain_faults() == []


def test_another_wording_replaces_it_and_the_first_stays_in_the_log():
    review = shown()
    reply(review)
    later = NOW + timedelta(days=1)
    reply(review, "Thank you.", actor="ben", now=later)

    row = StaffReply.objects.get()
    assert (row.body, row.by, row.replied_at) == ("Thank you.", "ben", later)
    assert [note for _, _, _, note in acts(review)[1:]] == [
        f"Customer care: {WORDS}",
        "Customer care: Thank you.",
    ]
    assert len(templates(review)) == 1


@pytest.mark.parametrize(
    ("make", "typed", "message"),
    [
        (waiting, {}, "not shown"),
        (shown, {"body": "  "}, "Write the reply"),
        (shown, {"role": ""}, "who speaks"),
    ],
)
def test_what_cannot_stand_is_refused_and_leaves_nothing(make, typed, message):
    review = make()
    before = acts(review), Email.objects.count()
    with pytest.raises(ReplyRefused, match=message):
        reply(review, **typed)
    assert not StaffReply.objects.exists()
    assert (acts(review), Email.objects.count()) == before


def test_the_same_words_twice_are_refused():
    review = shown()
    reply(review)
    before = acts(review)
    with pytest.raises(ReplyRefused, match="Nothing is different"):
        reply(review)
    assert acts(review) == before


def test_a_reply_is_taken_back_with_a_reason_and_stays_in_the_log():
    review = shown()
    reply(review)
    with pytest.raises(ReplyRefused, match="Say why"):
        replying.take_back(review.pk, actor="ann", note=" ", now=NOW)

    replying.take_back(review.pk, actor="ann", note="wrong review", now=NOW)

    assert not StaffReply.objects.exists()
    assert acts(review)[-1] == ("replied", "", "ann", "Reply taken back: wrong review")
    with pytest.raises(ReplyRefused, match="no reply"):
        replying.take_back(review.pk, actor="ann", note="again", now=NOW)


def test_the_claims_check_reads_a_reply_while_its_review_is_shown():
    review = shown()
    row = reply(review)
    assert [text.text for text in REPLY.public()] == [WORDS, "Customer care"]
    assert {text.context for text in REPLY.of(row)} == {"patch"}
    assert REPLY.of(row)[0].edit_path == f"/admin/reviews/review/{review.pk}/change/"

    withhold(review)

    assert list(REPLY.public()) == []
    assert connection.in_atomic_block


def test_whoever_asks_for_a_sentence_reads_it_by_its_subject():
    review = waiting(title="Odd", body="It did not stick.")
    found = {text.field: text.text for text in texts_of(f"reviews.review:{review.pk}")}
    assert found == {"title": "Odd", "body": "It did not stick.", "author_name": "Jo D."}
    assert texts_of("reviews.review:0") == texts_of("reviews.review:x") == []
    assert Review.objects.count() == 1
