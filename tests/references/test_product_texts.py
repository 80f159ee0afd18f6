"""Beside a product even a cited study is a claim: its texts take no citations."""

import pytest
from django.test import Client

from tests.claims.admin_forms import errors_of, filled_in, path_of
from tests.factories import make_product, make_staff
from tests.references.writing import approved

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("token", ["[claim:amount]", "[ref:s1]"])
@pytest.mark.parametrize("is_published", [True, False])
def test_a_product_cites_no_statement_and_no_source(token, is_published):
    approved()
    product = make_product(is_published=is_published)
    client = Client()
    client.force_login(make_staff(is_superuser=True))
    typed = filled_in(client, path_of(product)) | {"tagline": f"A round patch {token}."}

    answer = client.post(path_of(product), typed)

    assert "cite no statement and no study" in errors_of(answer)["tagline"]
    product.refresh_from_db()
    assert "[" not in product.tagline
