"""Staff see how reviews are asked for, and make campaigns; they choose nobody."""

from datetime import timedelta

import pytest

from reviews import invitations
from reviews.models import Campaign, Invitation
from tests.orders.admin_steps import log_in, words_of
from tests.reviews.makers import NOW, make_content, make_invitation, make_review
from tests.reviews.test_campaigns import LABEL, make_campaign

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
REQUESTS = "/admin/reviews/invitation/"
CAMPAIGNS = "/admin/reviews/campaign/"
MAY = ("reviews.view_campaign", "reviews.add_campaign", "reviews.change_campaign")
TYPED = {
    "name": "Autumn",
    "label": LABEL,
    "percent_basis_points": "10",
    "amount_cents": "",
    "code_days": "90",
    "starts_at": "2026-11-01T00:00",
    "ends_at": "2026-12-01T00:00",
    "is_active": "on",
}


def edit_address(campaign):
    return f"{CAMPAIGNS}{campaign.pk}/change/"


# Requests ----------------------------------------------------------------------------------------


def test_the_list_says_where_each_request_stands():
    make_review(make_content(stars=1), invitation=make_invitation(mailed_at=NOW - DAY))
    make_invitation(mailed_at=NOW - DAY)
    make_invitation(mailed_at=NOW - DAY, reminded_at=NOW)
    make_invitation(stopped_at=NOW)
    make_invitation(due_at=NOW - 90 * DAY)
    make_invitation(due_at=NOW + 900 * DAY, expires_at=NOW + 1000 * DAY)
    client, _ = log_in("reviews.view_invitation")

    words = words_of(client.get(REQUESTS))

    for state in (
        *("Answered", "Mailed", "Reminded", "Stopped by the buyer"),
        *("Too late to be sent", "Waits"),
    ):
        assert words.count(f"B12 Patch {state}") == 1


def test_more_requests_take_no_more_queries(django_assert_num_queries):
    client, _ = log_in("reviews.view_invitation")
    make_invitation()
    client.get(REQUESTS)
    for _ in range(3):
        make_invitation(campaign=make_campaign(), incentive_label=LABEL)

    with django_assert_num_queries(8):
        assert client.get(REQUESTS).status_code == 200


def test_nobody_makes_changes_or_deletes_a_request_and_its_link_is_shown_to_nobody():
    row = make_invitation()
    client, _ = log_in(
        *(f"reviews.{act}_{name}" for name in ("invitation", "mailstop") for act in ACTS)
    )

    page = client.get(f"{REQUESTS}{row.pk}/change/")

    assert page.status_code == 200
    assert row.nonce not in page.content.decode()
    assert "Save" not in words_of(page)
    for path in (f"{REQUESTS}add/", f"{REQUESTS}{row.pk}/delete/", "/admin/reviews/mailstop/add/"):
        assert client.get(path).status_code == 403
    client.post(f"{REQUESTS}{row.pk}/change/", {"stopped_at_0": "2026-11-20"})
    assert Invitation.objects.get().stopped_at is None


ACTS = ("view", "add", "change", "delete")


def test_a_request_is_found_by_the_number_of_its_order():
    row, other = make_invitation(), make_invitation()
    client, _ = log_in("reviews.view_invitation")

    words = words_of(client.get(REQUESTS, {"q": row.order.number}))

    assert row.order.number in words
    assert other.order.number not in words


# Campaigns ---------------------------------------------------------------------------------------


def test_a_campaign_is_made_in_percent():
    client, _ = log_in(*MAY)

    assert client.post(f"{CAMPAIGNS}add/", TYPED).status_code == 302

    campaign = Campaign.objects.get()
    assert (campaign.label, campaign.percent_basis_points, campaign.amount_cents) == (
        LABEL,
        1000,
        0,
    )
    assert "Autumn 10%" in words_of(client.get(CAMPAIGNS))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"label": ""}, "This field is required."),
        ({"amount_cents": "5.00"}, "a percentage or an amount, not both"),
        ({"percent_basis_points": ""}, "a percentage or an amount above zero"),
        ({"percent_basis_points": "101"}, "less than or equal to 100"),
        ({"ends_at": "2026-10-01T00:00"}, "The end must come after the start."),
        ({"label": "Got a code for telling how it cured fatigue"}, "Change it, or"),
    ],
)
def test_a_campaign_that_makes_no_sense_is_refused(typed, message):
    client, _ = log_in(*MAY)

    page = client.post(f"{CAMPAIGNS}add/", {**TYPED, **typed})

    assert page.status_code == 200
    assert message in words_of(page)
    assert not Campaign.objects.exists()


def test_a_campaign_that_was_promised_can_only_end():
    campaign = make_campaign(name="Autumn")
    make_invitation()
    invitations.send_due(NOW)
    client, _ = log_in(*MAY, "reviews.delete_campaign")
    changed = {
        **TYPED,
        "label": "Something else",
        "percent_basis_points": "50",
        "code_days": "1",
        "ends_at": "2026-11-21T00:00",
        "is_active": "",
    }

    assert client.post(edit_address(campaign), changed).status_code == 302
    assert client.get(f"{CAMPAIGNS}{campaign.pk}/delete/").status_code == 403

    campaign.refresh_from_db()
    assert (campaign.label, campaign.percent_basis_points, campaign.code_days) == (LABEL, 1000, 90)
    assert not campaign.is_active
    assert campaign.ends_at < NOW + DAY


def test_a_campaign_that_nobody_was_told_of_can_be_changed_and_deleted():
    campaign = make_campaign()
    client, _ = log_in(*MAY, "reviews.delete_campaign")

    assert client.post(edit_address(campaign), {**TYPED, "label": "Other"}).status_code == 302

    campaign.refresh_from_db()
    assert campaign.label == "Other"
    assert client.get(f"{CAMPAIGNS}{campaign.pk}/delete/").status_code == 200


def test_the_end_of_a_promised_campaign_stays_after_its_start():
    campaign = make_campaign()
    make_invitation(campaign=campaign, incentive_label=LABEL)
    client, _ = log_in(*MAY)

    page = client.post(edit_address(campaign), {"ends_at": "2020-01-01T00:00"})

    assert "The end must come after the start." in words_of(page)


def test_campaigns_need_their_permission():
    client, _ = log_in("reviews.view_invitation")

    assert client.get(CAMPAIGNS).status_code == 403
    assert client.get(f"{CAMPAIGNS}add/").status_code == 403
