"""Named points at which the tests of crashes end the process (tests/crash, scripts/torture.py).

In the shop reached() does nothing, and nothing can make it do anything: there is no switch, no setting
and no registry here. A test puts another function in its place, in its own process. So call it by its
full name, `fault_points.reached("…")`, and only with a name from POINTS.
"""

# What is true in the database and at Stripe when the process dies there.
POINTS = {
    "checkout.before_commit": "order and hold written, not committed: as if nothing had been pressed",
    "checkout.order_placed": "order and hold committed, no payment page asked for",
    "checkout.attempt_written": "the question to Stripe and its key committed, not asked yet",
    "checkout.page_made": "Stripe has made the page; we do not know its id",
    "checkout.page_written": "the page is written down, the buyer was not sent there",
    "close.page_closed": "Stripe has closed a page (or said it was paid); we have not written it down",
    "settle.asked": "Stripe has told us of the money, nothing is written",
    "settle.money_recorded": "the payment is written, not committed, its order not paid yet",
    "settle.before_commit": "payment, order, stock and mails written, not committed",
    "settle.committed": "all of it committed; Stripe's webhook or the buyer has no answer",
    "cancel.before_commit": "cancellation and refund written, not committed",
    "cancel.committed": "cancellation and refund committed, no money asked back",
    "refund.requested": "the refund and its key committed, Stripe not asked",
    "refund.made": "Stripe has made the refund; we have not written it down",
    "refund.before_commit": "the refund's new state with its effects written, not committed",
    "refund.committed": "the refund's new state committed, nobody answered",
    "sweep.session_done": "the periodic check has settled one order, others wait",
    "sweep.refund_done": "the periodic check has settled one refund, others wait",
    "mail.round_begins": "mails wait; none has been handed over",
    "mail.batch_done": "a batch was sent and marked; others may wait",
}


def reached(name: str) -> None:
    """Say that the point `name` was reached. Does nothing."""
