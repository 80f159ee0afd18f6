"""The demo shop as a stranger finds it, loaded once per module and rolled back after it."""

import pytest
from django.db import transaction
from django.utils import timezone

from shop.content import load_demo_content


@pytest.fixture(scope="module", autouse=True)
def _demo_shop(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo_content(timezone.now(), "only-in-tests")
        yield
        transaction.set_rollback(True)
