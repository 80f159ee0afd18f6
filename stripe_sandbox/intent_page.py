"""The 3-D Secure page of a PaymentIntent that was confirmed over the API."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stripe_sandbox import charging
from stripe_sandbox.currencies import money_text
from stripe_sandbox.models import StoredObject
from stripe_sandbox.security import content_policy


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def authenticate_page(request: HttpRequest, intent_id: str) -> HttpResponse:
    """Play the buyer's bank; afterwards the buyer goes to the intent's `return_url`."""
    intent = StoredObject.objects.filter(object_type="payment_intent", stripe_id=intent_id).first()
    if intent is None or "return_url" not in intent.hidden:
        return render(request, "stripe_sandbox/no_session.html", status=404)
    answer = request.POST.get("answer")
    if answer in {"complete", "fail"}:
        intent = _answered(intent_id, passed=answer == "complete")
    if intent.body["status"] != "requires_action":
        return _back(intent)
    back = intent.hidden["return_url"]
    context = {
        "total": money_text(intent.body["amount"], intent.body["currency"]),
        "shop": settings.SANDBOX_MERCHANT or urlsplit(back).netloc or "the merchant",
    }
    response = render(request, "stripe_sandbox/authenticate.html", context)
    response["Content-Security-Policy"] = content_policy(back)
    return response


def _answered(intent_id: str, *, passed: bool) -> StoredObject:
    with transaction.atomic():
        intent = StoredObject.objects.get(stripe_id=intent_id)
        if intent.body["status"] != "requires_action":
            return intent
        if not passed:
            charging.refuse_authentication(intent)
            return intent
        attempt = charging.attempt(intent, charging.method_of(intent))
        if attempt.status == "succeeded" and attempt.charge:
            charging.settle(attempt.charge)
    return intent


def _back(intent: StoredObject) -> HttpResponse:
    address = intent.hidden["return_url"]
    if not address:
        return redirect("object", intent.stripe_id)
    went_well = intent.body["status"] in {"succeeded", "requires_capture", "processing"}
    facts = urlencode(
        {
            "payment_intent": intent.stripe_id,
            "payment_intent_client_secret": intent.body["client_secret"],
            "redirect_status": "succeeded" if went_well else "failed",
        }
    )
    response = redirect(f"{address}{'&' if '?' in address else '?'}{facts}")
    response.status_code = 303
    return response
