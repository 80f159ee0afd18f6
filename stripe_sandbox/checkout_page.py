"""The hosted payment page and the 3-D Secure page: plain forms, no JavaScript."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stripe_sandbox import clock
from stripe_sandbox.card_form import CardForm
from stripe_sandbox.cards import BY_NUMBER, CARDS, Decline, card_with
from stripe_sandbox.currencies import money_text
from stripe_sandbox.errors import ApiError
from stripe_sandbox.models import StoredObject
from stripe_sandbox.payments import Outcome, authenticate, pay
from stripe_sandbox.security import content_policy
from stripe_sandbox.sessions import current_session, lines_of
from stripe_sandbox.store import body_of

BUTTONS = {"book": "Book for", "donate": "Donate", "subscribe": "Subscribe for"}
DECLINED_QUERY = "declined"


@dataclass(frozen=True)
class Line:
    """One row of the receipt, amounts as text."""

    name: str
    detail: str
    amount: str


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay_page(request: HttpRequest, session_id: str) -> HttpResponse:
    """Show the payment form; a POST pays."""
    session = _session(session_id)
    if session is None:
        return render(request, "stripe_sandbox/no_session.html", status=404)
    if request.method == "POST":
        return _submit(request, session)
    if session.body["status"] != "open":
        return _closed(request, session)
    return _form_page(
        request, session, _fresh_form(request, session), _past_decline(request, session)
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def authenticate_page(request: HttpRequest, session_id: str) -> HttpResponse:
    """Play the buyer's bank: complete the 3-D Secure challenge or fail it."""
    session = _session(session_id)
    if session is None:
        return render(request, "stripe_sandbox/no_session.html", status=404)
    answer = request.POST.get("answer")
    if answer in {"complete", "fail"}:
        return _after(authenticate(session_id, passed=answer == "complete"))
    intent = body_of(session.body["payment_intent"] or "")
    if session.body["status"] != "open" or not intent or intent["status"] != "requires_action":
        return redirect("pay", session_id)
    response = render(request, "stripe_sandbox/authenticate.html", _receipt(session))
    return _allow_return(response, session)


def _session(session_id: str) -> StoredObject | None:
    try:
        return current_session(session_id)
    except ApiError:
        return None


def _submit(request: HttpRequest, session: StoredObject) -> HttpResponse:
    if session.body["status"] != "open" or session.body["amount_total"] == 0:
        return _after(pay(session.stripe_id, None))
    form = CardForm(request.POST, known_email=session.body["customer_email"])
    if not form.is_valid():
        return _form_page(request, session, form, status=400)
    outcome = pay(session.stripe_id, form.card())
    if outcome.status == "declined":
        return _form_page(request, outcome.session, form, outcome.decline, status=402)
    return _after(outcome)


def _after(outcome: Outcome) -> HttpResponse:
    """Where the browser goes next."""
    session = outcome.session
    if session.body["status"] == "complete":
        response = redirect(return_address(session.body))
    elif outcome.status == "challenge":
        response = redirect("authenticate", session.stripe_id)
    else:
        response = redirect("pay", session.stripe_id)
        if outcome.decline:
            response["Location"] += f"?{DECLINED_QUERY}=1"
    response.status_code = 303
    return response


def return_address(session: dict[str, Any]) -> str:
    """`success_url` with the session id in place of the literal that asks for it."""
    address: str = session["success_url"]
    return address.replace("{CHECKOUT_SESSION_ID}", session["id"])


def _fresh_form(request: HttpRequest, session: StoredObject) -> CardForm:
    """An empty form, or one filled from a test card or from an attempt that a bank refused."""
    initial: dict[str, str] = {}
    number = request.GET.get("card", "")
    if number in BY_NUMBER:
        year = datetime.fromtimestamp(clock.now(), UTC).year + 2
        initial = {
            "number": BY_NUMBER[number].spaced,
            "expiry": f"12 / {year % 100:02d}",
            "cvc": "1234" if number.startswith("37") else "123",
            "name": "Test Buyer",
            "email": "buyer@example.com",
        }
    elif DECLINED_QUERY in request.GET:
        initial = _last_card(session)
    return CardForm(initial=initial, known_email=session.body["customer_email"])


