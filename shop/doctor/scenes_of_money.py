"""The scenario of `doctor --compare`, second half: payments, refunds, the bank, events, and the rest."""

from typing import Any

from orders.gateways.base import TaxQuestion
from orders.gateways.stripe_requests import tax_params
from shop.doctor.play import LEEWAY_SECONDS, Play
from shop.doctor.wire import Answer, in_path

INTENTS, REFUNDS, EVENTS = "/v1/payment_intents", "/v1/refunds", "/v1/events"
CHARGE_PARTS = ["latest_charge.balance_transaction"]
AMOUNT_CENTS = 2_500
REFUSED, DECLINED, NOT_FOUND = 400, 402, 404
# Stripe takes no more words than that in one question (docs.stripe.com/api/events/list).
MOST_TYPES = 20
MOST_PAGES = 5


def paying(play: Play, card: str, **changes: Any) -> dict[str, Any]:
    """Return the parameters of a payment that is tried at once, with one of Stripe's test cards."""
    return {
        "amount": AMOUNT_CENTS,
        "currency": "usd",
        "payment_method": card,
        "confirm": True,
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "description": "Order DOCTOR",
        "metadata": play.mark,
        **changes,
    }


def payment(play: Play) -> None:
    """Paid, read with its charge and its fee; declined; opened and given up."""
    intent = play.made("pay", INTENTS, paying(play, "pm_card_visa"))
    play.afterwards("POST", REFUNDS, {"payment_intent": intent})
    read = play.ask("read", "GET", f"{INTENTS}/{in_path(intent)}", {"expand": CHARGE_PARTS})
    lately = {"created": {"gte": play.since - LEEWAY_SECONDS}, "limit": 100}
    play.list_only("list", INTENTS, lately, intent)
    charge = (read.body.get("latest_charge") or {}).get("id", "")
    play.ask("read the charge", "GET", f"/v1/charges/{in_path(charge)}")
    play.ask("its balance", "GET", "/v1/balance_transactions", {"source": charge, "limit": 3})
    for name, card in {
        "declined": "pm_card_chargeDeclined",
        "declined, no funds": "pm_card_chargeDeclinedInsufficientFunds",
        "declined, expired": "pm_card_chargeDeclinedExpiredCard",
    }.items():
        answer = play.ask(name, "POST", INTENTS, paying(play, card), expected=DECLINED)
        tried = answer.error.get("payment_intent") or answer.body
        play.afterwards("POST", f"{INTENTS}/{tried.get('id')}/cancel")
    refused: dict[str, dict[str, Any]] = {
        "an unknown card": paying(play, "pm_doctor_knows_none"),
        "too little": paying(play, "pm_card_visa", amount=10),
        "an unknown currency": paying(play, "pm_card_visa", currency="xyz"),
    }
    for name, params in refused.items():
        play.ask(name, "POST", INTENTS, params, expected=REFUSED)
    play.ask("pay what is paid", "POST", f"{INTENTS}/{intent}/confirm", expected=REFUSED)
    waiting = {"amount": AMOUNT_CENTS, "currency": "usd", "metadata": play.mark}
    unpaid = play.made("open", INTENTS, waiting)
    play.ask("pay with nothing", "POST", f"{INTENTS}/{unpaid}/confirm", expected=REFUSED)
    play.ask("cancel", "POST", f"{INTENTS}/{unpaid}/cancel")
    play.ask("cancel again", "POST", f"{INTENTS}/{unpaid}/cancel", expected=REFUSED)


