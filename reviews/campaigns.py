"""Thank-you codes for a review, whatever it says (16 CFR 465.4).

This module gets a request that was answered and never a review: it imports nothing that could read one, and
an import rule keeps it so (pyproject.toml). That is why its mail is queued here and not in notifications.py.
Nobody chooses who gets an offer: it goes with every request that is mailed in the campaign's time. A code that
was issued stays good, whatever becomes of the review.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from orders.models import DiscountCode
from orders.models.order import NUMBER_ALPHABET
from orders.promised_codes import Promise
from outbox.mail import queue_mail
from reviews.models.asking import Campaign, CampaignCode, Invitation

# In the letters of order numbers. 12 of 17 letters are 49 bits, and wrong codes are counted
# (orders/discounts.py).
GROUPS, GROUP_LENGTH = 3, 4


def offer_for(now: datetime) -> Campaign | None:
    """Return the campaign whose offer goes with a request mailed `now`; of several the one begun last."""
    running = Campaign.objects.filter(is_active=True, starts_at__lte=now, ends_at__gt=now)
    return running.order_by("-starts_at", "-pk").first()


@transaction.atomic
def issue(invitation: Invitation, *, now: datetime) -> CampaignCode | None:
    """Issue the code of an answered request, in the caller's transaction; None where none was promised.

    Once for each request: asked again, it returns the code there is. What was promised is kept after the
    campaign's end. The code goes to the order's email.
    """
    if invitation.campaign_id is None:
        return None
    if earlier := CampaignCode.objects.filter(invitation_id=invitation.pk).first():
        return earlier
    campaign = Campaign.objects.get(pk=invitation.campaign_id)
    discount = DiscountCode.objects.create(
        code=_new_code(),
        percent_basis_points=campaign.percent_basis_points,
        amount_cents=campaign.amount_cents,
        starts_at=now,
        ends_at=now + timedelta(days=campaign.code_days),
        max_uses=1,
        note=f"Review campaign “{campaign.name}”",
    )
    code = CampaignCode.objects.create(invitation=invitation, discount=discount, issued_at=now)
    queue_mail(
        to=invitation.order.email,
        template="reviews/campaign_code",
        context={
            "campaign": campaign,
            "code": discount,
            "product": invitation.product,
            "label": invitation.incentive_label,
        },
        reply_to=settings.STAFF_EMAIL,
    )
    return code


def promise_of(code_id: int) -> Promise | None:
    """Return which campaign promised the discount code with this key; None for any other code."""
    campaign = Campaign.objects.filter(invitations__code__discount_id=code_id).first()
    if campaign is None:
        return None
    return Promise(
        words="Somebody has earned it with a review, whatever it says. So it stays as it is.",
        name=f"Campaign “{campaign.name}”",
        path=reverse("admin:reviews_campaign_change", args=[campaign.pk]),
    )


def _new_code() -> str:
    letters = [
        "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS)
    ]
    return "-".join(("THANKS", *letters))
