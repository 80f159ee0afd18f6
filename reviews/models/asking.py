"""Asking for reviews: one request for each delivered order, campaigns that thank, and who must say so."""

from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import Q

from orders.models import DiscountCode, Order, OrderLine
from products.models import Product
from shop.lib import public_mail
from shop.lib.money import format_cents
from shop.lib.tokens import new_nonce


class Campaign(models.Model):
    """A thank-you for a review, whatever it says: a single-use discount code, issued on submission.

    The label is printed beside the stars of every review that came with it. Nothing here can read a review:
    reviews/campaigns.py gets an invitation and never what was written.
    """

    name = models.CharField(max_length=80, unique=True, help_text="For staff.")
    label = models.CharField(
        max_length=160,
        help_text="Printed beside the stars, such as “Got a code for 10 % off for writing a review”.",
    )
    percent_basis_points = models.PositiveIntegerField(
        "percent off", default=0, help_text="1000 is 10 %."
    )
    amount_cents = models.PositiveIntegerField("amount off (cents)", default=0)
    code_days = models.PositiveSmallIntegerField("days that a code is good for", default=90)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("-starts_at",)
        constraints = (
            models.CheckConstraint(condition=~Q(label=""), name="campaign_has_label"),
            models.CheckConstraint(
                condition=Q(percent_basis_points=0, amount_cents__gt=0)
                | Q(percent_basis_points__gt=0, percent_basis_points__lte=10_000, amount_cents=0),
                name="campaign_is_percent_or_amount",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="campaign_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def value(self) -> str:
        """What its codes take off, in words."""
        if self.amount_cents:
            return format_cents(self.amount_cents)
        return f"{self.percent_basis_points / 100:g}%"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Many requests."""

    def unanswered(self) -> Self:
        """Requests that nobody has answered with a review."""
        return self.filter(review=None)


class Invitation(models.Model):
    """The request to review one product of one delivered order. Its link is signed (reviews/links.py)."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    order_line = models.OneToOneField(OrderLine, models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    incentive_label = models.CharField(max_length=160, blank=True)
    nonce = models.CharField(max_length=24, default=new_nonce)
    delivered_at = models.DateTimeField(help_text="Known, or by how long the parcel takes.")
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-due_at",)
        verbose_name = "review request"
        constraints = (
            models.UniqueConstraint(fields=["order", "product"], name="asked_once_for_each_order"),
            models.CheckConstraint(
                condition=Q(reminded_at__isnull=True) | Q(mailed_at__isnull=False),
                name="reminded_after_the_request",
            ),
        )
        indexes = (models.Index(fields=["mailed_at", "due_at"], name="invitation_due"),)

    def __str__(self) -> str:
        return f"Request for {self.order_id}"


class CampaignCode(models.Model):
    """The code that one request earned by being answered."""

    invitation = models.OneToOneField(Invitation, models.PROTECT, related_name="code")
    discount = models.OneToOneField(DiscountCode, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Code for request {self.invitation_id}"


class MailStop(models.Model):
    """An address that wants no more requests, as a keyed hash: nobody can read it here."""

    address_key = models.CharField(max_length=64, unique=True)
    stopped_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Stop since {self.stopped_at:%Y-%m-%d}"


class Insider(models.Model):
    """Somebody whose tie to the shop has to stand beside their review: by email address or its domain."""

    class Tie(models.TextChoices):
        """What ties them to us."""

        STAFF = "staff", "Works for the shop"
        FAMILY = "family", "Family or friend of somebody at the shop"
        PARTNER = "partner", "Earns a commission as a partner"
        SAMPLE = "sample", "Got the product for free"

    TOO_WIDE = (
        "Anybody can have an address there: all of them would be labeled. Write whole addresses, or the domain "
        "of one company."
    )

    address = models.CharField(
        max_length=254,
        unique=True,
        help_text="name@example.com, or @example.com for everybody there. Kept in lower case.",
    )
    tie = models.CharField(max_length=8, choices=Tie.choices)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("address",)

    def __str__(self) -> str:
        return self.address

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep addresses in lower case: they are compared so."""
        self.address = self.address.strip().lower()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        """Raise ValidationError for what is no address, and for a domain at which anybody may be."""
        super().clean()
        address = self.address.strip().lower()
        try:
            validate_email(f"name{address}" if address.startswith("@") else address)
        except ValidationError as error:
            if not self.covers_everybody:
                message = "Write name@example.com, or @example.com for everybody there."
                raise ValidationError({"address": message}) from error
        if self.covers_everybody:
            raise ValidationError({"address": self.TOO_WIDE})

    @property
    def covers_everybody(self) -> bool:
        """Whether it names a domain that tells nothing of who writes from it, such as @gmail.com."""
        address = self.address.strip().lower()
        return address[:1] == "@" and public_mail.is_for_everybody(address[1:])
