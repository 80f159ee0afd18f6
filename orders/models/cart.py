"""What a visitor means to buy. Only wishes: prices and stock are read afresh each time."""

from django.db import models
from django.db.models import Q

from products.models import Variant
from shop.lib.tokens import new_token, start_of_token

MAX_QUANTITY = 20


class Cart(models.Model):
    """One visitor's cart, found by the token in their cookie."""

    token = models.CharField(max_length=64, unique=True, default=new_token)
    token_start = start_of_token()
    discount_code = models.CharField(max_length=40, blank=True)
    # The order placed from this cart that is not paid yet, if any: see orders/checkout.py.
    order = models.OneToOneField(
        "orders.Order", models.SET_NULL, null=True, blank=True, related_name="cart"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"cart {self.pk}"


class CartLine(models.Model):
    """Some packs of one variant. `seen_price_cents` is what the visitor was shown last."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+")
    quantity = models.PositiveSmallIntegerField()
    seen_price_cents = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["cart", "variant"], name="one_line_per_variant"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=MAX_QUANTITY),
                name="cart_quantity_in_bounds",
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} of {self.variant_id}"
