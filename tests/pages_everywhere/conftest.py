"""The demo shop as a stranger finds it, one for each module and rolled back after it.

The first module of a worker loads it; the others get copies of the rows, which takes a tenth of the time.
"""

import pytest
from django.db import transaction
from django.utils import timezone

from shop.content import load_demo_content
from tests import copied_rows

_copies: copied_rows.Copies = []


@pytest.fixture(scope="module", autouse=True)
def _demo_shop(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        if _copies:
            copied_rows.put(_copies)
        else:
            load_demo_content(timezone.now(), "only-in-tests")
            _copies.extend(copied_rows.take())
        yield
        transaction.set_rollback(True)
