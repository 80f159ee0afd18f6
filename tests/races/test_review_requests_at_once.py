"""Two runs ask for reviews at the same moment, on a real database: everybody is asked once."""

from datetime import timedelta

import pytest
from django.db.models import QuerySet
from post_office.models import Email

from orders import corrections
from orders.models import DiscountCode
from reviews import campaigns, invitations, links
from reviews.models import CampaignCode, Invitation
from tests.races.at_once import at_once, errors_in, meeting
from tests.reviews.asking_steps import make_shipped, token_of
from tests.reviews.makers import NOW, make_invitation
from tests.reviews.test_campaigns import make_campaign

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

RUNS = 4
ROWS = 3
LATER = NOW + timedelta(days=20)


def meet_before_marking(monkeypatch, looking):
    """All runs have seen the same due rows before the first of them marks one."""
    everybody_has_looked = meeting(RUNS)
    look = getattr(invitations, looking)

    def look_and_wait(now):
        found = look(now)
        everybody_has_looked()
        return found

    monkeypatch.setattr(invitations, looking, look_and_wait)


def mails_to_each_link():
    rows = Invitation.objects.order_by("pk")
    return [
        Email.objects.filter(message__contains=links.invitation_path(row)).count() for row in rows
    ]


def test_runs_at_once_send_every_request_once(monkeypatch):
    for _ in range(ROWS):
        make_invitation()
    meet_before_marking(monkeypatch, "_due")

    outcomes = at_once([lambda: invitations.send_due(NOW)] * RUNS)

    assert errors_in(outcomes) == []
    assert mails_to_each_link() == [1] * ROWS
    assert sum(int(outcome.split()[0]) for outcome in outcomes) == ROWS


def test_runs_at_once_send_every_reminder_once(monkeypatch):
    for _ in range(ROWS):
        make_invitation(mailed_at=NOW)
    meet_before_marking(monkeypatch, "_to_remind")

    assert errors_in(at_once([lambda: invitations.send_due(LATER)] * RUNS)) == []

    assert mails_to_each_link() == [1] * ROWS


def test_without_the_comparison_the_same_race_asks_several_times(monkeypatch):
    make_invitation()
    meet_before_marking(monkeypatch, "_due")
    compare = QuerySet.filter

    def filter_on_trust(rows, *args, **fields):
        if rows.model is Invitation and "mailed_at" in fields and "pk" in fields:
            fields = {"pk": fields["pk"]}
        return compare(rows, *args, **fields)

    monkeypatch.setattr(QuerySet, "filter", filter_on_trust)

    at_once([lambda: invitations.send_due(NOW)] * RUNS)

    assert mails_to_each_link() == [RUNS]


def test_plans_at_once_make_one_request_for_each_order():
    for _ in range(ROWS):
        make_shipped()

    outcomes = at_once([lambda: invitations.plan(NOW)] * RUNS)

    assert errors_in(outcomes) == []
    assert sum(outcomes) == ROWS
    assert Invitation.objects.count() == ROWS


def test_nobody_is_asked_after_a_stop_however_close_it_was():
    for _ in range(5):
        Email.objects.all().delete()
        row = make_invitation()

        outcomes = at_once(
            [
                lambda: invitations.send_due(NOW),
                lambda row=row: invitations.stop(token_of(row), now=NOW),
            ]
        )

        assert errors_in(outcomes) == []
        row.refresh_from_db()
        assert row.stopped_at == NOW
        assert not Email.objects.filter(message__contains=links.invitation_path(row)).exists()


def test_no_request_goes_to_an_address_that_is_corrected_at_the_same_moment():
    for number in range(5):
        row = make_invitation()
        right = f"right{number}@example.com"

        outcomes = at_once(
            [
                lambda: invitations.send_due(NOW),
                lambda row=row, right=right: corrections.change_email(
                    order_id=row.order_id, email=right, actor=None
                ),
            ]
        )
        invitations.send_due(NOW)

        assert errors_in(outcomes) == []
        row.refresh_from_db()
        (mail,) = Email.objects.filter(
            subject__startswith="Would you review", message__contains=row.order.number
        )
        assert mail.to == [right]
        assert links.invitation_path(row) in mail.message


def test_an_answer_sent_twice_at_once_earns_one_code():
    row = make_invitation(campaign=make_campaign(), incentive_label="Got a code", mailed_at=NOW)

    at_once([lambda: campaigns.issue(row, now=NOW)] * RUNS)

    assert CampaignCode.objects.count() == DiscountCode.objects.count() == 1
