"""What the shop sells, and how much of it there is."""

from products.models.alerts import BackInStockAlert
from products.models.catalogue import Ingredient, Product, ProductImage, SaleBlock, Variant
from products.models.counts import StockCount, StockCountLine
from products.models.stock import Reservation, StockMovement

__all__ = [
    "BackInStockAlert",
    "Ingredient",
    "Product",
    "ProductImage",
    "Reservation",
    "SaleBlock",
    "StockCount",
    "StockCountLine",
    "StockMovement",
    "Variant",
]
