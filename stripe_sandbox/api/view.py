"""The way of every API request: key, fault, match, decode, validate, idempotency, work, check, answer."""

import logging
import re
import time
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from stripe_sandbox.api import idempotency
from stripe_sandbox.api.answers import Answer, response_of
from stripe_sandbox.api.calls import HANDLERS, Call, match
from stripe_sandbox.api.expansion import check_paths, expand
from stripe_sandbox.api.faults import INSTEAD, error_of, take_fault, trouble
from stripe_sandbox.api.keys import check_key
from stripe_sandbox.contract.endpoints import Endpoint
from stripe_sandbox.contract.requests import typed_params
from stripe_sandbox.contract.responses import ContractBroken, require
from stripe_sandbox.errors import ApiError, Broken, CardRefused, InvalidRequest, NotFound
from stripe_sandbox.form_body import MalformedForm, decode_form
from stripe_sandbox.ids import new_id
from stripe_sandbox.models import Fault, IdempotentAnswer

log = logging.getLogger(__name__)
VERSION = re.compile(r"^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$")
# The version that removed `payment_method_types` from creating; older callers may still send it.
WITHOUT_METHOD_TYPES = "2026-09-30"
# The version that moved a promotion code's `coupon` into `promotion`.
WITHOUT_PLAIN_COUPON = "2025-09-30"
BROKEN = HTTPStatus.INTERNAL_SERVER_ERROR


def api(request: HttpRequest, path: str) -> HttpResponse:
    """Answer one request under /v1/."""
    request_id = new_id("req_", 14)
    method, full_path = request.method or "GET", f"/v1/{path}"
    fault: Fault | None = None
    try:
        check_key(request.headers.get("Authorization", ""))
        fault = take_fault(method, full_path)
        if fault and fault.kind in INSTEAD:
            return trouble(request, fault, request_id)
        answer = _answer(request, method, full_path, request_id, fault)
    except ApiError as error:
        answer = Answer(error.status, error.body())
    except Exception:
        log.exception("%s %s failed", method, full_path)
        answer = Answer(500, Broken("stripe_sandbox broke: see its log.").body())
    if fault and fault.kind in (Fault.Kind.ERROR_AFTER, Fault.Kind.DROP_AFTER):
        return trouble(request, fault, request_id)
    return response_of(request, answer, request_id)


def _answer(
    request: HttpRequest, method: str, path: str, request_id: str, fault: Fault | None
) -> Answer:
    call = _call(request, method, path, request_id)
    check_paths(call.params.get("expand", []), call.endpoint.answer)
    row: IdempotentAnswer | None = None
    if method == "POST" and call.idempotency_key:
        print_of_request = idempotency.fingerprint(method, path, request.body)
        row = idempotency.claim(call.account, call.idempotency_key, print_of_request, request_id)
        if row.status is not None:
            headers = {"Idempotent-Replayed": "true", "Original-Request": row.request_id}
            return Answer(row.status, row.body, headers)
    if fault and fault.kind == Fault.Kind.DELAY:
        time.sleep(fault.seconds)
    answer = _work(call, method, row)
    if fault and fault.kind == Fault.Kind.ERROR_AFTER and fault.status == BROKEN:
        # Executed, then broken: Stripe replays its own 500. What a proxy says it never sees.
        idempotency.remember(row, fault.status, error_of(fault).body())
    return answer


def _call(request: HttpRequest, method: str, path: str, request_id: str) -> Call:
    """The request as a call with typed parameters; raises ApiError for what Stripe refuses."""
    found = match(method, path)
    if found is None:
        raise NotFound(
            f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we"
            " can help at https://support.stripe.com/."
        )
    endpoint, ids = found
    if (endpoint.method, endpoint.path) not in HANDLERS:
        raise NotFound(f"stripe_sandbox does not serve {method} {endpoint.path}; Stripe does.")
    version = request.headers.get("Stripe-Version", "")
    if version and not VERSION.match(version):
        raise InvalidRequest(f"Invalid Stripe API version: {version}")
    raw = _raw_params(request, method)
    if method == "POST" and version < WITHOUT_METHOD_TYPES:
        _translate_method_types(raw, endpoint)
    is_code = (method, endpoint.path) == ("POST", "/v1/promotion_codes")
    if is_code and version < WITHOUT_PLAIN_COUPON and "coupon" in raw:
        raw["promotion"] = {"type": "coupon", "coupon": raw.pop("coupon")}
    return Call(
        endpoint=endpoint,
        ids=ids,
        request_id=request_id,
        account=check_key(request.headers.get("Authorization", "")),
        idempotency_key=request.headers.get("Idempotency-Key") or None,
        params=typed_params(raw, endpoint.params),
    )


def _translate_method_types(raw: dict[str, Any], endpoint: Endpoint) -> None:
    """Older callers name the payment methods with a word that is no longer taken."""
    types = raw.pop("payment_method_types", None)
    if types and "allowed_payment_method_types" in endpoint.params.fields:
        raw["allowed_payment_method_types"] = types


def _raw_params(request: HttpRequest, method: str) -> dict[str, Any]:
    text: str = request.META.get("QUERY_STRING", "")
    if method == "POST":
        kind = request.headers.get("Content-Type", "").partition(";")[0]
        if request.body and kind != "application/x-www-form-urlencoded":
            raise InvalidRequest(
                "The Stripe API expects bodies as application/x-www-form-urlencoded, not as"
                f" {kind or 'an unnamed type'}."
            )
        text = request.body.decode("utf-8", "replace")
    try:
        return decode_form(text)
    except (MalformedForm, ValueError) as error:
        raise InvalidRequest(str(error)) from error


def _work(call: Call, method: str, row: IdempotentAnswer | None) -> Answer:
    """Run the handler in one transaction with the remembered answer; check what it made."""
    handler = HANDLERS[call.endpoint.method, call.endpoint.path]
    try:
        if method == "GET":
            return Answer(200, _checked(call, handler(call)))
        with transaction.atomic():
            try:
                status, body = 200, _checked(call, handler(call))
            except CardRefused as refusal:
                # Caught inside the transaction: the failed attempt stays on record.
                status, body = refusal.status, refusal.body()
            idempotency.remember(row, status, body)
        return Answer(status, body)
    except ApiError as error:
        if error.executed:
            idempotency.remember(row, error.status, error.body())
        else:
            idempotency.forget(row)
        raise
    except Exception as error:
        log.exception("%s %s broke", method, call.endpoint.path)
        broken = Broken(f"stripe_sandbox broke: {error}")
        idempotency.remember(row, broken.status, broken.body())
        raise broken from error


def _checked(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    body = expand(body, call.params.get("expand", []))
    try:
        require(body, call.endpoint.answer, f"{call.endpoint.method} {call.endpoint.path}")
    except ContractBroken as error:
        if settings.SANDBOX_STRICT:
            raise
        log.error("sent although it breaks the contract: %s", error)
    return body
