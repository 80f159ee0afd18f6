"""The roles of staff: what each may do, and what only a manager may."""

import re
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client

from tests.factories import make_order, make_paid_order, make_staff
from tests.orders.admin_steps import address

pytestmark = pytest.mark.django_db

migration = import_module("shop.migrations.0001_staff_groups")
schema_editor = SimpleNamespace(connection=connection)
OF_OTHER_MIGRATIONS = ["Editor", "Reviewer", "Publisher", "Moderator"]


def permissions_of(name: str) -> set[str]:
    found = Permission.objects.filter(group__name=name).select_related("content_type")
    return {f"{row.content_type.app_label}.{row.codename}" for row in found}


def log_in_as(role: str) -> Client:
    user = make_staff()
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def test_the_desk_ships_and_answers_but_moves_no_money():
    may = permissions_of("Order desk")
    assert {
        "orders.view_order",
        "orders.ship_order",
        "orders.resend_mail",
        "orders.change_order_address",
    } <= may
    assert {"pages.view_contactmessage", "pages.answer_contactmessage"} <= may
    assert {"products.view_variant", "post_office.view_email"} <= may
    assert not may & {
        "orders.cancel_order",
        "orders.refund_order",
        "orders.review_order",
        "products.add_stockmovement",
        "orders.change_discountcode",
    }


def test_an_author_writes_texts_and_sees_no_customer():
    may = permissions_of("Author")
    assert {"pages.change_faqitem", "policies.add_policyversion"} <= may
    own = ("pages.", "policies.", "references.", "blog.", "redirects.view_", "claims.")
    assert not {name for name in may if not name.startswith(own)}
    assert not may & {"pages.view_contactmessage", "claims.decide_override"}


def test_a_manager_may_all_of_it_but_hands_out_no_powers():
    may = permissions_of("Manager")
    assert permissions_of("Author") | permissions_of("Order desk") < may
    assert {"orders.refund_order", "orders.cancel_order", "orders.review_order"} <= may
    assert {"orders.change_taxrate", "orders.add_discountcode", "products.change_product"} <= may
    assert {"products.add_stockmovement", "accounts.view_user"} <= may
    assert not may & {"accounts.change_user", "accounts.add_user", "auth.change_group"}


@pytest.mark.parametrize("role", ["Author", "Order desk", "Manager"])
def test_those_who_write_or_answer_mails_answer_questions_of_visitors(role):
    may = {name for name in permissions_of(role) if name.endswith("_visitorquestion")}
    assert may == {"pages.view_visitorquestion", "pages.answer_visitorquestion"}


def test_nobody_may_change_an_order_as_a_row():
    for name in migration.GROUPS:
        assert not permissions_of(name) & {"orders.add_order", "orders.change_order"}
        assert not permissions_of(name) & {"orders.delete_order"}


@pytest.mark.parametrize(
    ("role", "page", "status"),
    [
        ("Order desk", "ship", 200),
        ("Order desk", "resend", 200),
        ("Order desk", "note", 200),
        ("Order desk", "refund", 403),
        ("Order desk", "cancel", 403),
        ("Manager", "refund", 200),
        ("Manager", "cancel", 200),
        ("Author", "change", 403),
    ],
)
def test_the_pages_hold_the_roles(role, page, status):
    assert log_in_as(role).get(address(make_paid_order(), page)).status_code == status


def test_making_the_groups_twice_changes_nothing():
    before = {name: permissions_of(name) for name in migration.GROUPS}
    permissions = Permission.objects.count()
    migration.make_groups(apps, schema_editor)
    assert {name: permissions_of(name) for name in migration.GROUPS} == before
    assert Permission.objects.count() == permissions


def test_a_permission_that_django_has_not_made_yet_is_made_as_django_would():
    wanted = set(Permission.objects.values_list("content_type", "codename", "name"))
    Permission.objects.all().delete()
    migration.make_groups(apps, schema_editor)
    assert Permission.objects.exists()
    assert set(Permission.objects.values_list("content_type", "codename", "name")) <= wanted


def test_the_groups_can_be_taken_away_again():
    other = Group.objects.create(name="Our own")
    permissions = Permission.objects.count()
    migration.remove_groups(apps, schema_editor)
    # Those of the blog and of the reviews have migrations of their own.
    assert set(Group.objects.exclude(name__in=OF_OTHER_MIGRATIONS)) == {other}
    assert Permission.objects.count() == permissions


def test_a_manager_cannot_make_themselves_more():
    client = log_in_as("Manager")
    boss = make_staff(is_superuser=True)
    assert client.get("/admin/accounts/user/").status_code == 200
    url = f"/admin/accounts/user/{boss.pk}/"
    assert client.post(f"{url}change/", {"is_superuser": "on"}).status_code == 403
    assert client.post(f"{url}password/", {"password1": "x"}).status_code == 403


def test_who_may_edit_people_still_hands_out_no_powers():
    user = make_staff("accounts.view_user", "accounts.change_user")
    boss = make_staff(is_superuser=True)
    client = Client()
    client.force_login(user)
    typed = {"username": user.username, "first_name": "Ana", "is_superuser": "on", "groups": []}
    client.post(f"/admin/accounts/user/{user.pk}/change/", typed)
    user.refresh_from_db()
    assert (user.first_name, user.is_superuser) == ("Ana", False)
    assert client.post(f"/admin/accounts/user/{boss.pk}/change/", typed).status_code == 403
    assert client.get(f"/admin/accounts/user/{boss.pk}/password/").status_code == 403


def test_nobody_is_a_second_person_by_another_name():
    boss = make_staff(is_superuser=True)
    client = Client()
    client.force_login(boss)
    typed = {"username": "other", "first_name": "Ana", "is_active": "on", "is_staff": "on"}
    typed |= {"is_superuser": "on", "groups": []}
    client.post(f"/admin/accounts/user/{boss.pk}/change/", typed)
    was = boss.username
    boss.refresh_from_db()
    assert (boss.first_name, boss.username) == ("Ana", was)
    assert 'name="username"' in client.get("/admin/accounts/user/add/").content.decode()


def test_the_page_for_staff_names_every_role():
    text = (Path(settings.BASE_DIR) / "docs" / "staff.md").read_text()
    for name in migration.GROUPS:
        assert re.search(rf"\b{name}\b", text)


def test_the_desk_sees_an_order_but_no_button_that_is_not_theirs():
    order = make_order()
    html = log_in_as("Order desk").get(address(order, "change")).content.decode()
    assert address(order, "cancel") not in html
