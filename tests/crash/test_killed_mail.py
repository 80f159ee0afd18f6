"""The worker is killed in the middle of the mail: nothing is lost, and only what it cannot know goes twice."""

import os

import pytest
from post_office.models import STATUS, Email

from outbox import delivery
from tests.crash.killing import killed_at
from tests.crash.mailbox import FATAL, FILE, accepted

pytestmark = pytest.mark.django_db(transaction=True)

POINTS = {"mail.round_begins", "mail.batch_done"}
SUBJECTS = ("one", "two", "three", "four")


@pytest.fixture(autouse=True)
def _mailbox(settings, tmp_path, monkeypatch):
    monkeypatch.setenv(FILE, str(tmp_path / "mailbox"))
    settings.MAIL_DELIVERY = "send"
    backend = {"default": "tests.crash.mailbox.Backend"}
    settings.POST_OFFICE = {**settings.POST_OFFICE, "BACKENDS": backend}
    for subject in SUBJECTS:
        Email.objects.create(
            from_email="shop@example.com",
            to=["jo@example.com"],
            subject=subject,
            message="Hello.",
            status=STATUS.queued,
        )


@pytest.mark.parametrize(("point", "times"), [("mail.round_begins", 1), ("mail.batch_done", 2)])
def test_killed_between_mails_every_mail_arrives_once(point, times):
    assert killed_at(point, delivery.send_due, times=times)
    delivery.send_due()
    assert accepted() == dict.fromkeys(SUBJECTS, 1)
    assert set(Email.objects.values_list("status", flat=True)) == {STATUS.sent}


def test_killed_between_acceptance_and_marking_only_that_one_mail_goes_twice():
    """The mail server has it, the row does not say so: nobody can tell, and lost would be worse."""

    def send_and_die():
        os.environ[FATAL] = "three"
        delivery.send_due()

    assert killed_at("mail.batch_done", send_and_die, times=99)
    delivery.send_due()
    assert accepted() == {"one": 1, "two": 1, "three": 2, "four": 1}


def test_one_mail_that_nobody_takes_does_not_hold_up_the_others(settings):
    settings.POST_OFFICE = {
        **settings.POST_OFFICE,
        "BACKENDS": {"default": "tests.crash.mailbox.Picky"},
    }
    assert delivery.send_due() == "2 sent, 2 to retry, 0 failed"
    assert accepted() == {"three": 1, "four": 1}
