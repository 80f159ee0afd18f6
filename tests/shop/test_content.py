from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.utils import timezone

from shop import content

pytestmark = pytest.mark.django_db


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
