"""What customers read of what staff name in orders, for the claims check: discount codes, ways to ship."""

from claims.row_texts import RowTexts, of_fields
from orders.models import DiscountCode, ShippingMethod

SHOP = "patch"

# Switched off, a code is known to nobody; one whose time is over may be switched on again as it is.
DISCOUNT_CODE = RowTexts(
    model=DiscountCode,
    pieces=of_fields("code"),
    context=lambda code: SHOP,
    is_public=lambda code: code.is_active,
)
SHIPPING_METHOD = RowTexts(
    model=ShippingMethod,
    pieces=of_fields("name", "promise"),
    context=lambda method: SHOP,
    is_public=lambda method: method.is_active,
)
ROWS = (DISCOUNT_CODE, SHIPPING_METHOD)
