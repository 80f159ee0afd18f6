"""Stripe's test cards: what each number does (facts/stripe.md 6.4)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Decline:
    """Why a card is refused. Codes and wording are Stripe's."""

    code: str
    message: str
    decline_code: str = ""


@dataclass(frozen=True)
class TestCard:
    """One card number. `asks_3ds`: the buyer must authenticate first; then `decline`, if any, follows.

    `dispute` (a reason) and `warns_of_fraud` come right after the payment; `refunds` says how its
    refunds end: `` (at once), `pending` (then succeed) or `failing` (succeed, then fail).
    """

    number: str
    label: str
    decline: Decline | None = None
    asks_3ds: bool = False
    dispute: str = ""
    is_inquiry: bool = False
    warns_of_fraud: bool = False
    risk: str = "normal"
    refunds: str = ""

    @property
    def spaced(self) -> str:
        """The number as it is printed on a card, in groups."""
        sizes = (4, 6, 5) if brand_of(self.number) == "amex" else (4, 4, 4, 4)
        ends = [sum(sizes[: index + 1]) for index in range(len(sizes))]
        return " ".join(
            self.number[end - size : end] for size, end in zip(sizes, ends, strict=True)
        )


def _declined(decline_code: str, message: str = "Your card was declined.") -> Decline:
    return Decline("card_declined", message, decline_code)


GENERIC = _declined("generic_decline")
POOR = _declined("insufficient_funds", "Your card has insufficient funds.")
VELOCITY = _declined(
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently or exceeding its"
    " amount limit.",
)
PROCESSING = Decline(
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)
NOT_A_TEST_CARD = _declined(
    "test_mode_live_card",
    "Your card was declined. Your request was in test mode, but used a non test card. For a list"
    " of valid test cards, visit: https://stripe.com/docs/testing.",
)
AUTHENTICATION_FAILED = Decline(
    "payment_intent_authentication_failure",
    "We are unable to authenticate your payment method. Please choose a different payment method"
    " and try again.",
)

BLOCKED = _declined("fraudulent")

CARDS = (
    TestCard("4242424242424242", "Visa, succeeds"),
    TestCard("5555555555554444", "Mastercard, succeeds"),
    TestCard("378282246310005", "American Express, succeeds"),
    TestCard("4000000000000002", "Declined", GENERIC),
    TestCard("4000000000009995", "Declined: insufficient funds", POOR),
    TestCard("4000000000009987", "Declined: lost card", _declined("lost_card")),
    TestCard("4000000000009979", "Declined: stolen card", _declined("stolen_card")),
    TestCard("4000000000006975", "Declined: too many attempts", VELOCITY),
    TestCard("4000000000000341", "Declined when charged", GENERIC),
    TestCard(
        "4000000000000069",
        "Declined: expired card",
        Decline("expired_card", "Your card has expired."),
    ),
    TestCard(
        "4000000000000127",
        "Declined: wrong security code",
        Decline("incorrect_cvc", "Your card's security code is incorrect."),
    ),
    TestCard("4000000000000119", "Declined: processing error", PROCESSING),
    TestCard("4000002760003184", "Asks for 3-D Secure, always", asks_3ds=True),
    TestCard("4000002500003155", "Asks for 3-D Secure", asks_3ds=True),
    TestCard("4000000000003220", "Requires 3-D Secure", asks_3ds=True),
    TestCard("4000008400001629", "3-D Secure, then declined", GENERIC, asks_3ds=True),
    TestCard("4000008260003178", "3-D Secure, then insufficient funds", POOR, asks_3ds=True),
    TestCard("4000000000000259", "Paid, then disputed as fraudulent", dispute="fraudulent"),
    TestCard(
        "4000000000002685", "Paid, then disputed: not received", dispute="product_not_received"
    ),
    TestCard("4000000000001976", "Paid, then an inquiry", dispute="fraudulent", is_inquiry=True),
    TestCard("4000000000005423", "Paid, then an early fraud warning", warns_of_fraud=True),
    TestCard("4000000000009235", "Paid at elevated risk: a review opens", risk="elevated"),
    TestCard("4100000000000019", "Blocked: highest risk", BLOCKED, risk="highest"),
    TestCard("4000000000007726", "Paid; refunds are pending, then succeed", refunds="pending"),
    TestCard("4000000000005126", "Paid; refunds succeed, then fail", refunds="failing"),
)
BY_NUMBER = {card.number: card for card in CARDS}


def card_with(number: str) -> TestCard:
    """The test card with this number; any other number is refused as Stripe's test mode does."""
    return BY_NUMBER.get(number) or TestCard(number, "Not a test card", NOT_A_TEST_CARD)


def number_to_keep(number: str) -> str:
    """A test card's number; of any other only what names its brand and what receipts show."""
    return number if number in BY_NUMBER else f"{number[:6]}XXXXXX{number[-4:]}"


def brand_of(number: str) -> str:
    """`visa`, `mastercard`, `amex`, `discover` or `unknown`, by the first digits."""
    if number.startswith("4"):
        return "visa"
    if number[:2] in {"34", "37"}:
        return "amex"
    if number[:2] in {"51", "52", "53", "54", "55"} or "2221" <= number[:4] <= "2720":
        return "mastercard"
    return "discover" if number.startswith(("6011", "65")) else "unknown"


def passes_luhn(number: str) -> bool:
    """The check digit that every card number carries."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
