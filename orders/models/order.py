"""Orders: what was bought, by whom, at which prices, and everything that happened since."""

import secrets
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q

from orders.addresses import country_name
from policies.models import PolicyVersion
from products.models import Variant
from shop.lib.tokens import new_token, start_of_token

# No look-alikes (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, 4 A, U V) and no vowels, so no words by accident.
NUMBER_ALPHABET = "379CDFHJKMNPRTWXY"
NUMBER_LENGTH = 7


class TransitionNotAllowed(Exception):
    """The order is not in a state from which this can happen (any more)."""


def new_number() -> str:
    """Return a random order number: short to read out, impossible to count or to guess next."""
    return "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(NUMBER_LENGTH))


class OrderQuerySet(models.QuerySet["Order"]):
    """Many orders."""

    def to_ship(self) -> Self:
        """Paid orders that still have to leave, and may."""
        return self.filter(TO_SHIP)

    def in_review(self) -> Self:
        """Orders that wait for somebody to look at them."""
        return self.filter(needs_review=True)

    def unpaid(self) -> Self:
        """Orders that wait for their payment."""
        return self.filter(status=Order.Status.PENDING)


class Order(models.Model):
    """One purchase. Names, prices and taxes are copies: later changes of the catalogue leave it alone.

    All `*_cents` are minor units of `currency`. `total_cents` is what the customer saw and agreed to.
    """

    class Status(models.TextChoices):
        """Where the order stands. Payments, refunds and parcels have states of their own."""

        PENDING = "pending", "Waiting for payment"
        PAID = "paid", "Paid, to be shipped"
        SHIPPED = "shipped", "Shipped"
        CANCELLED = "cancelled", "Canceled"
        EXPIRED = "expired", "Expired unpaid"

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        Status.PENDING: {Status.PAID, Status.CANCELLED, Status.EXPIRED},
        Status.PAID: {Status.SHIPPED, Status.CANCELLED},
        # Paid: a payment that came late, with stock left. Cancelled: by staff, as its page closed.
        Status.EXPIRED: {Status.PAID, Status.CANCELLED},
        Status.SHIPPED: set(),
        Status.CANCELLED: set(),
    }

    number = models.CharField(max_length=12, unique=True, default=new_number)
    token = models.CharField(max_length=64, unique=True, default=new_token)
    token_start = start_of_token()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    needs_review = models.BooleanField(default=False)
    is_frozen = models.BooleanField(
        default=False,
        editable=False,
        help_text="A dispute is open or a fraud warning undecided: nothing ships.",
    )
    is_demo = models.BooleanField(default=False)

    email = models.EmailField()
    name = models.CharField(max_length=100)
    line1 = models.CharField("street address", max_length=120)
    line2 = models.CharField("apartment, suite", max_length=120, blank=True)
    city = models.CharField(max_length=80)
    region = models.CharField("state", max_length=80, blank=True)
    postal_code = models.CharField("ZIP code", max_length=16, blank=True)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=32, blank=True)

    currency = models.CharField(max_length=3)
    items_cents = models.PositiveIntegerField(help_text="Goods before the discount.")
    discount_cents = models.PositiveIntegerField(default=0)
    shipping_cents = models.PositiveIntegerField()
    tax_cents = models.PositiveIntegerField()
    total_cents = models.PositiveIntegerField()
    shipping_tax_cents = models.PositiveIntegerField(default=0)
    discount_code = models.CharField(max_length=40, blank=True)
    shipping_code = models.CharField(max_length=40)
    shipping_name = models.CharField(max_length=120)
    is_expedited = models.BooleanField(
        default=False, help_text="Sent faster than the slowest way that was offered."
    )

    policy_versions = models.ManyToManyField(PolicyVersion, related_name="+")
    # What the customer's cart and address looked like: the same again is the same order.
    fingerprint = models.CharField(max_length=64, db_index=True)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="End of the payment window and of the stock hold.")
    paid_at = models.DateTimeField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    total_cents=F("items_cents")
                    - F("discount_cents")
                    + F("shipping_cents")
                    + F("tax_cents")
                ),
                name="order_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(discount_cents__lte=F("items_cents")), name="discount_within_items"
            ),
        )
        indexes = (
            models.Index(fields=["status", "expires_at"], name="order_unpaid_by_time"),
            models.Index(fields=["-placed_at"], name="order_newest_first"),
            models.Index(fields=["email"], name="order_by_email"),
        )
        permissions = (
            ("ship_order", "Can ship orders"),
            ("cancel_order", "Can cancel orders"),
            ("refund_order", "Can refund orders"),
            ("resend_mail", "Can send an order's mails again"),
            ("review_order", "Can settle orders that need review"),
            ("change_order_address", "Can correct address, email and tracking of orders"),
        )

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the path of the customer's own page of this order."""
        return f"/order/{self.token}/"

    # Verbs. Each moves the status once, or raises TransitionNotAllowed and changes nothing.

    def mark_paid(self, paid_at: Any) -> None:
        """The money is here. `paid_at` is an aware datetime."""
        self._transition_to(Order.Status.PAID, paid_at=paid_at)

    def mark_shipped(self) -> None:
        """Everything has left."""
        self._transition_to(Order.Status.SHIPPED)

    def mark_cancelled(self) -> None:
        """Nothing of it will be shipped."""
        self._transition_to(Order.Status.CANCELLED)

    def mark_expired(self) -> None:
        """The payment window closed without money."""
        self._transition_to(Order.Status.EXPIRED)

    def set_review(self, *, needs_review: bool) -> None:
        """Put the order on the list of those a person has to look at, or take it off."""
        Order.objects.filter(pk=self.pk).update(needs_review=needs_review)
        self.needs_review = needs_review

    # Facts. None of these asks the database.

    @property
    def is_pending(self) -> bool:
        """Whether it waits for payment."""
        return self.status == Order.Status.PENDING

    @property
    def is_unpaid(self) -> bool:
        """Whether it waits for payment, or has waited in vain."""
        return self.status in {Order.Status.PENDING, Order.Status.EXPIRED}

    @property
    def is_paid(self) -> bool:
        """Whether it is paid for and alive."""
        return self.status in {Order.Status.PAID, Order.Status.SHIPPED}

    @property
    def address_lines(self) -> list[str]:
        """The address as it is written on a parcel."""
        place = f"{self.city}, {self.region} {self.postal_code}".replace(",  ", " ").strip(" ,")
        lines = [self.name, self.line1, self.line2, place, country_name(self.country)]
        return [line for line in lines if line]

    # Where its money is. Each of these asks the database.

    @property
    def is_money_with_bank(self) -> bool:
        """Whether a bank has taken some of its money, for a dispute that is open or lost."""
        return self.disputes.filter(withdrawn_cents__gt=0).exists()

    def left_cents(self) -> int:
        """Return how much of the money that came for it is still here (Payment.left_cents)."""
        return sum(max(0, payment.left_cents()) for payment in self.payments.all())

    def awaits_money(self) -> bool:
        """Whether money of it is here or may come back: a refund under way, a dispute undecided."""
        is_going = self.refunds.exclude(status__in=["settled", "failed"]).exists()
        return is_going or self.left_cents() > 0 or self.disputes.open().exists()

    def _transition_to(self, status: "Order.Status", **fields: Any) -> None:
        old = self.status
        if status not in self.TRANSITIONS[Order.Status(old)]:
            msg = f"Order {self.number} is {old}; it cannot become {status}."
            raise TransitionNotAllowed(msg)
        with transaction.atomic():
            # Compare and set: of two at once exactly one changes the row.
            changed = Order.objects.filter(pk=self.pk, status=old).update(status=status, **fields)
            if changed != 1:
                msg = f"Order {self.number} has just changed."
                raise TransitionNotAllowed(msg)
        self.status = status
        for name, value in fields.items():
            setattr(self, name, value)


