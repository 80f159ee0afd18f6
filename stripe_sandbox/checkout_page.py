"""The hosted payment page and the 3-D Secure page: plain forms, no JavaScript."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stripe_sandbox import clock
from stripe_sandbox.bodies.session import DEBITS
from stripe_sandbox.card_form import BankForm, CardForm, PayerForm
from stripe_sandbox.cards import BY_NUMBER, CARDS, Decline, card_with
from stripe_sandbox.currencies import money_text
from stripe_sandbox.deliveries import deliver_before_return
from stripe_sandbox.errors import ApiError
from stripe_sandbox.models import StoredObject
from stripe_sandbox.payments import Outcome, authenticate, pay
from stripe_sandbox.pricing import reprice
from stripe_sandbox.promotions import CodeRefused, apply_code, remove_code
from stripe_sandbox.receipt import back_to_shop, discount_name, receipt_of, shipping_choices
from stripe_sandbox.security import content_policy
from stripe_sandbox.sessions import choose_shipping, current_session
from stripe_sandbox.store import body_of, find

BUTTONS = {"book": "Book for", "donate": "Donate", "subscribe": "Subscribe for"}
DECLINED_QUERY = "declined"


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
    _locate(session)
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
        outcome = authenticate(session_id, passed=answer == "complete")
        return _new_total(request, outcome) or _after(outcome)
    intent = body_of(session.body["payment_intent"] or "")
    if session.body["status"] != "open" or not intent or intent["status"] != "requires_action":
        return redirect("pay", session_id)
    response = render(request, "stripe_sandbox/authenticate.html", receipt_of(session))
    return _allow_return(response, session)


def _session(session_id: str) -> StoredObject | None:
    try:
        return current_session(session_id)
    except ApiError:
        return None


def _locate(session: StoredObject) -> None:
    """Who opens the page has told their place, as far as the sandbox cares; tax follows from it."""
    if session.body["automatic_tax"]["enabled"] and not session.hidden["located"]:
        with transaction.atomic():
            session.refresh_from_db()
            reprice(session, located=True)


def _submit(request: HttpRequest, session: StoredObject) -> HttpResponse:
    if session.body["status"] == "open" and "act" in request.POST:
        return _change(request, session)
    if session.body["status"] != "open":
        return _after(pay(session.stripe_id, None))
    if session.body["amount_total"] == 0:
        outcome = pay(session.stripe_id, None, email=request.POST.get("email", "")[:512])
        return _new_total(request, outcome) or _after(outcome)
    known_email = session.body["customer_email"] or _customer_email(session)
    form = _payer_form(request, session, known_email)
    if not form.is_valid():
        return _form_page(request, session, form, status=400)
    debit = DEBITS.get(session.body["currency"], "")
    payer = form.payer(debit) if isinstance(form, BankForm) else form.payer()
    outcome = pay(session.stripe_id, payer)
    if outcome.status == "declined":
        return _form_page(request, outcome.session, form, outcome.decline, status=402)
    return _new_total(request, outcome, form) or _after(outcome)


def _new_total(
    request: HttpRequest, outcome: Outcome, form: PayerForm | None = None
) -> HttpResponse | None:
    """The page once more when the code was used up meanwhile; None in all other cases."""
    if outcome.status != "changed":
        return None
    refusal = "This code can no longer be used. You were not charged: see the new total."
    form = form or _fresh_form(request, outcome.session)
    return _form_page(request, outcome.session, form, status=409, refusal=refusal)


def _payer_form(
    request: HttpRequest, session: StoredObject, known_email: str | None
) -> CardForm | BankForm:
    """The form of the chosen way to pay; the card where nothing else was chosen."""
    if request.POST.get("method") == "bank" and _offers_debit(session.body):
        return BankForm(request.POST, known_email=known_email)
    return CardForm(request.POST, known_email=known_email)


def _offers_debit(session: dict[str, Any]) -> bool:
    return DEBITS.get(session["currency"]) in session["payment_method_types"]


def _customer_email(session: StoredObject) -> str | None:
    customer = body_of(session.body["customer"] or "")
    return customer["email"] if customer else None


def _change(request: HttpRequest, session: StoredObject) -> HttpResponse:
    """Another shipping rate, a promotion code put on or taken off; then the page anew."""
    act = request.POST["act"]
    with transaction.atomic():
        session = find("checkout.session", session.stripe_id, param="session")
        if session.body["status"] == "open":
            try:
                _do(act, request, session)
            except CodeRefused as refusal:
                form = _fresh_form(request, session)
                return _form_page(request, session, form, status=400, refusal=str(refusal))
    response = redirect("pay", session.stripe_id)
    response.status_code = 303
    return response


def _do(act: str, request: HttpRequest, session: StoredObject) -> None:
    if act == "shipping":
        choose_shipping(session, request.POST.get("shipping_rate", ""))
    elif act == "code" and session.body["allow_promotion_codes"]:
        apply_code(session, request.POST.get("code", ""))
    elif act == "remove" and session.body["allow_promotion_codes"]:
        remove_code(session)


def _after(outcome: Outcome) -> HttpResponse:
    """Where the browser goes next."""
    session = outcome.session
    if session.body["status"] == "complete":
        deliver_before_return()
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
    known_email = session.body["customer_email"] or _customer_email(session)
    return CardForm(initial=initial, known_email=known_email)


def _last_card(session: StoredObject) -> dict[str, str]:
    """The card that was tried last, kept beside its PaymentMethod."""
    methods = StoredObject.objects.filter(
        object_type="payment_method", parent_id=session.body["payment_intent"] or "-"
    )
    last = methods.first()
    card = last.hidden.get("card") if last else None
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
    form: PayerForm,
    decline: Decline | None = None,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    is_bank = isinstance(form, BankForm)
    email = form.known_email
    context = receipt_of(session) | {
        "form": form,
        "card": CardForm(known_email=email) if is_bank else form,
        "bank": form if is_bank else BankForm(known_email=email),
        "is_bank": is_bank,
        "has_choice": _offers_debit(session.body),
        "decline": decline,
        "cards": CARDS,
        "button": _button(session.body),
        "email": email,
        "is_free": session.body["amount_total"] == 0,
        "shipping": shipping_choices(session),
        "discount": discount_name(session),
        "refusal": refusal,
        "typed_code": request.POST.get("code", ""),
    }
    response = render(request, "stripe_sandbox/pay.html", context, status=status)
    return _allow_return(response, session)


def _closed(request: HttpRequest, session: StoredObject) -> HttpResponse:
    is_complete = session.body["status"] == "complete"
    context = receipt_of(session) | {
        "is_complete": is_complete,
        "is_waiting": session.body["payment_status"] == "unpaid",
        "back": return_address(session.body) if is_complete else back_to_shop(session.body),
    }
    return render(request, "stripe_sandbox/closed.html", context)


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
