import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from post_office.models import Email

from products import low_stock, stock
from products.models import StockMovement, Variant
from shop import schedule
from tests.factories import NOON, make_product, make_variant
from tests.races.at_once import at_once, meeting

pytestmark = pytest.mark.django_db


def move(variant, quantity):
    kind = StockMovement.Kind.COUNTED
    stock.move(variant_id=variant.pk, kind=kind, quantity=quantity, reason="test")


def test_staff_get_one_mail_when_a_pack_falls_to_its_mark(settings):
    product = make_product(name="B12 Patch & Co")
    pack = make_variant(product=product, sku="B12-12", on_hand=14, low_stock_at=10)
    make_variant(product=product, sku="PLENTY", on_hand=11, low_stock_at=10)
    assert low_stock.tell_staff(NOON) == 0
    stock.reserve(reference="A1", quantities={pack.pk: 4})
    assert [low_stock.tell_staff(NOON) for _ in range(3)] == [1, 0, 0]
    mail = Email.objects.get()
    assert mail.to == [settings.STAFF_EMAIL]
    assert mail.subject == "Low in stock: B12-12"
    assert (
        "B12 Patch & Co, 12 patches (B12-12)\nAvailable: 10. Promised to orders: 4." in mail.message
    )
    assert f"{settings.SITE_URL}/admin/products/variant/{pack.pk}/change/" in mail.message
    assert f"{settings.SITE_URL}/admin/products/variant/{pack.pk}/change/" in mail.html_message
    assert "PLENTY" not in mail.message
    assert pack.history.count() == 1


def test_the_next_mail_comes_only_after_there_was_more_in_between():
    pack = make_variant(on_hand=5, low_stock_at=5)
    assert low_stock.tell_staff(NOON) == 1
    move(pack, -3)
    assert low_stock.tell_staff(NOON) == 0
    move(pack, 4)
    assert low_stock.tell_staff(NOON) == 0
    move(pack, -2)
    assert low_stock.tell_staff(NOON) == 1
    assert Email.objects.count() == 2


def test_several_packs_share_a_mail_and_those_not_sold_any_more_are_left_out():
    for sku in ("B-2", "B-1"):
        make_variant(sku=sku, on_hand=3, low_stock_at=3)
    make_variant(sku="GONE", on_hand=0, is_active=False)
    assert low_stock.tell_staff(NOON) == 2
    assert Email.objects.get().subject == "Low in stock: B-1, B-2"


def test_when_the_mail_cannot_be_written_the_pack_is_told_of_next_time(settings):
    pack = make_variant(on_hand=3)
    settings.STAFF_EMAIL = "not an address"  # the outbox refuses it
    with pytest.raises(Exception, match="valid"):
        low_stock.tell_staff(NOON)
    assert Variant.objects.get().low_stock_told_at is None
    settings.STAFF_EMAIL = "staff@example.com"
    assert low_stock.tell_staff(NOON) == 1
    pack.refresh_from_db()
    assert pack.low_stock_told_at == NOON


def test_looking_costs_one_query_while_nothing_is_low():
    for _ in range(3):
        make_variant(on_hand=50)
    with CaptureQueriesContext(connection) as queries:
        low_stock.tell_staff(NOON)
    asked = [query["sql"] for query in queries if "products_variant" in query["sql"]]
    assert len(asked) == 1


def test_the_schedule_looks_every_ten_minutes():
    make_variant(on_hand=1)
    schedule.watch_stock.call_local()
    assert Email.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_workers_that_look_at_the_same_moment_mail_once():
    make_variant(on_hand=1)
    outcomes = at_once([lambda: low_stock.tell_staff(NOON)] * 8)
    assert sorted(outcomes) == [0] * 7 + [1]
    assert Email.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite locks no rows")
def test_the_look_and_a_checkout_never_wait_for_each_other():
    low = make_variant(on_hand=3, low_stock_at=5)
    refilled = make_variant(on_hand=50, low_stock_at=5, low_stock_told_at=NOON)
    meet = meeting(2)

    def check_out():
        with transaction.atomic():
            stock.reserve(reference="A1", quantities={low.pk: 1})
            meet()
            wait_until_somebody_waits_for_us()
            stock.reserve(reference="A2", quantities={refilled.pk: 1})

    assert at_once([check_out, lambda: (meet(), low_stock.tell_staff(NOON))[1]]) == [None, 1]
    assert list(Variant.objects.order_by("pk").values_list("low_stock_told_at", flat=True)) == [
        NOON,
        None,
    ]


def wait_until_somebody_waits_for_us() -> None:
    waiting = "SELECT count(*), pg_sleep(0.01) FROM pg_locks WHERE NOT granted"
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute(f"{waiting} AND pg_backend_pid() = ANY (pg_blocking_pids(pid))")
            if cursor.fetchone()[0]:
                return
    pytest.fail("nobody came for the row")
