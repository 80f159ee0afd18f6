"""Checks every body that the sandbox sends against the library's classes.

A stand-in that drifts from the real thing is worse than none: what does not fit is an error here
and not a surprise in production.
"""

import re
from collections.abc import Callable
from typing import Any

from stripe_sandbox.contract.annotations import class_named, shape_of
from stripe_sandbox.contract.kinds import Kind, ListOf, MapOf, Scalar, Shape, Words, options_of

DECIMAL = re.compile(r"^-?\d+(\.\d+)?$")
# Exact types: to Python, True is an integer; on the wire it is not.
SCALAR_CHECKS: dict[Scalar, Callable[[Any], bool]] = {
    Scalar.TEXT: lambda value: isinstance(value, str),
    Scalar.INTEGER: lambda value: type(value) is int,
    Scalar.NUMBER: lambda value: type(value) in {int, float},
    Scalar.BOOLEAN: lambda value: isinstance(value, bool),
    Scalar.DECIMAL: lambda value: isinstance(value, str) and bool(DECIMAL.match(value)),
    Scalar.NULL: lambda value: value is None,
    Scalar.ANYTHING: lambda _value: True,
    Scalar.FILE: lambda _value: False,
}


class ContractBroken(Exception):
    """The sandbox was about to send something that Stripe's types do not allow."""

    def __init__(self, what: str, problems: list[str]) -> None:
        super().__init__(f"{what}: " + "; ".join(problems[:12]))
        self.problems = problems


def require(body: Any, kind: Kind, what: str) -> None:
    """Raise ContractBroken unless the body fits the kind."""
    problems = problems_in(body, kind)
    if problems:
        raise ContractBroken(what, problems)


def problems_in(value: Any, kind: Kind, at: str = "") -> list[str]:
    """What is wrong with a JSON value, each as `path: fault`; empty when it fits."""
    options = options_of(kind)
    if Scalar.ANYTHING in options:
        return []
    if isinstance(value, dict):
        return _dictionary(value, options, at)
    if isinstance(value, list):
        item = next((option.item for option in options if isinstance(option, ListOf)), None)
        if item is None:
            return [f"{at}: unexpected array"]
        return [
            problem
            for index, element in enumerate(value)
            for problem in problems_in(element, item, f"{at}[{index}]")
        ]
    if any(_fits(value, option) for option in options):
        return []
    return [f"{at}: {value!r} is not {_spoken(options)}"]


def _dictionary(value: dict[str, Any], options: tuple[Kind, ...], at: str) -> list[str]:
    for option in options:
        if isinstance(option, MapOf):
            return [
                problem
                for key, element in value.items()
                for problem in problems_in(element, option.value, f"{at}.{key}")
            ]
    shapes = [option for option in options if isinstance(option, Shape)]
    named = [shape for shape in shapes if shape.object_name == value.get("object", "")]
    if not shapes:
        return [f"{at}: unexpected object"]
    return min((_shape(value, shape, at) for shape in named or shapes), key=len)


def _shape(value: dict[str, Any], shape: Shape, at: str) -> list[str]:
    # Stripe answers a deletion with no more than id, object and `deleted`.
    is_deleted = value.get("deleted") is True
    problems = [f"{at}.{key}: not a field of {shape.name}" for key in value.keys() - shape.fields]
    for key, field in shape.fields.items():
        if key in value:
            problems.extend(problems_in(value[key], field.kind, f"{at}.{key}"))
        elif field.required and not is_deleted:
            problems.append(f"{at}.{key}: missing in {shape.name}")
    return problems


def _fits(value: Any, option: Kind) -> bool:
    if isinstance(option, Words):
        return any(value == word and type(value) is type(word) for word in option.allowed)
    return isinstance(option, Scalar) and SCALAR_CHECKS[option](value)


def _spoken(options: tuple[Kind, ...]) -> str:
    return " or ".join(
        option.value
        if isinstance(option, Scalar)
        else f"one of {option.allowed}"
        if isinstance(option, Words)
        else type(option).__name__
        for option in options
    )


# Event payloads carry the object itself, not a reference, so the class is found by its `object`.
CLASS_OF_OBJECT = {
    "balance_transaction": "stripe._balance_transaction.BalanceTransaction",
    "charge": "stripe._charge.Charge",
    "checkout.session": "stripe.checkout._session.Session",
    "dispute": "stripe._dispute.Dispute",
    "coupon": "stripe._coupon.Coupon",
    "customer": "stripe._customer.Customer",
    "event": "stripe._event.Event",
    "payment_intent": "stripe._payment_intent.PaymentIntent",
    "payment_method": "stripe._payment_method.PaymentMethod",
    "price": "stripe._price.Price",
    "product": "stripe._product.Product",
    "promotion_code": "stripe._promotion_code.PromotionCode",
    "radar.early_fraud_warning": "stripe.radar._early_fraud_warning.EarlyFraudWarning",
    "refund": "stripe._refund.Refund",
    "review": "stripe._review.Review",
    "shipping_rate": "stripe._shipping_rate.ShippingRate",
    "tax_rate": "stripe._tax_rate.TaxRate",
}


def object_kind(object_name: str) -> Shape:
    """The shape of a whole Stripe object by its `object` value; KeyError for kinds not served."""
    return shape_of(class_named(CLASS_OF_OBJECT[object_name]))
