"""The shop's product, as far as it can be true everywhere: texts and ingredients, no price and no stock."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from products.models import Ingredient, Product, SaleBlock

CONTENT = Path(__file__).parent / "content" / "b12_patch.toml"


def load(now: datetime) -> str:
    """Create the product, not on sale yet, if it is not there. Leaves an existing one alone.

    Returns one line for people. Staff add packs with prices and put the product on sale. `now` is not
    needed: the product carries no date of its own.
    """
    if Product.objects.filter(slug=settings.PRIMARY_PRODUCT_SLUG).exists():
        return "Product: there already, kept as it is."
    content = tomllib.loads(CONTENT.read_text(encoding="utf-8"))
    with transaction.atomic():
        product = _create(content)
    return f"Product: “{product.name}” created, not on sale: it has no pack with a price yet."


def _create(content: dict[str, Any]) -> Product:
    rows = content.pop("ingredients")
    countries = content.pop("sale_block_countries")
    reason = content.pop("sale_block_reason")
    texts = {
        name: value.strip() if isinstance(value, str) else value for name, value in content.items()
    }
    product = Product.objects.create(
        slug=settings.PRIMARY_PRODUCT_SLUG, form=Product.Form.PATCH, **texts
    )
    Ingredient.objects.bulk_create(
        Ingredient(product=product, position=position, **row)
        for position, row in enumerate(rows, start=1)
    )
    SaleBlock.objects.bulk_create(
        SaleBlock(product=product, country=country, reason=reason) for country in countries
    )
    return product
