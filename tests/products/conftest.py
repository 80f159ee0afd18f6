"""The shop's product as a demo shop has it."""

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from products import demo
from products.models import Product


@pytest.fixture
def media(settings, tmp_path):
    """An empty place for uploads; returns its folder."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def patch(db, media) -> Product:
    """The product on sale with its three packs, 120 of each."""
    demo.load(timezone.now())
    return Product.objects.get(slug=django_settings.PRIMARY_PRODUCT_SLUG)
