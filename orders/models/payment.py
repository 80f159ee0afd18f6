"""Money in and out: tries to pay, payments that came, refunds that went."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum

from orders.models.order import Order, OrderLine


class PaymentAttemptQuerySet(models.QuerySet["PaymentAttempt"]):
    """Many tries to pay."""

    def live(self) -> Self:
        """Tries that may still bring money: their page is open, or may be."""
        return self.filter(status__in=PaymentAttempt.LIVE)


class PaymentAttempt(models.Model):
    """One checkout session at the gateway. The row and its key exist before the gateway is asked.

    `request` is what is asked for, kept to the letter: the same key may only be used with the same
    parameters, also after a crash.
    """

    class Status(models.TextChoices):
        """What we know of the session."""

        CREATED = "created", "Not confirmed by the gateway yet"
        OPEN = "open", "Open"
        COMPLETE = "complete", "Complete"
        EXPIRED = "expired", "Expired"
        REFUSED = "refused", "Refused by the gateway"

    LIVE = frozenset({Status.CREATED, Status.OPEN})

    order = models.ForeignKey(Order, models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CREATED)
    idempotency_key = models.CharField(max_length=120, unique=True)
    request: "models.JSONField[Any, Any]" = models.JSONField()
    session_id = models.CharField(max_length=120, unique=True, null=True, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    # A hash of the buyer's network with the day in it (throttle.limits), emptied after two days.
    origin = models.CharField(max_length=64, blank=True)
    failures = models.PositiveSmallIntegerField(
        default=0, help_text="Cards that were declined on this page, as far as Stripe told us."
    )

    objects = PaymentAttemptQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["order", "number"], name="attempts_are_numbered"),
            # Two payable sessions for one order are the way to a double charge.
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status__in=["created", "open"]),
                name="one_open_session_per_order",
            ),
        )

    def __str__(self) -> str:
        return f"order {self.order_id}, attempt {self.number}"

    @property
    def is_live(self) -> bool:
        """Whether it may still bring money: the same as PaymentAttemptQuerySet.live()."""
        return self.status in self.LIVE


class Payment(models.Model):
    """Money that came for an order, recorded once whatever state the order is in."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments")
    attempt = models.ForeignKey(
        PaymentAttempt, models.PROTECT, null=True, blank=True, related_name="payments"
    )
    reference = models.CharField(
        max_length=120, unique=True, help_text="The gateway's id of the payment."
    )
    amount_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    received_at = models.DateTimeField()
    fee_cents = models.IntegerField(
        null=True, blank=True, help_text="What the gateway keeps. Empty: not told yet."
    )

    def __str__(self) -> str:
        return self.reference

    def left_cents(self) -> int:
        """Return what of it is still here: less refunds that have not failed, less what banks hold.

        May be negative: a bank can take back in full what was refunded in part.
        """
        going = self.refunds.exclude(status=Refund.Status.FAILED)
        back = going.aggregate(total=Sum("amount_cents"))["total"] or 0
        held = self.disputes.aggregate(total=Sum("withdrawn_cents"))["total"] or 0
        return self.amount_cents - back - held

    def is_disputed(self) -> bool:
        """Say whether a dispute is open in which the bank takes the money: no refund meanwhile."""
        return self.disputes.blocking_refunds().exists()


class Refund(models.Model):
    """Money on its way back. The row exists, with its key, before the gateway is asked."""

    class Status(models.TextChoices):
        """How far the refund is; the customer is told when it is settled."""

        REQUESTED = "requested", "Requested"
        SENT = "sent", "Sent to the bank"
        SETTLED = "settled", "Settled"
        FAILED = "failed", "Failed"
        IN_DOUBT = "in_doubt", "In doubt: the gateway has not answered"

    class Cause(models.TextChoices):
        """Why money goes back; the customer is told in the words that fit."""

        STAFF = "staff", "Refunded by staff"
        CANCELLED = "cancelled", "The order was canceled"
        LATE = "late", "Paid after the hold had ended, and the stock was gone"
        CLOSED = "closed", "Paid after the order had been canceled"
        DUPLICATE = "duplicate", "Paid a second time"
        FRAUD = "fraud", "An early fraud warning"
        OUTSIDE = "outside", "Made in Stripe's dashboard"

    # A refund can fail after it had succeeded: the bank may send it back. One that Stripe refused may
    # turn out to be there all the same (can_become()).
    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        Status.REQUESTED: {Status.SENT, Status.SETTLED, Status.FAILED, Status.IN_DOUBT},
        Status.IN_DOUBT: {Status.SENT, Status.SETTLED, Status.FAILED},
        Status.SENT: {Status.SETTLED, Status.FAILED},
        Status.SETTLED: {Status.FAILED},
        Status.FAILED: {Status.SENT, Status.SETTLED},
    }

    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REQUESTED)
    amount_cents = models.PositiveIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    cause = models.CharField(max_length=10, choices=Cause.choices, default=Cause.STAFF)
    idempotency_key = models.CharField(max_length=120, unique=True)
    reference = models.CharField(
        max_length=120, unique=True, null=True, blank=True, help_text="The gateway's refund id."
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="refund_not_empty"),
        )

    def __str__(self) -> str:
        return f"refund {self.pk} of order {self.order_id}"

    def can_become(self, status: str) -> bool:
        """Say whether it may move to `status`. What Stripe itself has called failed stays so."""
        is_over = self.status == self.Status.FAILED and bool(self.reference)
        return not is_over and status in self.TRANSITIONS[self.Status(self.status)]


class RefundLine(models.Model):
    """Packs that a refund pays back, and whether they go back on the shelf."""

    refund = models.ForeignKey(Refund, models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="refund_lines")
    quantity = models.PositiveSmallIntegerField()
    quantity_unshipped = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Of these so many had not left. Empty: as many as are still to ship.",
    )
    restock = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["refund", "line"], name="line_once_per_refund"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="refund_line_not_empty"),
            models.CheckConstraint(
                condition=Q(quantity_unshipped__isnull=True)
                | Q(quantity_unshipped__lte=F("quantity")),
                name="unshipped_within_refund_line",
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"
