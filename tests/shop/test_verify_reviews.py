"""What `manage.py verify_reviews` says, and how it ends."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from reviews import log
from reviews.models import ReviewCount
from tests.reviews.makers import make_review
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db


def verify(*arguments):
    out = StringIO()
    status = 0
    try:
        call_command("verify_reviews", *arguments, stdout=out)
    except SystemExit as end:
        status = end.code
    return status, out.getvalue().splitlines()


def test_one_line_when_all_is_well_with_the_head_to_note_down():
    make_review()
    make_review()
    head = log.head()
    assert verify() == (
        0,
        [
            "All 2 reviews stand as the log says. Note its head outside of this machine: "
            f"{head.sequence}:{head.hash}"
        ],
    )
    assert verify("--noted", f"{head.sequence}:{head.hash}")[0] == 0


def test_plain_words_and_exit_status_1_when_something_differs():
    review = make_review()
    ReviewCount.objects.filter(kind="stars", key="4").update(count=7)
    miscounted = f"Product {review.product_id}: stars 4 is counted as 7 and is 1."
    assert verify() == (1, [miscounted])
    with unguarded(["reviews_logentry"]):
        review.log.filter(sequence=2).update(actor="somebody")
    sealed = "Review 1: what entry 2 seals is not what was written."
    assert verify() == (1, [sealed, miscounted])


def test_a_noted_head_that_is_gone_is_told():
    make_review()
    status, lines = verify("--noted", f"3:{'a' * 64}")
    assert (status, lines) == (1, ["Entry 3 was noted and is not there."])


def test_a_head_that_is_none_is_refused():
    with pytest.raises(CommandError, match="Give the head as it was printed"):
        verify("--noted", "yesterday")
