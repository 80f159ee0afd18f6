"""Secrets of links and cookies: found by their beginning, opened by the whole, in constant time."""

import re
import secrets
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import Cart, Order
from products.models import BackInStockAlert
from shop.lib.tokens import START, find_by_token, new_token

ROOT = Path(__file__).resolve().parents[2]
OURS = ("accounts", "orders", "outbox", "pages", "products", "shop", "throttle")


def test_a_token_has_256_bits():
    assert len({new_token() for _ in range(100)}) == 100
    assert all(re.fullmatch(r"[\w-]{43}", new_token()) for _ in range(100))


@pytest.mark.django_db
def test_the_beginning_finds_a_row_and_only_the_whole_opens_it():
    cart = Cart.objects.create()
    assert cart.token_start == cart.token[:START]

    for wrong in (
        cart.token[:START],
        cart.token[:-1],
        f"{cart.token}x",
        cart.token[:-1] + ("a" if cart.token[-1] != "a" else "b"),
        cart.token.swapcase(),
        "-" * 43,
        "",
    ):
        assert find_by_token(Cart.objects.all(), wrong) is None
    assert find_by_token(Cart.objects.all(), cart.token) == cart


@pytest.mark.django_db
def test_a_wrong_guess_is_as_much_work_as_an_unknown_one(monkeypatch):
    cart = Cart.objects.create()
    compared = []
    real = secrets.compare_digest

    def watched(known, sent):
        compared.append((len(known), len(sent)))
        return real(known, sent)

    monkeypatch.setattr(secrets, "compare_digest", watched)
    for guess in (cart.token, cart.token[:START] + "x" * 27, new_token()):
        with CaptureQueriesContext(connection) as queries:
            find_by_token(Cart.objects.all(), guess)
        # The secret part is never given to the database.
        assert [guess[: START + 1] in query["sql"] for query in queries] == [False]
    assert compared == [(43, 43)] * 3


def test_no_row_is_looked_up_by_its_whole_token():
    """Whoever adds a page with a token has to use find_by_token()."""
    by_token = re.compile(r"\b(?:filter|get|exclude|get_object_or_404)\([^)]*\btoken(?:__\w+)?=")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for app in OURS
        for path in (ROOT / app).rglob("*.py")
        for match in by_token.finditer(path.read_text())
    ]
    assert found == []
    fields = {
        model: {field.name for field in model._meta.get_fields()} for model in apps.get_models()
    }
    with_token = {model for model, names in fields.items() if "token" in names}
    assert with_token == {Order, Cart, BackInStockAlert}
    assert {model for model, names in fields.items() if "token_start" in names} == with_token
