"""The money ledger: one row for each time money touched our balance at the payment gateway.

Rows are only ever added, by books/ledger.py; triggers refuse anything else (shop/lib/append_only.py).
"""

from typing import Self

from django.db import models
from django.db.models import Q, Sum

from shop.lib.hash_chain import START, Fact, Link


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    """Many entries."""

    def of_orders_money(self) -> Self:
        """Entries that make an order's balance: what its buyer paid and got back. Fees are ours."""
        return self.filter(kind__in=LedgerEntry.ORDER_KINDS)

    def total_cents(self) -> int:
        """Return their sum."""
        return int(self.aggregate(total=Sum("amount_cents"))["total"] or 0)


class LedgerEntry(models.Model):
    """One movement of money. `amount_cents` is in minor units of `currency`, negative when it left us.

    A mistake is put right by another entry, never by a change. Hashes: shop/lib/hash_chain.py, over
    `facts()`.
    """

    class Kind(models.TextChoices):
        """Why money came or went."""

        PAYMENT = "payment", "Payment"
        FEE = "fee", "Stripe's fee"
        REFUND = "refund", "Refund"
        REFUND_FAILED = "refund_failed", "Refund came back"
        DISPUTE = "dispute", "Dispute: money taken"
        DISPUTE_WON = "dispute_won", "Dispute: money returned"
        DISPUTE_FEE = "dispute_fee", "Stripe's fee for a dispute"

    # The database holds these signs; a dispute's fee is taken and may be given back.
    KINDS_THAT_ADD = (Kind.PAYMENT, Kind.REFUND_FAILED, Kind.DISPUTE_WON)
    KINDS_THAT_TAKE = (Kind.FEE, Kind.REFUND, Kind.DISPUTE)
    ORDER_KINDS = (
        Kind.PAYMENT,
        Kind.REFUND,
        Kind.REFUND_FAILED,
        Kind.DISPUTE,
        Kind.DISPUTE_WON,
    )

    sequence = models.PositiveBigIntegerField("number", unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    order_number = models.CharField(max_length=12)
    payment_reference = models.CharField(
        max_length=120, help_text="The gateway's id of the payment that this belongs to."
    )
    reference = models.CharField(
        max_length=120, help_text="The gateway's id of the thing itself, such as the refund."
    )
    amount_cents = models.BigIntegerField("amount")
    currency = models.CharField(max_length=3)
    key = models.CharField(max_length=160, unique=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        ordering = ("sequence",)
        verbose_name_plural = "ledger entries"
        constraints = (
            models.CheckConstraint(condition=Q(sequence__gte=1), name="ledger_counts_from_one"),
            models.CheckConstraint(condition=~Q(key=""), name="ledger_entry_has_key"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["payment", "refund_failed", "dispute_won"], amount_cents__gt=0
                )
                | Q(kind__in=["fee", "refund", "dispute"], amount_cents__lt=0)
                | (Q(kind="dispute_fee") & ~Q(amount_cents=0)),
                name="ledger_sign_fits_kind",
            ),
        )
        indexes = (
            models.Index(fields=["order_number"], name="ledger_by_order"),
            models.Index(fields=["payment_reference"], name="ledger_by_payment"),
        )

    def __str__(self) -> str:
        return f"{self.sequence}: {self.key}"

    @property
    def link(self) -> Link:
        """What ties it into the chain."""
        return Link(self.sequence, self.previous_hash, self.hash)

    def facts(self) -> dict[str, Fact]:
        """Return what its hash seals, in this order, for good: every column but the chain's own."""
        return {
            "kind": str(self.kind),
            "order_number": self.order_number,
            "payment_reference": self.payment_reference,
            "reference": self.reference,
            "amount_cents": self.amount_cents,
            "currency": self.currency,
            "key": self.key,
            "happened_at": self.happened_at,
            "recorded_at": self.recorded_at,
        }


class LedgerHead(models.Model):
    """The one row that says where the ledger ends: who posts locks it, and a lost last entry shows."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    sequence = models.PositiveBigIntegerField(default=START.sequence)
    hash = models.CharField(max_length=64, default=START.hash)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="ledger_has_one_head"),)

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"

    @property
    def link(self) -> Link:
        """What the next entry continues from."""
        return Link(self.sequence, "", self.hash)

    def advance_to(self, link: Link) -> None:
        """Note the new last entry. The caller holds the lock."""
        LedgerHead.objects.filter(pk=self.pk).update(sequence=link.sequence, hash=link.hash)
