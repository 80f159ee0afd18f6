"""The mails that ask for a review: once, one reminder, to the right address, until somebody stops them."""

from datetime import timedelta

import pytest
from post_office.models import Email

from orders.models import Order
from reviews import invitations, links
from reviews.models import Invitation, MailStop
from shop.lib.seo import absolute_url
from tests.reviews.asking_steps import DAY, make_shipped, reminders, requests_mailed, token_of
from tests.reviews.makers import NOW, make_content, make_invitation, make_review

pytestmark = pytest.mark.django_db


# The mail ----------------------------------------------------------------------------------------


def test_a_request_is_mailed_once_when_it_is_due():
    row = make_invitation(due_at=NOW)

    assert invitations.send_due(NOW - timedelta(seconds=1)) == "0 asked, 0 reminded"
    assert invitations.send_due(NOW) == "1 asked, 0 reminded"
    assert invitations.send_due(NOW) == "0 asked, 0 reminded"

    row.refresh_from_db()
    assert row.mailed_at == NOW
    number = row.order.number
    assert requests_mailed() == [
        (f"Would you review the B12 Patch of order {number}?", ["jo@example.com"])
    ]


def test_the_request_says_what_every_buyer_should_know():
    row = make_invitation()
    invitations.send_due(NOW)

    mail = Email.objects.get(subject__startswith="Would you review")

    stop_url = absolute_url(links.stop_path(row))
    assert mail.headers["List-Unsubscribe"] == f"<{stop_url}>"
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for text in (mail.message, mail.html_message):
        assert absolute_url(links.invitation_path(row)) in text
        assert stop_url in text
        assert "every rating is as welcome as the next" in text
        assert "Your review gets a public number." in text
        assert "no faces, no names, no addresses" in text
        assert "We send this email to our buyers in the same words, and one reminder." in text
        assert "good until May 19, 2027" in text
        assert "code" not in text


def test_one_reminder_follows_two_weeks_later():
    row = make_invitation(due_at=NOW)
    invitations.send_due(NOW)

    assert invitations.send_due(NOW + 14 * DAY - timedelta(seconds=1)) == "0 asked, 0 reminded"
    assert invitations.send_due(NOW + 14 * DAY) == "0 asked, 1 reminded"
    assert invitations.send_due(NOW + 15 * DAY) == "0 asked, 0 reminded"

    row.refresh_from_db()
    assert row.reminded_at == NOW + 14 * DAY
    mail = reminders().get()
    assert "on November 20, 2026 we asked you" in mail.message
    assert absolute_url(links.invitation_path(row)) in mail.message
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len(requests_mailed()) == 1


def test_a_shop_can_do_without_the_reminder(settings):
    settings.REVIEW_REMINDER_DAYS = 0
    make_invitation()
    invitations.send_due(NOW)

    assert invitations.send_due(NOW + 30 * DAY) == "0 asked, 0 reminded"
    assert "We send this email to our buyers in the same words." in Email.objects.get().message


@pytest.mark.parametrize("stars", [1, 5])
def test_whoever_has_answered_is_not_reminded(stars):
    row = make_invitation()
    invitations.send_due(NOW)
    make_review(make_content(stars=stars), invitation=row)

    assert invitations.send_due(NOW + 20 * DAY) == "0 asked, 0 reminded"


def test_nothing_is_sent_after_the_end_of_the_link():
    make_invitation(expires_at=NOW)
    make_invitation(mailed_at=NOW - 14 * DAY, expires_at=NOW)

    assert invitations.send_due(NOW) == "0 asked, 0 reminded"
    assert not Email.objects.exists()


def test_after_a_long_outage_nobody_is_asked_about_long_ago():
    late = make_invitation(due_at=NOW - 60 * DAY)
    too_late = make_invitation(due_at=NOW - 60 * DAY - timedelta(seconds=1))
    make_invitation(due_at=NOW - 100 * DAY, mailed_at=NOW - 75 * DAY)

    assert invitations.send_due(NOW) == "1 asked, 0 reminded"

    late.refresh_from_db()
    too_late.refresh_from_db()
    assert (late.mailed_at, too_late.mailed_at) == (NOW, None)


