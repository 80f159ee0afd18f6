import pytest

from pages import starter_content as pages_content
from policies import starter_content as policies_content
from tests import copied_rows
from tests.factories import NOON, make_product, make_variant

_loaded: copied_rows.Copies = []


@pytest.fixture
def texts(db) -> None:
    """The shop's texts, as `manage.py load_content` puts them in.

    The first test loads them; the others get copies of the rows, which takes a hundredth of the time.
    """
    if _loaded:
        copied_rows.put(_loaded)
        return
    policies_content.load(NOON)
    pages_content.load(NOON)
    _loaded.extend(copied_rows.take(("policies", "references", "pages")))


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
