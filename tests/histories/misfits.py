"""Money that comes too late, twice, or with another amount, past all that keeps it from happening.

The shop is made to believe that a page is over which is not, as it would after a restore from an old
copy of its database; then the buyer pays there. Which door tells the shop of it, and when, is left to
the history.
"""

from contextlib import suppress
from typing import TYPE_CHECKING

from django.utils import timezone

from orders import closing
from orders.models import PaymentAttempt
from tests.sandbox.server import fetch

if TYPE_CHECKING:
    from tests.histories.history import History


def pays_late(history: "History", n: int) -> None:
    """The buyer pays on the page of an order that has expired here; its packs may be sold by then."""
    attempt = _open_page(history, n // 2)
    if attempt is None:
        return
    _take_for_closed(attempt)
    closing.expire(attempt.order, now=timezone.now())
    if n % 2:
        history.another(n).fill_cart(history.variant, 1)
        history.another(n).check_out()
    history.sandbox.pay(attempt.url)


def pays_twice(history: "History", n: int) -> None:
    """The buyer has two pages of one order, and pays on both."""
    attempt = _open_page(history, n)
    if attempt is None:
        return
    _take_for_closed(attempt)
    history.client.post(f"/order/{attempt.order.token}/pay/")
    later = history.attempts().filter(order=attempt.order, status="open")
    pages = [attempt.url, *later.values_list("url", flat=True)]
    for url in pages[:: 1 if n % 2 else -1]:
        history.sandbox.pay(url)


def pays_wrong_amount(history: "History", n: int) -> None:
    """Somebody changes the amount of a page at Stripe, and the buyer pays that."""
    attempt = _open_page(history, n)
    if attempt is None:
        return
    rate = {
        "shipping_options[0][shipping_rate_data][type]": "fixed_amount",
        "shipping_options[0][shipping_rate_data][display_name]": "Another",
        "shipping_options[0][shipping_rate_data][fixed_amount][amount]": str(100 + n),
        "shipping_options[0][shipping_rate_data][fixed_amount][currency]": "usd",
    }
    with suppress(OSError):  # a fault may have been meant for the shop
        url = f"{history.sandbox.url}/v1/checkout/sessions/{attempt.session_id}"
        fetch(url, rate, Authorization=f"Bearer {history.sandbox.key}")
    history.sandbox.pay(attempt.url)


def _open_page(history: "History", n: int) -> PaymentAttempt | None:
    rows = list(history.attempts().filter(status="open", order__status="pending"))
    return rows[n % len(rows)] if rows else None


def _take_for_closed(attempt: PaymentAttempt) -> None:
    PaymentAttempt.objects.filter(pk=attempt.pk).update(status=PaymentAttempt.Status.EXPIRED)
