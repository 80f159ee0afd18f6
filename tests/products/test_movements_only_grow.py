"""What moved in the shelves stays written: the database refuses anything else."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from products import stock
from products.models import StockMovement
from tests.factories import make_variant
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db

TABLE = "products_stockmovement"


def refused(act) -> str:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    return str(error.value)


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "field",
    [field.column for field in StockMovement._meta.concrete_fields if field.name != "actor"],
)
def test_no_column_of_a_movement_can_be_changed(field):
    make_variant(on_hand=5)
    before = list(StockMovement.objects.values_list())

    assert "update refused" in refused(lambda: run(f"UPDATE {TABLE} SET {field} = {field}"))

    assert list(StockMovement.objects.values_list()) == before
    with unguarded():
        run(f"UPDATE {TABLE} SET {field} = {field}")


def test_a_movement_cannot_be_removed():
    make_variant(on_hand=5)

    assert "delete refused" in refused(StockMovement.objects.all().delete)
    assert "delete refused" in refused(StockMovement.objects.get().delete)
    assert "delete refused" in refused(lambda: run(f"DELETE FROM {TABLE}"))
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")
        assert "truncate refused" in refused(lambda: run(f"TRUNCATE {TABLE} CASCADE"))

    assert StockMovement.objects.get().quantity == 5


def test_who_booked_it_may_leave():
    variant = make_variant(on_hand=5)
    user = User.objects.create_user("ana")
    kind = StockMovement.Kind.COUNTED
    stock.move(variant_id=variant.pk, kind=kind, quantity=-2, reason="Count", actor=user)
    assert StockMovement.objects.filter(actor=user).count() == 1

    user.delete()

    assert list(StockMovement.objects.values_list("quantity", "actor").order_by("pk")) == [
        (5, None),
        (-2, None),
    ]
