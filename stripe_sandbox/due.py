"""What happens by itself when its time has come: on every beat of the delivery thread, and at once
when the clock is moved."""

from stripe_sandbox.delayed import answer_overdue
from stripe_sandbox.refunds import settle_due
from stripe_sandbox.sessions import expire_overdue


def do_what_is_due() -> None:
    """Expire sessions; let banks answer delayed debits; decide refunds."""
    expire_overdue()
    answer_overdue()
    settle_due()
