"""What Stripe is asked for, as it wants to be asked. No request is made here."""

from typing import TYPE_CHECKING

from orders.gateways.base import CheckoutRequest, ShippingAddress, TaxQuestion

if TYPE_CHECKING:
    from stripe.params.checkout._session_create_params import (
        SessionCreateParams,
        SessionCreateParamsPaymentIntentDataShippingAddress,
    )
    from stripe.params.tax._calculation_create_params import CalculationCreateParams


def checkout_params(request: CheckoutRequest) -> "SessionCreateParams":
    """Return what Stripe is asked for. Every switch that an account setting could turn is named."""
    address = request.address
    # In a fixed order: PostgreSQL's JSON forgets it, and the same key wants the very same question.
    metadata = dict(sorted(request.metadata.items()))
    return {
        "mode": "payment",
        "client_reference_id": request.order_number,
        "customer_email": request.email,
        "line_items": [
            {
                "quantity": line.quantity,
                "price_data": {
                    "currency": request.currency.lower(),
                    "unit_amount": line.amount_cents,
                    "product_data": {"name": line.name},
                },
            }
            for line in request.lines
        ],
        "shipping_options": [
            {
                "shipping_rate_data": {
                    "type": "fixed_amount",
                    "display_name": request.shipping_name,
                    "fixed_amount": {
                        "amount": request.shipping_cents,
                        "currency": request.currency.lower(),
                    },
                }
            }
        ],
        # The customer has seen the total: nothing may be added to it on the way.
        "automatic_tax": {"enabled": False},
        "adaptive_pricing": {"enabled": False},
        "allow_promotion_codes": False,
        # Nothing is inherited: each object that comes back in an event needs its own.
        "metadata": metadata,
        "payment_intent_data": {
            "metadata": metadata,
            "description": f"Order {request.order_number}",
            "shipping": {
                "name": address.name,
                "address": _stripe_address(address),
            },
        },
        "submit_type": "pay",
        "locale": "en",
        "expires_at": request.expires_at,
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
    }


def _stripe_address(
    address: ShippingAddress,
) -> "SessionCreateParamsPaymentIntentDataShippingAddress":
    # An empty string would mean "unset this" to Stripe, so what is empty is left out.
    optional: SessionCreateParamsPaymentIntentDataShippingAddress = {
        "line1": address.line1,
        "city": address.city,
        "country": address.country,
    }
    if address.line2:
        optional["line2"] = address.line2
    if address.region:
        optional["state"] = address.region
    if address.postal_code:
        optional["postal_code"] = address.postal_code
    return optional


def tax_params(question: TaxQuestion) -> "CalculationCreateParams":
    """Return the question as Stripe Tax takes it."""
    return {
        "currency": question.currency.lower(),
        "line_items": [
            {"amount": cents, "reference": str(place), "tax_behavior": "exclusive"}
            for place, cents in enumerate(question.line_cents)
        ],
        "shipping_cost": {"amount": question.shipping_cents, "tax_behavior": "exclusive"},
        "customer_details": {
            "address": {
                "line1": question.line1,
                "city": question.city,
                "state": question.region,
                "postal_code": question.postal_code,
                "country": question.country,
            },
            "address_source": "shipping",
        },
        "expand": ["line_items"],
    }
