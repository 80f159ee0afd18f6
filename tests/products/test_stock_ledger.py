"""The stock's books over whole lives: whatever happens, the sum of the movements is what is on hand."""

import ast
from pathlib import Path
from random import Random

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from products import stock
from products.models import Reservation, StockMovement, Variant
from shop.content import load_demo_content
from tests.factories import NOON, make_variant

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
Kind = StockMovement.Kind
STEPS = 80


def assert_the_books_agree(*variants):
    for variant in variants:
        variant.refresh_from_db()
        moved = variant.movements.aggregate(sum=Sum("quantity"))["sum"] or 0
        promised = variant.reservations.aggregate(sum=Sum("quantity"))["sum"] or 0
        assert (variant.stock_on_hand, variant.stock_reserved) == (moved, promised)
        assert variant.available >= 0


class Life:
    """Everything that can happen to the packs of a shop, chosen at random but the same each time."""

    def __init__(self, seed, variants):
        self.random = Random(seed)
        self.variants = variants
        self.orders = 0

    def some_variants(self):
        return {
            variant.pk: self.random.randint(1, 6)
            for variant in self.random.sample(self.variants, self.random.randint(1, 2))
        }

    def a_reservation(self):
        return self.random.choice([*Reservation.objects.order_by("pk")])

    def order(self):
        self.orders += 1
        stock.reserve(reference=f"A{self.orders}", quantities=self.some_variants())

    def pay(self):
        stock.allocate(reference=self.a_reservation().reference)

    def ship(self):
        row = self.a_reservation()
        some = self.random.randint(1, row.quantity + 1)
        stock.ship(reference=row.reference, quantities={row.variant_id: some})

    def cancel(self):
        stock.release(reference=self.a_reservation().reference)

    def take_off(self):
        row = self.a_reservation()
        stock.release_some(reference=row.reference, quantities={row.variant_id: 1})

    def move(self):
        stock.move(
            variant_id=self.random.choice(self.variants).pk,
            kind=self.random.choice([kind for kind in Kind if kind != Kind.SOLD]),
            quantity=self.random.randint(-15, 15),
            reason="life",
        )

    def step(self):
        act = self.random.choice(
            [self.order, self.order, self.pay, self.ship, self.cancel, self.take_off, self.move]
        )
        try:
            act()
        except (stock.OutOfStock, stock.StockRefused, IndexError):
            return "refused"
        return act.__name__


@pytest.mark.parametrize("seed", range(5))
def test_the_sum_of_the_movements_is_the_stock_on_hand_over_whole_lives(seed):
    variants = [make_variant(on_hand=20), make_variant(on_hand=5), make_variant(on_hand=0)]
    life = Life(seed, variants)
    happened = set()
    for _ in range(STEPS):
        happened.add(life.step())
        assert_the_books_agree(*variants)
    assert {"order", "ship", "cancel", "move", "refused"} <= happened


def test_the_demo_brings_its_stock_as_movements(media):
    load_demo_content(NOON, "only-in-tests")
    variants = list(Variant.objects.all())
    assert variants
    assert_the_books_agree(*variants)


def test_only_the_stock_module_writes_what_is_on_hand_or_promised():
    writers = set()
    for path in ROOT.glob("*/**/*.py"):
        folder = path.relative_to(ROOT).parts
        if folder[0] in {".venv", "tests", "var"} or "migrations" in folder:
            continue
        # The drill asks the database of a copy whether it refuses such writing.
        if folder[:2] == ("shop", "drill"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                is_writing = node.func.attr in {
                    "update",
                    "create",
                    "get_or_create",
                    "update_or_create",
                }
                names = [word.arg for word in node.keywords if is_writing]
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                names = [node.attr]
            if {"stock_on_hand", "stock_reserved"} & set(names):
                writers.add("/".join(folder))
    assert writers == {"products/stock.py"}


@pytest.mark.parametrize("values", [{"reference": ""}, {"state": "lent"}], ids=str)
def test_the_database_refuses_a_reservation_of_nobody_or_in_no_state(values):
    variant = make_variant(on_hand=10)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.create(
            **{"variant": variant, "reference": "A1", "quantity": 1, **values}
        )
    assert_the_books_agree(variant)