def test_orders_of_long_ago_are_not_planned_when_reviews_begin():
    make_shipped(left=NOW - 181 * DAY)

    assert invitations.plan(NOW) == 0


def test_a_run_mails_a_bounded_number_the_longest_due_first(monkeypatch):
    monkeypatch.setattr(invitations, "MAILED_AT_ONCE", 2)
    rows = [make_invitation(due_at=NOW - days * DAY) for days in (1, 3, 2)]

    assert invitations.send_due(NOW) == "2 asked, 0 reminded"

    for row in rows:
        row.refresh_from_db()
    assert [row.mailed_at for row in rows] == [None, NOW, NOW]
    assert invitations.send_due(NOW) == "1 asked, 0 reminded"


# The stop ----------------------------------------------------------------------------------------


def test_one_click_ends_all_requests_to_an_address():
    first, second = make_invitation(), make_invitation()
    other = make_invitation(due_at=NOW - 2 * DAY)
    Order.objects.filter(pk=second.order_id).update(email="Jo@Example.COM")
    Order.objects.filter(pk=other.order_id).update(email="else@example.com")

    assert invitations.stop(token_of(first), now=NOW) is True

    assert invitations.send_due(NOW) == "1 asked, 0 reminded"
    assert [to for _, to in requests_mailed()] == [["else@example.com"]]
    for row in (first, second, other):
        row.refresh_from_db()
    assert (first.stopped_at, second.stopped_at, other.stopped_at) == (NOW, NOW, None)


def test_a_stop_holds_for_orders_of_later():
    invitations.stop(token_of(make_invitation()), now=NOW - 90 * DAY)
    later = make_shipped(email="JO@example.com")

    assert invitations.plan(NOW) == 1
    assert invitations.send_due(NOW) == "0 asked, 0 reminded"

    row = Invitation.objects.get(order=later)
    assert (row.mailed_at, row.stopped_at) == (None, NOW)
    assert requests_mailed() == []


def test_a_stop_ends_the_reminder_and_takes_back_what_has_not_left():
    row = make_invitation()
    invitations.send_due(NOW)

    invitations.stop(token_of(row), now=NOW)

    assert requests_mailed() == []
    assert invitations.send_due(NOW + 14 * DAY) == "0 asked, 0 reminded"


def test_stopping_twice_is_harmless_and_an_unknown_link_is_told():
    row = make_invitation()

    assert [invitations.stop(token_of(row), now=NOW + day * DAY) for day in (0, 1)] == [True, True]
    assert invitations.stop("nothing", now=NOW) is False
    assert invitations.stop(token_of(row)[:-1], now=NOW) is False

    assert MailStop.objects.get().stopped_at == NOW


def test_a_stop_keeps_no_address_and_survives_a_new_key_of_the_shop(settings):
    invitations.stop(token_of(make_invitation()), now=NOW)
    key = MailStop.objects.get().address_key

    assert len(key) == 64
    assert "jo" not in key
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-key"
    assert not invitations.is_stopped("jo@example.com")
    settings.SECRET_KEY_FALLBACKS = [old]
    assert invitations.is_stopped(" Jo@example.com")
    assert not invitations.is_stopped("joe@example.com")


def test_a_stopped_request_can_still_be_answered():
    row = make_invitation()
    invitations.stop(token_of(row), now=NOW)

    assert make_review(invitation=row).is_verified


def test_what_has_left_stays_on_record_after_a_stop():
    row = make_invitation()
    invitations.send_due(NOW)
    Email.objects.update(status=0)  # sent

    invitations.stop(token_of(row), now=NOW)

    assert len(requests_mailed()) == 1
