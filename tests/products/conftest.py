"""The shop's own product, as visitors find it."""

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from products import starter_content
from products.models import Product
from tests.factories import make_variant

PACKS = (("B12-04", 4, 2_400), ("B12-12", 12, 6_000), ("B12-24", 24, 10_800))


@pytest.fixture
def media(settings, tmp_path):
    """An empty place for uploads; returns its folder."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def patch(db) -> Product:
    """The product on sale with its real texts and three packs."""
    starter_content.load(timezone.now())
    product = Product.objects.get(slug=django_settings.PRIMARY_PRODUCT_SLUG)
    for place, (sku, units, price_cents) in enumerate(PACKS):
        make_variant(
            product=product,
            sku=sku,
            name=f"{units} patches",
            units=units,
            price_cents=price_cents,
            position=place,
        )
    product.is_published = True
    product.save()
    return product