def refund(play: Play) -> None:
    """In part, again with the same key, too much, the rest, and once more."""
    intent = play.made("pay", INTENTS, paying(play, "pm_card_visa"))
    ending = play.afterwards("POST", REFUNDS, {"payment_intent": intent})
    play.watched = intent
    part = {"payment_intent": intent, "amount": 1_000, "metadata": play.mark}
    made = play.made("a part", REFUNDS, part, key="part")
    play.ask("the same, same key", "POST", REFUNDS, part, key="part")
    another = {**part, "amount": 900}
    play.ask("another, same key", "POST", REFUNDS, another, key="part", expected=REFUSED)
    whose = {"payment_intent": intent}
    refused: dict[str, dict[str, Any]] = {
        "too much": {**whose, "amount": 2_000},
        "nothing": {**whose, "amount": 0},
        "an unknown reason": {**whose, "reason": "whim"},
        "of nothing": {"amount": 100},
        "of nobody's payment": {"payment_intent": "pi_doctor_knows_none"},
    }
    for name, params in refused.items():
        play.ask(name, "POST", REFUNDS, params, expected=REFUSED)
    play.ask("read", "GET", f"{REFUNDS}/{in_path(made)}", {"expand": ["balance_transaction"]})
    play.ask("change metadata", "POST", f"{REFUNDS}/{made}", {"metadata": {"more": "1"}})
    play.ask("the rest", "POST", REFUNDS, whose)
    play.done(ending)
    play.ask("list", "GET", REFUNDS, whose)
    play.ask("once more", "POST", REFUNDS, whose, expected=REFUSED)
    play.ask("its payment", "GET", f"{INTENTS}/{intent}", {"expand": CHARGE_PARTS})


def dispute(play: Play) -> None:
    """A payment that its bank takes back: read, answered, given up."""
    play.may_lack = "no dispute came in time"
    intent = play.made("pay", INTENTS, paying(play, "pm_card_createDispute"))
    whose = {"payment_intent": intent}
    row = play.awaited("/v1/disputes", whose)
    path = f"/v1/disputes/{in_path(row['id'])}"
    play.ask("read", "GET", path)
    play.ask("list", "GET", "/v1/disputes", whose)
    evidence = {"evidence": {"product_description": "A pack"}, "submit": False}
    play.ask("write evidence", "POST", path, evidence)
    play.ask("refund it", "POST", REFUNDS, whose, expected=REFUSED)
    play.ask("give up", "POST", f"{path}/close")
    play.ask("give up again", "POST", f"{path}/close", expected=REFUSED)


def fraud_warning(play: Play) -> None:
    """A payment that the card's issuer holds for fraud."""
    play.may_lack = "no warning came in time"
    intent = play.made("pay", INTENTS, paying(play, "pm_card_createIssuerFraudRecord"))
    play.afterwards("POST", REFUNDS, {"payment_intent": intent})
    whose = {"payment_intent": intent}
    row = play.awaited("/v1/radar/early_fraud_warnings", whose)
    play.ask("read", "GET", f"/v1/radar/early_fraud_warnings/{in_path(row['id'])}")


def customer(play: Play) -> None:
    """Made, changed, deleted, and looked for afterwards."""
    path = "/v1/customers"
    who = {"email": "doctor@example.com", "metadata": play.mark}
    made = play.made("make", path, who)
    ending = play.afterwards("DELETE", f"{path}/{made}")
    play.ask("change", "POST", f"{path}/{made}", {"metadata": {"run": ""}, "name": "A. Doctor"})
    play.ask("delete", "DELETE", f"{path}/{made}")
    play.done(ending)
    play.ask("delete again", "DELETE", f"{path}/{made}", expected=NOT_FOUND)


def coupon(play: Play) -> None:
    """With a promotion code."""
    path = "/v1/coupons"
    terms = {"percent_off": 12.5, "duration": "once", "metadata": play.mark}
    made = play.made("make", path, terms)
    ending = play.afterwards("DELETE", f"{path}/{made}")
    code = {"promotion": {"type": "coupon", "coupon": made}, "metadata": play.mark}
    play.ask("its code", "POST", "/v1/promotion_codes", code)
    play.ask("delete", "DELETE", f"{path}/{made}")
    play.done(ending)


