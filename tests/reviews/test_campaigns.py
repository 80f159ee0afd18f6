"""Campaigns thank for a review, whatever it says: the code cannot depend on the stars."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from post_office.models import Email

from orders import discounts
from orders.models import DiscountCode
from reviews import campaigns, decisions, invitations
from reviews.models import Campaign, CampaignCode, Invitation, Review
from tests.reviews.asking_steps import DAY
from tests.reviews.makers import NOW, make_content, make_invitation, make_review

pytestmark = pytest.mark.django_db

LABEL = "Got a code for 10% off for writing a review"


def make_campaign(**fields):
    return Campaign.objects.create(
        **{
            "name": f"Thanks {Campaign.objects.count()}",
            "label": LABEL,
            "percent_basis_points": 1000,
            "starts_at": NOW - 10 * DAY,
            "ends_at": NOW + 10 * DAY,
            **fields,
        }
    )


def make_promised(campaign=None, **fields):
    """A request whose mail has promised a code."""
    campaign = campaign or make_campaign()
    return make_invitation(
        campaign=campaign, incentive_label=campaign.label, mailed_at=NOW - DAY, **fields
    )


def code_mails():
    return Email.objects.filter(subject__startswith="Your code for")


# The offer ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "is_offered"),
    [
        ({}, True),
        ({"starts_at": NOW}, True),
        ({"starts_at": NOW + timedelta(seconds=1)}, False),
        ({"ends_at": NOW}, False),
        ({"is_active": False}, False),
    ],
)
def test_an_offer_is_made_in_its_time_only(fields, is_offered):
    campaign = make_campaign(**fields)

    assert campaigns.offer_for(NOW) == (campaign if is_offered else None)


def test_of_two_campaigns_the_one_begun_last_counts():
    make_campaign()
    later = make_campaign(starts_at=NOW - DAY)

    assert campaigns.offer_for(NOW) == later


def test_every_request_mailed_in_its_time_has_the_offer_and_none_before_or_after():
    campaign = make_campaign(starts_at=NOW, ends_at=NOW + DAY)
    due = {days: make_invitation(due_at=NOW + days * DAY) for days in (-1, 0, 1)}
    for minutes in (1, 2, 3):
        make_invitation(due_at=NOW - timedelta(minutes=minutes))

    invitations.send_due(NOW - timedelta(hours=1))
    invitations.send_due(NOW)
    invitations.send_due(NOW + DAY)

    offers = {row.pk: (row.campaign, row.incentive_label) for row in Invitation.objects.all()}
    assert offers.pop(due[-1].pk) == (None, "")
    assert offers.pop(due[1].pk) == (None, "")
    assert list(offers.values()) == [(campaign, LABEL)] * 4


def test_the_mail_tells_the_offer_and_the_label_to_everybody_alike():
    make_campaign(code_days=60)
    make_invitation()

    invitations.send_due(NOW)

    mail = Email.objects.get(subject__startswith="Would you review")
    for text in (mail.message, mail.html_message):
        assert "Our thanks: 10% off a later order." in text
        assert "good for 60 days" in text
        assert "It is the same for one dot as for five" in text
        assert f"“{LABEL}”" in text


def test_a_later_change_of_the_campaign_changes_no_label():
    campaign = make_campaign()
    row = make_invitation()
    invitations.send_due(NOW)
    Campaign.objects.filter(pk=campaign.pk).update(label="Something else")

    row.refresh_from_db()
    review = make_review(invitation=row)

    assert (row.incentive_label, review.incentive_label) == (LABEL, LABEL)


def test_the_reminder_repeats_the_promise_after_the_campaign_has_ended():
    make_campaign(ends_at=NOW + DAY)
    make_invitation()
    invitations.send_due(NOW)

    invitations.send_due(NOW + 14 * DAY)

    assert "Our thanks: 10% off" in Email.objects.get(subject__startswith="One").message


# The code ----------------------------------------------------------------------------------------


def test_an_answer_earns_a_code_that_works_once():
    row = make_promised(make_campaign(name="Autumn", code_days=90))

    review = make_review(invitation=row)

    code = CampaignCode.objects.get(invitation=row)
    discount = code.discount
    assert code.issued_at == NOW
    assert re.fullmatch(r"THANKS(-[379CDFHJKMNPRTWXY]{4}){3}", discount.code)
    assert (discount.percent_basis_points, discount.amount_cents) == (1000, 0)
    assert (discount.max_uses, discount.uses, discount.is_active) == (1, 0, True)
    assert (discount.starts_at, discount.ends_at) == (NOW, NOW + 90 * DAY)
    assert discount.note == "Review campaign “Autumn”"
    assert review.incentive_label == LABEL
    found = discounts.find(discount.code.lower())
    assert discounts.amount_off(found, items_cents=6000, now=NOW) == 600
    mail = code_mails().get()
    assert (mail.to, mail.subject) == ([row.order.email], "Your code for 10% off")
    assert discount.code in mail.message
    assert discount.code in mail.html_message
    assert "good until February 18, 2027" in mail.message


def test_an_amount_is_issued_as_an_amount():
    make_review(invitation=make_promised(make_campaign(percent_basis_points=0, amount_cents=500)))

    discount = DiscountCode.objects.get()
    assert (discount.percent_basis_points, discount.amount_cents) == (0, 500)
    assert code_mails().get().subject == "Your code for $5.00 off"


def test_no_code_is_issued_where_none_was_promised():
    make_campaign()

    make_review(invitation=make_invitation())
    make_review(source="site")

    assert not CampaignCode.objects.exists()
    assert not DiscountCode.objects.exists()
    assert not code_mails().exists()


def test_asked_again_the_same_code_comes_back():
    row = make_promised()

    codes = [campaigns.issue(row, now=NOW + day * DAY) for day in range(2)]

    assert codes[0] == codes[1] == CampaignCode.objects.get()
    assert DiscountCode.objects.count() == code_mails().count() == 1


def test_what_was_promised_is_kept_after_the_end_of_the_campaign():
    row = make_promised(make_campaign(ends_at=NOW - DAY, is_active=False))

    make_review(invitation=row)

    assert DiscountCode.objects.get().percent_basis_points == 1000


# Whatever the stars ------------------------------------------------------------------------------


def test_one_to_five_stars_earn_the_same():
    campaign = make_campaign()
    for stars in range(1, 6):
        make_review(make_content(stars=stars), invitation=make_promised(campaign))

    fields = ("percent_basis_points", "amount_cents", "starts_at", "ends_at", "max_uses", "note")
    earned = {
        review.stars: DiscountCode.objects.values_list(*fields).get(
            pk=review.invitation.code.discount_id
        )
        for review in Review.objects.all()
    }
    assert sorted(earned) == [1, 2, 3, 4, 5]
    assert len(set(earned.values())) == 1
    texts = {
        re.sub(r"THANKS[-A-Z0-9]+", "…", mail.message.replace(mail.to[0], "…"))
        for mail in code_mails()
    }
    assert (code_mails().count(), len(texts)) == (5, 1)


@pytest.mark.parametrize("stars", [1, 5])
def test_a_review_that_is_withheld_at_once_earns_it_as_well(stars):
    content = make_content(stars=stars, body="It cured my multiple sclerosis in a week.")

    review = make_review(content, invitation=make_promised())

    assert review.state == Review.State.WITHHELD
    assert CampaignCode.objects.get().invitation == review.invitation


def test_a_code_stays_good_when_its_review_is_withdrawn():
    review = make_review(invitation=make_promised())

    decisions.withdraw(review.pk, now=NOW + DAY)

    discount = DiscountCode.objects.get()
    assert (discount.is_active, discount.ends_at) == (True, NOW + 90 * DAY)
    assert discounts.amount_off(discount, items_cents=6000, now=NOW + 2 * DAY) == 600


def test_issuing_a_code_asks_the_database_nothing_about_any_review():
    row = make_promised()
    make_review(make_content(stars=1), invitation=make_invitation())
    statements = []

    def note(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        assert campaigns.issue(row, now=NOW) is not None

    tables = set(re.findall(r'"(reviews_[a-z]+)"', " ".join(statements)))
    assert tables == {"reviews_campaign", "reviews_campaigncode"}


def test_what_issues_codes_is_told_no_stars():
    fields = {field.name for field in Invitation._meta.get_fields() if field.concrete}

    assert not fields & {"stars", "rating", "review", "state", "reason"}
    assert not any(
        "review" in field.name and field.concrete for field in Campaign._meta.get_fields()
    )