TO_SHIP = Q(status=Order.Status.PAID, needs_review=False, is_frozen=False)


class OrderLine(models.Model):
    """Some packs of one variant in an order, as they were sold."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+")
    sku = models.CharField("SKU", max_length=40)
    product_name = models.CharField(max_length=120)
    variant_name = models.CharField(max_length=80)
    unit_price_cents = models.PositiveIntegerField()
    quantity = models.PositiveSmallIntegerField()
    discount_cents = models.PositiveIntegerField(default=0)
    tax_percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    tax_cents = models.PositiveIntegerField(default=0)
    # Kept beside the rows they sum up, under a lock on the order, so that pages need no sums.
    quantity_shipped = models.PositiveSmallIntegerField(default=0, editable=False)
    quantity_withdrawn = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="Refunded or canceled before it was shipped."
    )

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_line_not_empty"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("quantity_shipped") + F("quantity_withdrawn")),
                name="not_more_shipped_than_ordered",
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"

    @property
    def total_cents(self) -> int:
        """What the line costs after its share of the discount, before tax."""
        return self.unit_price_cents * self.quantity - self.discount_cents

    @property
    def quantity_open(self) -> int:
        """Packs that still have to be shipped."""
        return self.quantity - self.quantity_shipped - self.quantity_withdrawn


class OrderEvent(models.Model):
    """Something that happened to an order: its timeline, its audit, and what effects follow from."""

    class Type(models.TextChoices):
        """Past participles; what follows each of them stands in shop/event_handlers.py."""

        PLACED = "placed", "Order placed"
        PAYMENT_STARTED = "payment_started", "Sent to the payment page"
        PAYMENT_UNAVAILABLE = "payment_unavailable", "The payment page could not be reached"
        PAYMENT_RECEIVED = "payment_received", "Payment received"
        PAYMENT_FAILED = "payment_failed", "Payment failed"
        CARD_DECLINED = "card_declined", "Card declined"
        PAYMENT_RETURNED = "payment_returned", "Payment to be sent back"
        PAYMENT_ACCEPTED = "payment_accepted", "Payment accepted as it is"
        PAID = "paid", "Order paid"
        NEEDS_REVIEW = "needs_review", "Needs review"
        REVIEWED = "reviewed", "Review settled"
        SHIPPED = "shipped", "Parcel shipped"
        DELIVERED = "delivered", "Parcel delivered"
        CANCELLED = "cancelled", "Order canceled"
        EXPIRED = "expired", "Payment window closed"
        REFUND_REQUESTED = "refund_requested", "Refund requested"
        REFUND_SETTLED = "refund_settled", "Refund sent"
        REFUND_FAILED = "refund_failed", "Refund failed"
        REFUND_IN_DOUBT = "refund_in_doubt", "Refund in doubt"
        DISPUTE_OPENED = "dispute_opened", "Payment disputed"
        DISPUTE_UPDATED = "dispute_updated", "Dispute moved on"
        DISPUTE_WON = "dispute_won", "Dispute won"
        DISPUTE_LOST = "dispute_lost", "Dispute lost"
        DISPUTE_CLOSED = "dispute_closed", "Inquiry closed"
        DISPUTE_DUE = "dispute_due", "Answer to a dispute is due"
        FRAUD_WARNED = "fraud_warned", "Early fraud warning"
        FRAUD_DECIDED = "fraud_decided", "Fraud warning decided"
        ADDRESS_CHANGED = "address_changed", "Address changed"
        EMAIL_CHANGED = "email_changed", "Email changed, new link"
        TRACKING_CORRECTED = "tracking_corrected", "Tracking corrected"
        MAIL_RESENT = "mail_resent", "Mail sent again"
        NOTE_ADDED = "note_added", "Note"

    order = models.ForeignKey(Order, models.CASCADE, related_name="events")
    type = models.CharField(max_length=24, choices=Type.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    data: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=["order", "created_at"], name="event_by_order"),)

    def __str__(self) -> str:
        return f"{self.order_id}: {self.type}"
