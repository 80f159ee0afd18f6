"""What the shop sells, and how much of it there is."""

from products.models.catalogue import Ingredient, Product, ProductImage, SaleBlock, Variant
from products.models.stock import Reservation, StockMovement

__all__ = [
    "Ingredient",
    "Product",
    "ProductImage",
    "Reservation",
    "SaleBlock",
    "StockMovement",
    "Variant",
]
