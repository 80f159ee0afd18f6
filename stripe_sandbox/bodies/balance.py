"""Refunds and changes of the balance, as Stripe makes them. Amounts in the smallest unit."""

from typing import Any

from stripe_sandbox.ids import new_id


def balance_transaction_body(
    source: dict[str, Any], *, kind: str, amount: int, fee: int, now: int
) -> dict[str, Any]:
    """What a charge or refund does to the account's balance. `kind`: `charge` or `refund`."""
    fees = {
        "amount": fee,
        "application": None,
        "currency": source["currency"],
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    return {
        "id": new_id("txn_3"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + 2 * 24 * 3600,
        "balance_type": "payments",
        "created": now,
        "currency": source["currency"],
        "description": source.get("description"),
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [fees] if fee else [],
        "net": amount - fee,
        "reporting_category": kind,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }


def refund_body(charge: dict[str, Any], params: dict[str, Any], now: int) -> dict[str, Any]:
    """A refund of a card charge; Stripe calls it succeeded at once and adds the reference later."""
    return {
        "id": new_id("re_3"),
        "object": "refund",
        "amount": params["amount"],
        "balance_transaction": None,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": params.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
