"""What the nightly proof of reviews tells the log of the shop."""

import logging

import pytest

from reviews.models import FairnessCheck
from shop import schedule
from tests.reviews.makers import make_review
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db


def test_a_review_tampered_with_is_an_error_and_fairness_is_looked_at_all_the_same(caplog):
    review = make_review()
    with unguarded(["reviews_logentry"]):
        review.log.filter(sequence=2).update(actor="somebody")
    with caplog.at_level(logging.INFO, logger="shop.schedule"):
        schedule.prove_reviews.call_local()
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert told == ["reviews: Review 1: what entry 2 seals is not what was written."]
    assert FairnessCheck.objects.get().is_fair


def test_a_night_without_findings_logs_no_error(caplog):
    make_review()
    with caplog.at_level(logging.INFO, logger="shop.schedule"):
        schedule.prove_reviews.call_local()
    assert [(one.levelname, one.getMessage()[-4:]) for one in caplog.records] == [("INFO", "fair")]
