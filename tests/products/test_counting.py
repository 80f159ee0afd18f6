"""Counting the stock, as staff do it."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from products import counting, stock
from products.models import StockCount, StockCountLine, StockMovement, Variant
from tests.factories import NOON, make_staff, make_variant
from tests.races.at_once import at_once

pytestmark = pytest.mark.django_db

NEW = "/admin/products/stockcount/new/"


@pytest.fixture
def clerk():
    client = Client()
    client.force_login(make_staff("products.count_stock", "products.view_stockcount"))
    return client


def filled_in(page, **counted):
    """What the open page sends after typing: `counted` is {SKU with _ for -: number}."""
    form = next(form for form in html.fromstring(page.content).forms if "key" in form.fields)
    data = {name: value or "" for name, value in form.form_values()}
    data["reason"] = "Count in November"
    for sku, number in counted.items():
        pk = Variant.objects.get(sku=sku.replace("_", "-")).pk
        data[f"counted_{pk}"] = number
    return data


def booked():
    found = StockMovement.objects.filter(kind=StockMovement.Kind.COUNTED).order_by("pk")
    return [(row.variant.sku, row.quantity, row.reason, row.reference) for row in found]


def test_staff_see_the_differences_and_then_book_them_once(clerk):
    less, _, same, uncounted = (make_variant(sku=f"B-{n}", on_hand=10) for n in range(1, 5))
    stock.reserve(reference="A1", quantities={less.pk: 2})
    page = clerk.get(NEW)
    row = html.fromstring(page.content).xpath("//tbody/tr")[0]
    assert " ".join(row.text_content().split()).startswith("B-1: B12 Patch, 12 patches 10 2")
    shown = clerk.post(NEW, filled_in(page, B_1="7", B_2="11", B_3="10"))
    text = " ".join(shown.content.decode().split())
    assert "B-1 12 patches: 7 counted, <strong>3 fewer</strong> than the 10 we thought" in text
    assert "B-2 12 patches: 11 counted, <strong>1 more</strong> than the 10 we thought" in text
    assert "B-3 12 patches: 10 counted, as we thought" in text
    assert "B-4" not in text
    assert booked() == []
    data = {**filled_in(shown), "confirmed": "1"}
    record = clerk.post(NEW, data, follow=True).content.decode()
    assert "Count in November" in record
    assert "B-1 12 patches: 7 counted, 10 expected, difference -3" in record
    count = StockCount.objects.get()
    reason, name = "Count in November", f"Count {count.pk}"
    assert booked() == [("B-1", -3, reason, name), ("B-2", 1, reason, name)]
    lines = count.lines.values_list("variant__sku", "expected", "counted", "difference")
    assert list(lines) == [("B-1", 10, 7, -3), ("B-2", 10, 11, 1), ("B-3", 10, 10, 0)]
    assert count.actor.username.startswith("staff-")
    # The button pressed once more, or the page sent again.
    assert clerk.post(NEW, data).status_code == 302
    assert (StockCount.objects.count(), len(booked())) == (1, 2)
    less.refresh_from_db()
    assert (less.stock_on_hand, less.stock_reserved) == (7, 2)
    assert [uncounted.stock_on_hand, same.stock_on_hand] == [10, 10]


def test_what_moved_meanwhile_is_not_booked_and_said_beside_the_row(clerk):
    pack, other = make_variant(sku="B-1", on_hand=10), make_variant(sku="B-2", on_hand=10)
    stock.reserve(reference="A1", quantities={pack.pk: 1})
    shown = clerk.post(NEW, filled_in(clerk.get(NEW), B_1="9", B_2="8"))
    stock.ship(reference="A1", quantities={pack.pk: 1})
    page = clerk.post(NEW, {**filled_in(shown), "confirmed": "1"})
    errors = page.context["form"].errors
    assert list(errors) == [f"counted_{pack.pk}"]
    assert "from 10 to 9, so nothing was booked" in str(errors)
    field = html.fromstring(page.content).get_element_by_id(f"id_counted_{pack.pk}")
    assert field.get("value") == "9"
    assert field.get("aria-invalid") == "true"
    assert (booked(), StockCount.objects.count()) == ([], 0)
    # Counted again, with the new mark of the page that came back.
    shown = clerk.post(NEW, filled_in(page))
    clerk.post(NEW, {**filled_in(shown), "confirmed": "1"})
    assert [row[:2] for row in booked()] == [("B-2", -2)]
    assert other.movements.count() == 2


def test_a_parcel_out_and_one_in_is_a_movement_too(clerk):
    pack = make_variant(sku="B-1", on_hand=10)
    data = filled_in(clerk.get(NEW), B_1="9")
    for kind, quantity in ((StockMovement.Kind.LOST, -1), (StockMovement.Kind.RECEIVED, 1)):
        stock.move(variant_id=pack.pk, kind=kind, quantity=quantity, reason="test")
    page = clerk.post(NEW, {**data, "confirmed": "1"})
    assert "came back to the same number" in str(page.context["form"].errors)
    assert booked() == []


def test_fewer_than_promised_is_refused_with_the_orders(clerk):
    pack = make_variant(sku="B-1", on_hand=10)
    stock.reserve(reference="A1", quantities={pack.pk: 3})
    stock.reserve(reference="A2", quantities={pack.pk: 2})
    page = clerk.post(NEW, filled_in(clerk.get(NEW), B_1="4"))
    assert "5 are promised to orders (A1, A2)." in str(page.context["form"].errors)
    page = clerk.post(NEW, {**filled_in(clerk.get(NEW), B_1="4"), "confirmed": "1"})
    assert "5 are promised" in str(page.context["form"].errors)
    assert (booked(), StockCount.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"counted": ""}, "for at least one pack"),
        ({"counted": "-1"}, "Enter 0 or more."),
        ({"counted": "1.5"}, "whole number"),
        ({"counted": "ten"}, "whole number"),
        ({"counted": "9" * 30}, "less than or equal"),
        ({"reason": "  "}, "Say why you count."),
        ({"reason": "x" * 201}, "at most 200"),
        ({"reason": "nul\x00"}, "Null characters"),
        ({"key": "x"}, "valid UUID"),
        ({"seen": ""}, "The stock moved"),
        ({"seen": "x" * 41}, "at most 40"),
    ],
    ids=str,
)
def test_bad_input_books_nothing(clerk, changes, says):
    pack = make_variant(sku="B-1", on_hand=10)
    data = filled_in(clerk.get(NEW), B_1="9")
    for name, value in changes.items():
        data[f"{name}_{pack.pk}" if name in {"counted", "seen"} else name] = value
    page = clerk.post(NEW, {**data, "confirmed": "1"})
    assert page.status_code == 200
    assert says in str(page.context["form"].errors)
    assert (booked(), StockCount.objects.count()) == ([], 0)


def test_counting_needs_its_permission_and_past_counts_are_only_read():
    make_variant(sku="B-1")
    reader = Client()
    reader.force_login(make_staff("products.view_stockcount", "products.add_stockcount"))
    assert reader.get(NEW).status_code == 403
    assert reader.post(NEW, {}).status_code == 403
    count = counting.book([], reason="why", key=uuid4(), now=NOON)
    for path in ("", f"{count.pk}/change/"):
        assert reader.get(f"/admin/products/stockcount/{path}").status_code == 200
    for path in ("add/", f"{count.pk}/change/", f"{count.pk}/delete/"):
        assert reader.post(f"/admin/products/stockcount/{path}", {"post": "yes"}).status_code == 403
    assert Client().get(NEW).status_code == 302


def test_more_packs_cost_no_more_queries(clerk):
    make_variant(sku="B-1")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            clerk.get(NEW)
        counts.append(len(queries))
        for _ in range(4):
            make_variant()
    assert counts[0] == counts[1] <= 8


def test_the_database_keeps_counts_as_they_are():
    pack = make_variant(on_hand=10)
    row = counting.Counted(pack.pk, 9, counting.marks()[pack.pk])
    count = counting.book([row], reason="why", key=uuid4(), now=NOON)
    falsehoods = (
        lambda: StockCount.objects.update(reason="another"),
        lambda: StockCountLine.objects.update(counted=10, difference=0),
        lambda: StockCountLine.objects.all().delete(),
        lambda: StockCountLine.objects.create(
            count=count, variant=make_variant(), expected=1, counted=2, difference=0
        ),
        lambda: StockCountLine.objects.create(
            count=count, variant=make_variant(), expected=1, counted=-1, difference=-2
        ),
    )
    for act in falsehoods:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert count.lines.get().counted == 9


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_count_sent_many_times_at_once_is_booked_once():
    pack = make_variant(on_hand=10)
    row, key = counting.Counted(pack.pk, 7, counting.marks()[pack.pk]), uuid4()
    outcomes = at_once([lambda: counting.book([row], reason="why", key=key, now=NOON).pk] * 8)
    assert len(set(outcomes)) == 1
    assert [quantity for _, quantity, _, _ in booked()] == [-3]
    pack.refresh_from_db()
    assert pack.stock_on_hand == 7


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_count_the_same_pack_one_books():
    pack = make_variant(on_hand=10)
    row = counting.Counted(pack.pk, 7, counting.marks()[pack.pk])
    outcomes = at_once([lambda: counting.book([row], reason="why", key=uuid4(), now=NOON)] * 6)
    refused = [outcome for outcome in outcomes if isinstance(outcome, counting.CountRefused)]
    assert len(refused) == 5
    pack.refresh_from_db()
    assert pack.stock_on_hand == 7
    assert StockCount.objects.count() == 1
