from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.utils import timezone

from shop import content

pytestmark = pytest.mark.django_db


def everything() -> dict[str, list[dict]]:
    """Every row of every table."""
    return {
        model._meta.label: sorted(model._base_manager.values(), key=str)
        for model in apps.get_models()
    }


def test_loading_the_demo_twice_changes_nothing():
    now = timezone.now()
    content.load_demo_content(now, "a password")
    before = everything()

    content.load_demo_content(now + timedelta(hours=1), "a password")

    assert everything() == before


def test_the_demo_has_something_to_sell_and_somebody_to_sell_it():
    content.load_demo_content(timezone.now(), "a password")

    staff = get_user_model().objects.get(username="staff")
    assert staff.is_superuser
    assert staff.check_password("a password")
    on_sale = apps.get_model("products.Variant").objects.on_sale()
    assert {variant.sku for variant in on_sale if variant.is_in_stock} == {
        "B12-04",
        "B12-12",
        "B12-24",
    }


def test_the_log_in_that_is_printed_works_even_after_env_was_made_anew():
    now = timezone.now()
    content.load_demo_content(now, "the first")

    content.load_demo_content(now, "the second")

    assert get_user_model().objects.get(username="staff").check_password("the second")


def test_a_real_shop_gets_no_demo(settings):
    settings.DEMO = False

    with pytest.raises(content.NotADemoError):
        content.load_demo_content(timezone.now(), "a password")
    with pytest.raises(CommandError, match="only for demo shops"):
        call_command("load_demo")

    assert not get_user_model().objects.exists()


def test_no_log_in_is_made_with_an_empty_password():
    with pytest.raises(ImproperlyConfigured):
        content.load_demo_content(timezone.now(), "")

    assert not get_user_model().objects.exists()


def test_a_real_shop_gets_texts_and_no_invented_rows(settings):
    settings.DEMO = False
    told = StringIO()

    call_command("load_content", stdout=told)

    assert told.getvalue().startswith("Starter content: ")
    assert apps.get_model("policies.PolicyVersion").objects.exists()
    assert not get_user_model().objects.exists()
    assert not apps.get_model("orders.Order").objects.exists()
    assert not apps.get_model("products.Variant").objects.exists()


def test_commands_print_one_line(monkeypatch):
    monkeypatch.setenv("DEMO_STAFF_PASSWORD", "a password")
    for command in ("load_content", "load_demo"):
        told = StringIO()
        call_command(command, stdout=told)
        assert told.getvalue().count("\n") == 1
