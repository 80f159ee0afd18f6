"""Demo data: prices, stock and a picture for the product. Invented, so only for a demo shop."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db import transaction

from products import images, starter_content, stock
from products.models import Product, ProductImage, StockMovement, Variant
from shop.lib import pictures

PICTURES = Path(__file__).parent / "demo_images"
ALT_TEXTS = {
    "pack.png": "Drawing: three packs with 4, 12 and 24 dots on the front, and one patch before them",
    "patch.png": "Drawing: one round, dark red patch on its liner, its edge lifted",
}
DEMO_STOCK = 120
# SKU, patches, price in cents, shipping weight in grams.
PACKS = (
    ("B12-04", 4, 2_400, 20),
    ("B12-12", 12, 6_000, 35),
    ("B12-24", 24, 10_800, 60),
)


class NotADemo(Exception):
    """Invented prices were to be loaded into a real shop."""


def load(now: datetime) -> str:
    """Give the product demo packs with stock and pictures, and put it on sale. Changes nothing twice.

    Returns one line for people. Raises NotADemo unless settings.DEMO.
    """
    if not settings.DEMO:
        message = "Demo prices belong in a demo shop only (DEMO=True)."
        raise NotADemo(message)
    starter_content.load(now)
    product = Product.objects.get(slug=settings.PRIMARY_PRODUCT_SLUG)
    with transaction.atomic():
        packs = 0 if product.variants.exists() else _add_packs(product)
        pictures = 0 if product.images.exists() else _add_pictures(product)
    return f"Demo product: {packs} packs and {pictures} pictures added."


def _add_packs(product: Product) -> int:
    for position, (sku, units, price_cents, weight_grams) in enumerate(PACKS, start=1):
        variant = Variant.objects.create(
            product=product,
            sku=sku,
            name=f"{units} patches",
            units=units,
            price_cents=price_cents,
            weight_grams=weight_grams,
            position=position,
        )
        stock.move(
            variant_id=variant.pk,
            kind=StockMovement.Kind.RECEIVED,
            quantity=DEMO_STOCK,
            reason="demo stock",
        )
    product.is_published = True
    product.save()
    return len(PACKS)


def _add_pictures(product: Product) -> int:
    files = sorted(PICTURES.glob("*.png"))
    for position, path in enumerate(files, start=1):
        with path.open("rb") as file:
            picture = pictures.read(File(file, name=path.name))
        alt = ALT_TEXTS.get(path.name, product.tagline)
        images.store(ProductImage(product=product, alt=alt, position=position), picture)
    return len(files)
