"""Staff correct the email of an order: its buyer is asked there, once, and the old links end."""

import pytest
from post_office.models import Email

from orders import corrections
from orders.models import DiscountCode
from reviews import invitations, links
from reviews.models import Invitation
from tests.reviews.asking_steps import DAY, reminders, requests_mailed, token_of
from tests.reviews.makers import NOW, make_content, make_invitation, make_review
from tests.reviews.test_campaigns import LABEL, make_campaign

pytestmark = pytest.mark.django_db

RIGHT = "right@example.com"


def make_asked(**fields):
    """A request that has left for the address of the order."""
    row = make_invitation(**fields)
    assert invitations.send_due(NOW) == "1 asked, 0 reminded"
    Email.objects.update(status=0)  # sent
    return row


def correct(row, email=RIGHT):
    corrections.change_email(order_id=row.order_id, email=email, actor=None)
    row.refresh_from_db()


def asked_at(email):
    return [subject for subject, to in requests_mailed() if to == [email]]


def opened_by(path):
    return links.find_invitation(path.split("/")[3])


def test_the_request_goes_to_the_corrected_address():
    correct(make_invitation())

    invitations.send_due(NOW)

    assert [to for _, to in requests_mailed()] == [[RIGHT]]


def test_a_request_that_waits_for_the_wrong_address_is_written_anew():
    row = make_invitation()
    invitations.send_due(NOW)
    old = links.invitation_path(row)

    correct(row)
    invitations.send_due(NOW + DAY)

    mail = Email.objects.get(subject__startswith="Would you review")
    assert mail.to == [RIGHT]
    assert links.invitation_path(row) in mail.message
    assert old not in mail.message
    assert opened_by(old) is None


def test_what_has_left_for_the_wrong_address_is_asked_once_at_the_right_one():
    row = make_asked()
    old, old_stop = links.invitation_path(row), token_of(row)

    correct(row)

    assert opened_by(old) is None
    assert invitations.send_due(NOW + DAY) == "1 asked, 0 reminded"
    assert invitations.send_due(NOW + 2 * DAY) == "0 asked, 0 reminded"
    row = Invitation.objects.get()
    assert row.mailed_at == NOW + DAY
    (mail,) = Email.objects.filter(to=[RIGHT], subject__startswith="Would you review")
    assert links.invitation_path(row) in mail.message
    assert old not in mail.message
    assert (opened_by(old), links.find_stop(old_stop)) == (None, None)
    assert opened_by(links.invitation_path(row)) == row
    assert len(asked_at("jo@example.com")) == 1


def test_the_corrected_address_gets_its_own_reminder_and_one_only():
    row = make_asked()
    assert invitations.send_due(NOW + 14 * DAY) == "0 asked, 1 reminded"
    Email.objects.update(status=0)

    correct(row)
    invitations.send_due(NOW + 15 * DAY)

    assert invitations.send_due(NOW + 28 * DAY) == "0 asked, 0 reminded"
    assert invitations.send_due(NOW + 29 * DAY) == "0 asked, 1 reminded"
    assert invitations.send_due(NOW + 43 * DAY) == "0 asked, 0 reminded"
    assert [mail.to for mail in reminders().order_by("pk")] == [["jo@example.com"], [RIGHT]]


def test_the_same_correction_again_asks_nobody_again():
    row = make_asked()
    correct(row)
    invitations.send_due(NOW + DAY)
    Email.objects.update(status=0)
    path = links.invitation_path(Invitation.objects.get())

    correct(row)

    assert invitations.send_due(NOW + 2 * DAY) == "0 asked, 0 reminded"
    assert opened_by(path) == row
    assert len(asked_at(RIGHT)) == 1


def test_followed_twice_before_the_next_run_the_request_goes_out_once():
    row = make_asked()
    correct(row)

    invitations.follow_email(row.order)
    invitations.send_due(NOW + DAY)

    assert len(asked_at(RIGHT)) == 1


def test_a_correction_that_is_taken_back_leaves_the_buyer_with_a_link_that_works():
    row = make_asked()
    first = links.invitation_path(row)
    correct(row)
    correct(row, "jo@example.com")

    invitations.send_due(NOW + DAY)

    last = Email.objects.filter(to=["jo@example.com"]).order_by("pk").last()
    assert links.invitation_path(row) in last.message
    assert opened_by(first) is None
    assert asked_at(RIGHT) == []


@pytest.mark.parametrize(("days", "is_asked"), [(59, True), (60, False)])
def test_it_is_too_late_for_the_corrected_address_as_for_any_other(days, is_asked):
    row = make_asked()  # due a day before
    correct(row)

    invitations.send_due(NOW + days * DAY)

    assert len(asked_at(RIGHT)) == int(is_asked)
    assert not reminders().filter(to=[RIGHT]).exists()


@pytest.mark.parametrize("stars", [1, 5])
def test_whoever_has_answered_is_not_asked_again(stars):
    row = make_asked()
    make_review(make_content(stars=stars), invitation=row)
    correct(row)

    assert invitations.send_due(NOW + DAY) == "0 asked, 0 reminded"

    assert row.mailed_at == NOW
    assert asked_at(RIGHT) == []


def test_a_corrected_address_that_wants_no_requests_gets_none():
    other = make_invitation()
    correct(other)
    invitations.stop(token_of(other), now=NOW)
    row = make_asked()

    correct(row)

    assert invitations.send_due(NOW + DAY) == "0 asked, 0 reminded"
    row.refresh_from_db()
    assert row.stopped_at == NOW + DAY
    assert asked_at(RIGHT) == []


def test_who_got_it_by_mistake_stops_mails_to_themselves_only():
    row = make_asked()
    invitations.stop(token_of(row), now=NOW)

    correct(row)

    assert invitations.send_due(NOW + DAY) == "1 asked, 0 reminded"
    assert len(asked_at(RIGHT)) == 1
    assert invitations.is_stopped("jo@example.com")


# Offers ------------------------------------------------------------------------------------------


def test_an_offer_that_was_mailed_is_kept_and_told_again():
    campaign = make_campaign()
    row = make_asked()
    campaign.is_active = False
    campaign.save()
    make_campaign(label="Another label", amount_cents=100, percent_basis_points=0)

    correct(row)
    invitations.send_due(NOW + DAY)

    row.refresh_from_db()
    assert (row.campaign, row.incentive_label) == (campaign, LABEL)
    mail = Email.objects.get(to=[RIGHT], subject__startswith="Would you review")
    assert "Our thanks: 10% off" in mail.message
    make_review(invitation=row)
    assert DiscountCode.objects.get().percent_basis_points == 1000


def test_an_offer_that_nobody_has_read_is_that_of_the_day_it_leaves():
    campaign = make_campaign()
    row = make_invitation()
    invitations.send_due(NOW)
    campaign.is_active = False
    campaign.save()

    correct(row)
    invitations.send_due(NOW + DAY)

    row.refresh_from_db()
    assert (row.campaign, row.incentive_label) == (None, "")
    assert "Our thanks" not in Email.objects.get(subject__startswith="Would").message


def test_a_code_that_was_earned_stays_with_its_campaign():
    campaign = make_campaign()
    row = make_invitation()
    invitations.send_due(NOW)
    make_review(invitation=row)

    correct(row)

    assert (row.campaign, row.incentive_label) == (campaign, LABEL)