def _last_card(session: StoredObject) -> dict[str, str]:
    intent = StoredObject.objects.filter(stripe_id=session.body["payment_intent"] or "").first()
    card = intent.hidden.get("card") if intent else None
    if not card:
        return {}
    expiry = f"{card['exp_month']:02d} / {card['exp_year'] % 100:02d}"
    kept = {key: card[key] for key in ("name", "email", "postal_code")}
    return kept | {"number": card_with(card["number"]).spaced, "expiry": expiry}


def _past_decline(request: HttpRequest, session: StoredObject) -> Decline | None:
    """The refusal that a redirect from the 3-D Secure page has to report."""
    intent = body_of(session.body["payment_intent"] or "")
    error = (intent or {}).get("last_payment_error")
    if DECLINED_QUERY not in request.GET or not error:
        return None
    return Decline(error["code"], error["message"], error.get("decline_code", ""))


def _form_page(
    request: HttpRequest,
    session: StoredObject,
    form: CardForm,
    decline: Decline | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _receipt(session) | {
        "form": form,
        "decline": decline,
        "cards": CARDS,
        "button": _button(session.body),
        "email": session.body["customer_email"],
        "is_free": session.body["amount_total"] == 0,
    }
    response = render(request, "stripe_sandbox/pay.html", context, status=status)
    return _allow_return(response, session)


def _closed(request: HttpRequest, session: StoredObject) -> HttpResponse:
    is_complete = session.body["status"] == "complete"
    context = _receipt(session) | {
        "is_complete": is_complete,
        "back": return_address(session.body) if is_complete else _back_to_shop(session.body),
    }
    return render(request, "stripe_sandbox/closed.html", context)


def _back_to_shop(session: dict[str, Any]) -> str:
    if session["cancel_url"]:
        return str(session["cancel_url"])
    parts = urlsplit(session["success_url"])
    return f"{parts.scheme}://{parts.netloc}/"


def _allow_return(response: HttpResponse, session: StoredObject) -> HttpResponse:
    response["Content-Security-Policy"] = content_policy(
        session.body["success_url"], session.body["cancel_url"] or ""
    )
    return response


def _button(session: dict[str, Any]) -> str:
    if session["amount_total"] == 0:
        return "Complete order"
    verb = BUTTONS.get(session["submit_type"] or "", "Pay")
    return f"{verb} {money_text(session['amount_total'], session['currency'])}"


def _receipt(session: StoredObject) -> dict[str, Any]:
    """The rows of the receipt: lines, shipping, tax, total."""
    body = session.body
    currency = body["currency"]
    lines = [_line(item, currency) for item in lines_of(session.stripe_id)]
    details = body["total_details"]
    if body["shipping_options"]:
        rate = body_of(body["shipping_options"][0]["shipping_rate"]) or {}
        amount = details["amount_shipping"]
        text = money_text(amount, currency) if amount else "Free"
        lines.append(Line(rate.get("display_name") or "Shipping", "Shipping", text))
    if body["automatic_tax"]["enabled"]:
        lines.append(Line("Tax", "Simulated, always zero", money_text(0, currency)))
    return {
        "session": body,
        "lines": lines,
        "total": money_text(body["amount_total"], currency),
        "shop": settings.SANDBOX_MERCHANT or urlsplit(body["success_url"]).netloc,
        "back": _back_to_shop(body),
    }


def _line(item: dict[str, Any], currency: str) -> Line:
    detail = ""
    if item["quantity"] > 1:
        each = money_text(item["price"]["unit_amount"], currency)
        detail = f"{item['quantity']} at {each} each"
    product = body_of(item["price"]["product"]) or {}
    detail = detail or product.get("description") or ""
    return Line(item["description"], detail, money_text(item["amount_total"], currency))
