from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from pages import starter_content as pages_content
from policies import starter_content as policies_content
from tests.factories import NOON, make_product, make_variant

_loaded: list[tuple[Any, list[models.Model]]] = []


@pytest.fixture
def texts(db) -> None:
    """The shop's texts, as `manage.py load_content` puts them in.

    The first test loads them; the others get copies of the rows, which takes a hundredth of the time.
    """
    if _loaded:
        for model, rows in _loaded:
            model._base_manager.bulk_create(rows)
        return
    policies_content.load(NOON)
    pages_content.load(NOON)
    _loaded.extend((model, list(model._base_manager.all())) for model in _models())


@pytest.fixture
def shop(texts):
    """The texts and the product with its three packs."""
    product = make_product(slug="b12-patch", name="B12 Patch")
    for units, cents in ((4, 2400), (12, 6000), (24, 10800)):
        make_variant(
            product=product,
            sku=f"B12-{units:02}",
            name=f"{units} patches",
            units=units,
            price_cents=cents,
            position=units,
        )
    return product


def _models() -> Iterator[type[models.Model]]:
    """Every model of the two apps, the ones that others point to first."""
    models_left = [
        model
        for label in ("policies", "pages")
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    ]
    while models_left:
        for model in list(models_left):
            targets = {
                field.related_model
                for field in model._meta.concrete_fields
                if field.related_model and field.related_model is not model
            }
            if not targets & set(models_left):
                models_left.remove(model)
                yield model
