"""What every test may ask for."""

import gc
import logging
import os
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.databases import OwnDatabase
from tests.flushing import flush_only_what_is_full

pytest_plugins = ["tests.stripe_fixtures"]
flush_only_what_is_full()

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With ONLY_DATABASE_TESTS=1, leave out what another database cannot change.

    pytest-django refuses the database to every test that has not asked for it, by mark or fixture: so
    those that have not cannot see which one there is. Nor can those marked as `markup`.
    scripts/run_tests.py runs both kinds on SQLite only.
    """
    if os.environ.get("ONLY_DATABASE_TESTS") != "1":
        return
    asking = [
        item for item in items if _asks_for_database(item) and not item.get_closest_marker("markup")
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(asking)])
    items[:] = asking


def _asks_for_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & DATABASE_FIXTURES)


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: do not search them for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Stands in for pytest-django's own: the database of this process, copied if it can be."""
    own = OwnDatabase(os.environ.get("PYTEST_XDIST_WORKER", "main"))
    with django_db_blocker.unblock():
        own.make()
    yield
    with django_db_blocker.unblock():
        own.drop()


@pytest.fixture
def client() -> Client:
    """A browser: like every one since 2023 it says where a request comes from."""
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def quiet() -> Iterator[None]:
    """No log: the refusals and crashes that a test provokes are looked at, not read there."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    from django.core.cache import cache

    cache.clear()