def tax(play: Play) -> None:
    """A calculation as the shop asks for it; nothing is filed."""
    question = TaxQuestion(
        currency="USD",
        line_cents=[2_000],
        shipping_cents=599,
        line1="12 Elm Street",
        city="Springfield",
        region="IL",
        postal_code="62701",
        country="US",
    )
    play.may_lack = "Stripe Tax is not set up for this account"
    play.ask("calculate", "POST", "/v1/tax/calculations", {**tax_params(question)})


def happened(play: Play) -> None:
    """The events of all that came before: which, how many of each, and what they carry."""
    found = list[dict[str, Any]]()
    for _ in play.looks():
        before, found = len(found), _events_of(play)
        if found and len(found) == before:
            break
    types = sorted({event["type"] for event in found})
    # How often, not in which order: Stripe promises none, and its stamps are whole seconds.
    counts = {name: f"{_count(found, name)} times" for name in types}
    play.remember("which and how often", Answer(200, {"events": counts}))
    play.told["Events of a payment and its refunds, in order"] = ", ".join(
        event["type"] for event in found if _is_about(event["data"]["object"], {play.watched})
    )
    for name in types:
        first = next(event for event in found if event["type"] == name)
        play.remember(name, Answer(200, first))
    one = found[0]["id"] if found else "evt_doctor_knows_none"
    play.ask("read one", "GET", f"{EVENTS}/{in_path(one)}")
    play.ask("read nobody's", "GET", f"{EVENTS}/evt_doctor_knows_none", expected=NOT_FOUND)
    many = {"types": [f"charge.x{number}" for number in range(MOST_TYPES + 1)]}
    play.ask("of too many types", "GET", EVENTS, many, expected=REFUSED)
    both = {"type": "charge.succeeded", "types": ["charge.failed"]}
    play.ask("of a type and of types", "GET", EVENTS, both, expected=REFUSED)


def _events_of(play: Play) -> list[dict[str, Any]]:
    """Return the events about what this run has made, the oldest first."""
    found, after = list[dict[str, Any]](), dict[str, Any]()
    for _ in range(MOST_PAGES):
        lately = {"created": {"gte": play.since - LEEWAY_SECONDS}, "limit": 100, **after}
        page = play.ask_quietly("GET", EVENTS, lately)
        found += page.rows
        if not page.body.get("has_more"):
            break
        after = {"starting_after": page.rows[-1]["id"]}
    ours = [event for event in found if _is_ours(play, event["data"]["object"])]
    return ours[::-1]


def _is_ours(play: Play, thing: dict[str, Any]) -> bool:
    if (thing.get("metadata") or {}).get("run") == play.run:
        return True
    return _is_about(thing, play.ids)


def _is_about(thing: dict[str, Any], ids: set[str]) -> bool:
    return any(thing.get(name) in ids for name in ("id", "payment_intent", "charge"))


def _count(events: list[dict[str, Any]], name: str) -> int:
    return sum(event["type"] == name for event in events)


def webhook_endpoint(play: Play) -> None:
    """Made, switched off, deleted. Last of all: nothing may be sent there."""
    path = "/v1/webhook_endpoints"
    address = {
        "url": "http://doctor.example.com/webhooks/stripe/",
        "enabled_events": ["checkout.session.completed", "charge.refunded"],
        "api_version": play.side.version,
        "description": "manage.py doctor --compare",
        "metadata": play.mark,
    }
    for name, params in {
        "no address": {**address, "url": "webhooks"},
        "an unknown event": {**address, "enabled_events": ["doctor.came"]},
        "no events": {name: value for name, value in address.items() if name != "enabled_events"},
    }.items():
        play.ask(name, "POST", path, params, expected=REFUSED)
    made = play.made("make", path, address)
    ending = play.afterwards("DELETE", f"{path}/{made}")
    play.ask("switch off", "POST", f"{path}/{made}", {"disabled": True})
    play.ask("read", "GET", f"{path}/{made}")
    play.list_only("list", path, {"limit": 100}, made)
    play.ask("delete", "DELETE", f"{path}/{made}")
    play.done(ending)
    play.ask("read, deleted", "GET", f"{path}/{made}", expected=NOT_FOUND)
