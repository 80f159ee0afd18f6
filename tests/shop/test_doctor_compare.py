"""manage.py doctor --compare: equal is equal, a difference is found and named, and live keys stay home."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from shop.doctor import comparing
from shop.doctor.shapes import BY_ACCOUNT, Difference, differences, shape_of, without_names
from shop.doctor.wire import Answer, Side, flat
from tests.orders.stripe_steps import stripe_client
from tests.shop.proxy import changed

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def test_two_that_are_alike_are_the_same_and_nothing_stays_behind(sandbox, capsys):
    sandbox.control("reset")

    call_command("doctor", compare=True, against=sandbox.url)

    text = " ".join(capsys.readouterr().out.split())
    assert " steps: " in text
    assert " 0 differ, " in text, text
    assert "Could not be cleared away" not in text
    assert "A page with payment_method_types: 400 invalid_request_error parameter_unknown" in text
    assert "in order: payment_intent.created, charge.succeeded, payment_intent.succeeded" in text
    v1 = stripe_client(sandbox).v1
    assert not v1.checkout.sessions.list({"status": "open"}).data
    assert not v1.customers.list().data
    assert not v1.coupons.list().data
    assert not v1.webhook_endpoints.list().data
    intents = list(v1.payment_intents.list({"limit": 100}).auto_paging_iter())
    assert {intent.metadata["made_by"] for intent in intents} == {"manage.py doctor --compare"}
    assert {intent.status for intent in intents} == {"succeeded", "canceled"}
    paid = [one for one in intents if one.status == "succeeded"]
    charges = [v1.charges.retrieve(str(one.latest_charge)) for one in paid]
    assert [one.id for one in charges if not (one.refunded or one.disputed)] == []


SEEN = set[str]()


def little_flaws(method, path, status, body):
    """One flaw of each kind; one call that comes too soon, and one that the key may not make."""
    error = body.get("error", {})
    if path == "/v1/payment_intents" and method == "POST" and "busy" not in SEEN:
        SEEN.add("busy")
        return 429, {"error": {"type": "invalid_request_error", "code": "rate_limit"}}
    if path.endswith("/close"):
        return 403, {"error": {"type": "invalid_request_error", "message": "No right to it."}}
    if path == "/v1/tax/calculations":
        return 400, {"error": {"type": "invalid_request_error", "message": "Not switched on."}}
    if path == "/v1/refunds" and "greater" in error.get("message", ""):
        error |= {"message": "Too much.", "code": "amount_too_large"}
    if path.endswith("/line_items"):
        body["data"] = []
    elif path.startswith("/v1/checkout/sessions/cs_") and status == 200 and method == "GET":
        body["mood"] = "good"
        body["expires_at"] = str(body.get("expires_at"))
    if path.startswith("/v1/charges/"):
        del body["outcome"]
        body["amount_captured"] = 7
    if path == "/v1/coupons" and method == "POST":
        return 201, body
    if path == "/v1/events" and status == 200:
        body["data"] = [one for one in body["data"] if one["type"] != "charge.refunded"]
    return status, body


def test_every_difference_is_named_and_what_could_not_be_compared_too(sandbox):
    sandbox.control("reset")
    SEEN.clear()
    with changed(sandbox.url, little_flaws) as url:
        comparison = comparing.compare(comparing.another(url, ""), now=timezone.now())

    def at(step):
        return {one.place: (one.here, one.there) for one in comparison.different[step]}

    text = comparison.as_text()
    assert comparison.exit_status == 1, text
    assert at("payment page: read") == {
        "expires_at": ("integer", "text"),
        "mood": ("not there", "“good”"),
    }
    assert at("payment page: lines") == {"data": ("list", "empty list")}
    assert at("payment: read the charge") == {
        "amount_captured": ("integer 2500", "integer 7"),
        "outcome": ("object", "not there"),
    }
    assert at("refund: too much") == {
        "error code": ("not there", "amount_too_large"),
        "error message": (
            "Refund amount ($20.00) is greater than unrefunded amount on charge ($15.00)",
            "Too much.",
        ),
    }
    assert at("coupon: make") == {"status": ("200", "201")}
    assert at("happened: charge.refunded") == {"reached": ("yes", "no")}
    assert set(at("happened: which and how often")) == {"events.charge.refunded"}
    # The proxy said "429" of what had been done: asked again, with the same key.
    assert at("payment: pay") == {"header idempotent-replayed": ("not there", "there")}
    assert (
        comparison.not_compared["dispute: give up"] == "the key may not do this (No right to it.)"
    )
    assert comparison.not_compared["tax: calculate"] == (
        "Stripe Tax is not set up for this account (Not switched on.)"
    )
    assert "payment page: read\n  expires_at\n    sandbox    integer\n    there      text\n" in text


def test_without_a_test_key_the_sandbox_plays_alone_and_nothing_is_called_compared(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", compare=True)

    text = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 2
    assert "The sandbox on its own, " in text
    assert "steps on the sandbox alone, 0 not as documented. Nothing was compared: " in text


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1", "pk_test_1", "whsec_1"])
def test_only_a_test_key_is_sent_anywhere(monkeypatch, key):
    monkeypatch.setenv("A_KEY", key)
    with pytest.raises(CommandError, match="Nothing was called") as refused:
        call_command("doctor", compare=True, key_from_env="A_KEY", against="http://127.0.0.1:9")
    assert refused.value.returncode == 2


def test_a_variable_that_is_not_there_is_said(monkeypatch):
    monkeypatch.delenv("A_KEY", raising=False)
    with pytest.raises(CommandError, match="A_KEY is not set"):
        call_command("doctor", compare=True, key_from_env="A_KEY")


def test_a_test_key_of_the_shops_own_goes_to_stripe_itself():
    side = comparing.real_stripe("rk_test_1")
    assert (side.base, side.key) == ("https://api.stripe.com", "rk_test_1")
    assert "rk_test_1" not in repr(side)


def not_let_in(_method, _path, _status, _body):
    return 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key."}}


def test_a_key_that_is_not_taken_ends_it(sandbox):
    with changed(sandbox.url, not_let_in) as url:
        comparison = comparing.compare(comparing.another(url, "sk_test_x"), now=NOW)
    assert comparison.exit_status == 2
    assert "the key is not taken: Invalid API Key." in " ".join(comparison.as_text().split())


def test_nobody_there_ends_it():
    nobody = Side("Stripe", "http://127.0.0.1:9", "sk_test_x", "2026-10-28.endive", pause=0)
    comparison = comparing.compare(nobody, now=NOW)
    assert comparison.exit_status == 2
    assert "Stripe gave no answer to POST /v1/checkout/sessions" in comparison.as_text()


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ({"id": "pi_3AbcDefGhij"}, {"id": "pi_3ZyxWvuTsrq"}),
        ({"created": 1}, {"created": 2}),
        ({"url": "https://checkout.stripe.com/c/1"}, {"url": "http://127.0.0.1:1/c/2"}),
        ({"payment_method_types": ["card"]}, {"payment_method_types": ["card", "link"]}),
        ({"risk_score": 5}, {"risk_score": 64}),
    ],
)
def test_ids_times_and_settings_of_the_account_are_alike(here, there):
    assert differences(Answer(200, here), Answer(200, there)) == []


@pytest.mark.parametrize(
    ("here", "there", "place"),
    [
        ({"status": "open"}, {"status": "complete"}, "status"),
        ({"paid": True}, {"paid": False}, "paid"),
        ({"customer": None}, {"customer": "cus_1AbcDefGhij"}, "customer"),
        ({"charge": "ch_3AbcDefGhij"}, {"charge": "py_3AbcDefGhij"}, "charge"),
        ({"amount": 100}, {"amount": 101}, "amount"),
        ({"rate": 1}, {"rate": 1.5}, "rate"),
        ({"a": {"b": {"c": 1}}}, {"a": {}}, "a.b"),
        ({"rows": [{"a": 1}]}, {"rows": [{"a": 1}, {"b": 1}]}, "rows[].b"),
    ],
)
def test_fields_types_and_words_differ(here, there, place):
    assert [one.place for one in differences(Answer(200, here), Answer(200, there))] == [place]


def test_an_answer_that_is_no_error_differs_from_one_that_is():
    error = {"error": {"type": "card_error", "message": "No such charge: 'ch_3AbcDefGhij'"}}
    assert differences(Answer(200, {"id": "x"}), Answer(402, error)) == [
        Difference("status", "200", "402"),
        Difference("error type", "not there", "card_error"),
        Difference("error message", "not there", "No such charge: 'ch_…'"),
    ]


def test_a_header_that_is_missing_differs():
    replayed = Answer(200, {}, {"idempotent-replayed": "true"})
    assert [one.place for one in differences(replayed, Answer(200, {}))] == [
        "header idempotent-replayed"
    ]


def test_words_are_no_ids():
    words = {"type": "us_bank_account", "code": "card_declined", "id": "tax_li_Ab3dEfGh1"}
    assert shape_of(words) == {
        "type": {"“us_bank_account”"},
        "code": {"“card_declined”"},
        "id": {"tax_li_…"},
    }
    assert without_names("use card_declined, not pi_3AbcDefGhij") == "use card_declined, not pi_…"
    assert not BY_ACCOUNT.search("payment_method_details.type")


def test_parameters_travel_as_stripe_wants_them():
    params = {"expand": ["a", "b"], "line": [{"price": {"amount": 1}}], "paid": True}
    assert list(flat(params)) == [
        ("expand[0]", "a"),
        ("expand[1]", "b"),
        ("line[0][price][amount]", "1"),
        ("paid", "true"),
    ]
