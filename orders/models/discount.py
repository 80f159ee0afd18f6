"""Discount codes, and who has used them."""

from django.db import models
from django.db.models import F, Q

from orders.promised_codes import CodePromised, promise_of


class DiscountCode(models.Model):
    """A code that takes a percentage or an amount off the goods. One code per order, never stacked.

    `uses` counts orders that hold the code, unpaid ones included, so that a limit cannot be passed by
    ordering twice before paying.
    """

    code = models.CharField(max_length=40, unique=True, help_text="Stored in capitals.")
    percent_basis_points = models.PositiveIntegerField(
        "percent off (hundredths of a percent)", default=0, help_text="1000 is 10 %."
    )
    amount_cents = models.PositiveIntegerField("amount off (cents)", default=0)
    minimum_cents = models.PositiveIntegerField("minimum of goods (cents)", default=0)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    max_uses = models.PositiveIntegerField("total limit", null=True, blank=True)
    max_uses_per_customer = models.PositiveIntegerField("limit per email", null=True, blank=True)
    is_active = models.BooleanField(default=True)
    uses = models.PositiveIntegerField(default=0, editable=False)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(percent_basis_points=0, amount_cents__gt=0)
                | Q(percent_basis_points__gt=0, percent_basis_points__lte=10_000, amount_cents=0),
                name="discount_is_percent_or_amount",
            ),
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(uses__lte=F("max_uses")),
                name="discount_limit_holds",
            ),
        )

    def __str__(self) -> str:
        return self.code

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep codes in capitals: customers type them as they like.

        Raises CodePromised for one that somebody was promised; its uses are counted without this.
        """
        if self.pk and (promise := promise_of(self.pk)):
            message = f"{promise.words} {promise.name}"
            raise CodePromised(message)
        self.code = self.code.strip().upper()
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class DiscountUse(models.Model):
    """An order that holds a code. Deleted when the order expires or is cancelled unpaid."""

    code = models.ForeignKey(DiscountCode, models.PROTECT, related_name="used_by")
    order = models.OneToOneField("orders.Order", models.CASCADE, related_name="discount_use")
    email = models.EmailField(help_text="In lower case, to count uses per customer.")

    class Meta:
        indexes = (models.Index(fields=["code", "email"], name="discount_use_by_email"),)

    def __str__(self) -> str:
        return f"{self.code_id} by order {self.order_id}"
