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
from tests.histories.choosing import one_of
from tests.sandbox.server import Page, SandboxServer, fetch

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
    with suppress(OSError):  # a fault may have been meant for the shop
        change_total(history.sandbox, str(attempt.session_id), shipping_cents=100 + n)
    history.sandbox.pay(attempt.url)


def change_total(sandbox: SandboxServer, session_id: str, *, shipping_cents: int) -> Page:
    """Have an open page ask for other shipping than the shop did; Stripe's answer."""
    rate = "shipping_options[0][shipping_rate_data]"
    fields = {
        f"{rate}[type]": "fixed_amount",
        f"{rate}[display_name]": "Another",
        f"{rate}[fixed_amount][amount]": shipping_cents,
        f"{rate}[fixed_amount][currency]": "usd",
    }
    url = f"{sandbox.url}/v1/checkout/sessions/{session_id}"
    return fetch(url, fields, Authorization=f"Bearer {sandbox.key}")


def _open_page(history: "History", n: int) -> PaymentAttempt | None:
    chosen: PaymentAttempt | None = one_of(
        history.attempts().filter(status="open", order__status="pending"), n
    )
    return chosen


def _take_for_closed(attempt: PaymentAttempt) -> None:
    PaymentAttempt.objects.filter(pk=attempt.pk).update(status=PaymentAttempt.Status.EXPIRED)
