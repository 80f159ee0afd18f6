"""Refunds and changes of the balance, as Stripe makes them. Amounts in the smallest unit."""

from typing import Any

from stripe_sandbox.ids import new_id

# What Stripe calls the same thing in its reports, where that is another word
# (docs.stripe.com/reports/reporting-categories).
CATEGORY_OF = {
    "payment": "charge",
    "payment_failure_refund": "charge_failure",
}


def balance_transaction_body(
    source: dict[str, Any], *, kind: str, amount: int, fee: int, now: int
) -> dict[str, Any]:
    """What an object does to the account's balance.

    `kind`: `charge`, `refund`, `refund_failure`, `adjustment`; for bank debits `payment`,
    `payment_failure_refund`, and `payment_refund` for a refund and for one that comes back
    (docs.stripe.com/reports/balance-transaction-types).
    """
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
        "reporting_category": CATEGORY_OF.get(kind, kind),
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }


def adjustment_body(
    dispute: dict[str, Any], charge: dict[str, Any], *, amount: int, fee: int, now: int
) -> dict[str, Any]:
    """Money that a dispute takes (negative) or gives back, with Stripe's fee for it."""
    body = balance_transaction_body(dispute, kind="adjustment", amount=amount, fee=fee, now=now)
    withdrawn = amount < 0
    about = "Chargeback withdrawal for" if withdrawn else "Chargeback reversal for"
    return body | {
        "description": f"{about} {charge['id']}",
        "fee_details": [one | {"description": "Dispute fee"} for one in body["fee_details"]],
        "reporting_category": "dispute" if withdrawn else "dispute_reversal",
    }


def refund_body(
    charge: dict[str, Any], params: dict[str, Any], now: int, *, status: str = "succeeded"
) -> dict[str, Any]:
    """A refund of a charge; most succeed at once, and the bank's reference follows later."""
    method = charge["payment_method_details"]["type"]
    card = {
        "reference_status": "pending",
        "reference_type": "acquirer_reference_number",
        "type": "refund" if status == "succeeded" else "pending",
    }
    body = {
        "id": new_id("re_3"),
        "object": "refund",
        "amount": params["amount"],
        "balance_transaction": None,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "destination_details": (
            {"card": card, "type": "card"} if method == "card" else {"type": method}
        ),
        "metadata": params.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }
    return body | ({"pending_reason": "processing"} if status == "pending" else {})
