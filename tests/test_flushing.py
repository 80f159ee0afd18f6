"""What the tests with real transactions leave to those after them."""

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from tests.factories import make_staff
from tests.flushing import empty_tables


@pytest.mark.django_db
def test_rows_go_and_what_migrations_made_of_roles_stays():
    make_staff()
    before = set(Group.objects.values_list("name", "permissions__codename"))
    assert ("Author", "submit_post") in before

    empty_tables()

    assert not User.objects.exists()
    assert set(Group.objects.values_list("name", "permissions__codename")) == before
