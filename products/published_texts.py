"""What visitors read of the products, for the claims check (docs/claims.md).

What is swallowed and what is worn are judged by different rules: the product's form says which.
"""

from claims.row_texts import RowTexts, of_fields
from products.models import Ingredient, Product, ProductImage, SaleBlock, Variant


def _context(product: Product) -> str:
    return "patch" if product.is_patch else "ingest"


def _product_of(row: Variant | Ingredient | ProductImage | SaleBlock) -> Product:
    return row.product


PRODUCT = RowTexts(
    model=Product,
    pieces=of_fields(
        *("name", "slug", "tagline", "size_text", "wear_text", "directions", "free_from"),
        *("storage", "shelf_life", "warnings", "delivery_note", "returns_note"),
        markdown=("description", "evidence_note"),
    ),
    context=_context,
    is_public=lambda product: product.is_published,
)
VARIANT = RowTexts(
    model=Variant,
    pieces=of_fields("name", "sku"),
    context=lambda variant: _context(variant.product),
    is_public=lambda variant: variant.product.is_published,
    edited_in=_product_of,
    related=("product",),
)
INGREDIENT = RowTexts(
    model=Ingredient,
    pieces=of_fields("name", "amount", "purpose"),
    context=lambda ingredient: _context(ingredient.product),
    is_public=lambda ingredient: ingredient.product.is_published,
    edited_in=_product_of,
    related=("product",),
)
IMAGE = RowTexts(
    model=ProductImage,
    pieces=of_fields("alt", "credit"),
    context=lambda image: _context(image.product),
    is_public=lambda image: image.product.is_published,
    edited_in=_product_of,
    related=("product",),
)
# The cart gives the reason to whoever wants to send it there.
SALE_BLOCK = RowTexts(
    model=SaleBlock,
    pieces=of_fields("reason"),
    context=lambda block: _context(block.product),
    is_public=lambda block: block.product.is_published,
    edited_in=_product_of,
    related=("product",),
)
ROWS = (PRODUCT, VARIANT, INGREDIENT, IMAGE, SALE_BLOCK)
