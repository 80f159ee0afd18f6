"""What is in a demo shop, and that loading it again changes nothing."""

from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone

from shop.content import load_demo_content

pytestmark = pytest.mark.django_db


def everything() -> dict[str, list[dict]]:
    """Every row of every table."""
    return {
        model._meta.label: sorted(model._base_manager.values(), key=str)
        for model in apps.get_models()
    }


def test_loading_the_demo_again_changes_nothing():
    before = everything()

    load_demo_content(timezone.now() + timedelta(hours=1), "only-in-tests")

    assert everything() == before


def test_the_demo_has_something_to_sell_to_read_and_somebody_to_look_after_it():
    staff = get_user_model().objects.get(username="staff")
    assert staff.is_superuser
    assert staff.check_password("only-in-tests")
    on_sale = apps.get_model("products.Variant").objects.on_sale()
    assert {variant.sku for variant in on_sale if variant.is_in_stock} == {
        "B12-04",
        "B12-12",
        "B12-24",
    }
    assert apps.get_model("blog.Post").objects.listed(timezone.now()).count() == 12


def test_the_log_in_that_is_printed_works_even_after_env_was_made_anew(monkeypatch):
    monkeypatch.setenv("DEMO_STAFF_PASSWORD", "the second")

    for command in ("load_content", "load_demo"):
        told = StringIO()
        call_command(command, stdout=told)
        assert told.getvalue().count("\n") == 1

    assert get_user_model().objects.get(username="staff").check_password("the second")
