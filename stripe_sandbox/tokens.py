"""Stripe's names for test cards and bank accounts, for callers without a payment page."""

from datetime import UTC, datetime

from stripe_sandbox import charging, clock
from stripe_sandbox.bodies.payment import BankDetails, CardDetails
from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find

# `pm_card_…` and `tok_…` share these endings.
CARDS = {
    "visa": "4242424242424242",
    "mastercard": "5555555555554444",
    "amex": "378282246310005",
    "bypassPending": "4242424242424242",
    "chargeDeclined": "4000000000000002",
    "visa_chargeDeclined": "4000000000000002",
    "chargeDeclinedInsufficientFunds": "4000000000009995",
    "visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "chargeDeclinedLostCard": "4000000000009987",
    "chargeDeclinedStolenCard": "4000000000009979",
    "chargeDeclinedExpiredCard": "4000000000000069",
    "chargeDeclinedIncorrectCvc": "4000000000000127",
    "chargeDeclinedProcessingError": "4000000000000119",
    "chargeCustomerFail": "4000000000000341",
    "threeDSecure2Required": "4000000000003220",
    "threeDSecureRequired": "4000000000003220",
    "authenticationRequired": "4000002760003184",
    "authenticationRequiredOnSetup": "4000002500003155",
    "createDispute": "4000000000000259",
    "createDisputeProductNotReceived": "4000000000002685",
    "createDisputeInquiry": "4000000000001976",
    "createIssuerFraudRecord": "4000000000005423",
    "riskLevelElevated": "4000000000009235",
    "riskLevelHighest": "4100000000000019",
    "pendingRefund": "4000000000007726",
    "refundFail": "4000000000005126",
}
BANKS = {
    "pm_usBankAccount_success": BankDetails("us_bank_account", "6789", "Test Buyer", ""),
    "pm_usBankAccount_insufficientFunds": BankDetails(
        "us_bank_account", "2227", "Test Buyer", "", fails=True
    ),
}
# The accounts of Stripe's testing page whose debits fail in the end; all others arrive.
FAILING_IBANS = frozenset(
    ["AT861904300235473202", "DE62370400440532013001", "IT60X0542811101000000123456"]
)
FAILING_ACCOUNTS = frozenset(["000222222227", "000111111113", "000111111116"])


def card_named(token: str) -> CardDetails | None:
    """The card behind `tok_visa` or `pm_card_visa`; None for other words."""
    ending = token.removeprefix("pm_card_").removeprefix("tok_")
    if ending == token or ending not in CARDS:
        return None
    return card_of(CARDS[ending])


def card_of(number: str, **more: str) -> CardDetails:
    """A card with this number that is good for two years."""
    year = datetime.fromtimestamp(clock.now(), UTC).year + 2
    known = {"name": "", "email": "", "postal_code": ""} | more
    return CardDetails(number=number, exp_month=12, exp_year=year, **known)


def method_named(name: str, *, param: str, on_path: bool = False) -> StoredObject:
    """A stored PaymentMethod by its id, or a new one for a test name such as `pm_card_visa`.

    Raises `resource_missing` for anything else, and for real card numbers nothing is kept.
    """
    payer = card_named(name) or BANKS.get(name)
    if payer:
        return charging.keep_method(payer)
    method = find("payment_method", name, param=param, on_path=on_path)
    if not method.hidden:
        raise InvalidRequest(f"{name} cannot be used again.", param=param)
    return method
