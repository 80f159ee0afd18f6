"""The ledger in the admin: to be read, by those who handle money."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from books.models import LedgerEntry
from tests.books.entries import post, post_some
from tests.factories import make_staff

pytestmark = pytest.mark.django_db

LIST = "/admin/books/ledgerentry/"


def logged_in(*permissions: str) -> Client:
    client = Client()
    client.force_login(make_staff(*permissions))
    return client


def shown(**query) -> str:
    return logged_in("books.view_ledgerentry").get(LIST, query).content.decode()


def test_the_list_shows_amounts_as_people_write_them():
    post()
    post("refund", -1250, reference="re_7", key="refund:re_7")

    html = shown()

    assert "$65.99" in html
    assert "-$12.50" in html
    assert "NUMBER1" in html
    assert "re_7" in html


@pytest.mark.parametrize("query", ["NUMBER2", "pi_2"])
def test_it_is_searched_by_order_and_by_stripes_ids(query):
    post_some(3)

    html = shown(q=query)

    assert "$20.00" in html
    assert "$10.00" not in html
    assert "$30.00" not in html


def test_it_is_filtered_by_kind():
    post()
    post("fee", -221)

    html = shown(kind="fee")

    assert "-$2.21" in html
    assert "$65.99" not in html


def test_an_entry_can_be_read_and_nothing_else():
    entry = post()
    client = logged_in(
        *(f"books.{verb}_ledgerentry" for verb in ("view", "add", "change", "delete"))
    )

    page = client.get(f"{LIST}{entry.pk}/change/")

    assert page.status_code == 200
    assert entry.hash in page.content.decode().replace("<wbr>", "")
    assert "$65.99" in page.content.decode()
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{LIST}{entry.pk}/change/", {"amount_cents": 1}).status_code == 403
    assert LedgerEntry.objects.get().amount_cents == 6599


def test_the_list_costs_the_same_however_long_it_is(django_assert_max_num_queries):
    client = logged_in("books.view_ledgerentry")
    post_some(40)
    with django_assert_max_num_queries(8):
        assert client.get(LIST).status_code == 200


@pytest.mark.parametrize(("role", "status"), [("Manager", 200), ("Order desk", 403)])
def test_only_who_handles_money_may_look(role, status):
    user = make_staff()
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)

    assert client.get(LIST).status_code == status
