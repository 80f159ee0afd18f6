"""What a cardholder's bank says against a payment: disputes, and the warnings before them."""

from typing import Self

from django.conf import settings
from django.db import models

from orders.models.order import Order
from orders.models.payment import Payment


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """Many disputes."""

    def open(self) -> Self:
        """Disputes and inquiries that are not decided yet: nothing ships meanwhile."""
        return self.exclude(status__in=Dispute.CLOSED)

    def blocking_refunds(self) -> Self:
        """Open disputes whose money the bank has taken back: a refund would pay it a second time.

        An inquiry ("warning_…") has taken nothing; a refund is one way to answer it.
        """
        return self.open().exclude(status__startswith=Dispute.INQUIRY)

    def to_answer(self) -> Self:
        """Disputes and inquiries that await our evidence."""
        return self.filter(status__in=Dispute.WANTS_ANSWER)


class Dispute(models.Model):
    """A chargeback, or an inquiry that may become one. Kept as the gateway tells it."""

    # The gateway's words (docs.stripe.com/api/disputes/object, "status"); unknown ones count as open.
    CLOSED = frozenset({"won", "lost", "warning_closed", "prevented"})
    INQUIRY = "warning_"
    WANTS_ANSWER = frozenset({"needs_response", "warning_needs_response", "appeal_needs_response"})

    order = models.ForeignKey(Order, models.PROTECT, related_name="disputes")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes")
    reference = models.CharField(
        max_length=120, unique=True, help_text="The gateway's id of the dispute."
    )
    status = models.CharField(max_length=40)
    reason = models.CharField(max_length=60, blank=True)
    amount_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    evidence_due_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_cents = models.IntegerField(
        default=0, help_text="What the bank holds of our money now, as the gateway tells it."
    )
    # Counts every change of the row: whoever asked the gateway before one of them asks again.
    revision = models.PositiveIntegerField(default=0)
    reminded_of = models.DateTimeField(
        null=True, blank=True, help_text="The deadline of which staff have been reminded."
    )

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at", "-pk")

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        """Whether it is not decided yet."""
        return self.status not in self.CLOSED

    @property
    def is_inquiry(self) -> bool:
        """Whether the bank only asks and has taken nothing."""
        return self.status.startswith(self.INQUIRY)

    @property
    def blocks_refunds(self) -> bool:
        """Whether the bank has its hand on the money: the same as DisputeQuerySet.blocking_refunds()."""
        return self.is_open and not self.is_inquiry

    @property
    def wants_answer(self) -> bool:
        """Whether evidence is awaited until `evidence_due_at`."""
        return self.status in self.WANTS_ANSWER


class FraudWarningQuerySet(models.QuerySet["FraudWarning"]):
    """Many early fraud warnings."""

    def undecided(self) -> Self:
        """Warnings about which nobody has decided: nothing ships meanwhile."""
        return self.filter(decision=FraudWarning.Decision.OPEN)

    def to_decide(self) -> Self:
        """Undecided ones whose money the bank does not hold: where it does, its word comes first."""
        disputed = Dispute.objects.blocking_refunds().filter(payment=models.OuterRef("payment"))
        return self.undecided().exclude(models.Exists(disputed))


class FraudWarning(models.Model):
    """The bank suspects the payment; a dispute may follow. Somebody decides: ship, or pay it back."""

    class Decision(models.TextChoices):
        """What became of it."""

        OPEN = "", "Waiting for a decision"
        REFUND = "refund", "Paid back"
        SHIP = "ship", "Trusted"
        GONE = "gone", "Over: none of its money is here any more"

    order = models.ForeignKey(Order, models.PROTECT, related_name="fraud_warnings")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="fraud_warnings")
    reference = models.CharField(max_length=120, unique=True)
    fraud_type = models.CharField(max_length=60, blank=True)
    received_at = models.DateTimeField()
    decision = models.CharField(
        max_length=10, choices=Decision.choices, blank=True, default=Decision.OPEN
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = FraudWarningQuerySet.as_manager()

    class Meta:
        ordering = ("-received_at", "-pk")

    def __str__(self) -> str:
        return self.reference
