"""What every test may ask for."""

import pytest
from django.test import Client

pytest_plugins = ["tests.stripe_fixtures"]


@pytest.fixture
def client() -> Client:
    """A browser: like every one since 2023 it says where a request comes from."""
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    from django.core.cache import cache

    cache.clear()
