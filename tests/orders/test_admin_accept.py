"""Taking an order as paid although the money is not exactly what was due: staff decide, once."""

import pytest
from django.utils import timezone

from orders import closing, review
from orders.models import Order, Payment
from products import stock
from products.models import Reservation
from tests.factories import make_order, make_variant
from tests.orders.admin_steps import SEE, act, address, log_in, words_of
from tests.orders.stripe_steps import event_types

pytestmark = pytest.mark.django_db

REVIEW = "orders.review_order"


def make_underpaid_order(**fields):
    order = make_order(**fields)
    Payment.objects.create(
        order=order, reference="pi_less", amount_cents=6500, received_at=timezone.now()
    )
    review.ask(order, "$65.00 were paid, $65.99 were due.")
    return order


def test_staff_take_it_as_paid_once():
    order = make_underpaid_order()
    client, user = log_in(SEE, REVIEW)
    page = words_of(client.get(address(order, "accept")))
    assert "$65.99 are due." in page
    assert "$65.00" in page

    assert "The order counts as paid." in words_of(act(client, order, "accept", reason="Fine"))

    order.refresh_from_db()
    assert (order.status, order.needs_review) == ("paid", False)
    assert event_types(order)[-3:] == ["reviewed", "payment_accepted", "paid"]
    assert order.events.get(type="payment_accepted").actor == user
    assert Reservation.objects.get().state == "allocated"
    again = client.get(address(order, "accept"))
    assert "Only an unpaid order can be taken as paid." in words_of(again)
    assert "form_token" not in again.content.decode()


def test_without_a_reason_nothing_is_taken():
    order = make_underpaid_order()
    client, _ = log_in(SEE, REVIEW)
    assert "Reason: Say why." in words_of(act(client, order, "accept", reason=" "))
    assert Order.objects.get().status == "pending"


def test_where_the_packs_are_gone_the_page_says_so_and_keeps_what_was_typed():
    variant = make_variant(on_hand=1)
    order = make_underpaid_order(packs={variant: 1})
    Payment.objects.update(order=make_order(packs={make_variant(): 1}))
    closing.expire(order, now=timezone.now())
    Payment.objects.update(order=order)
    stock.reserve(reference="ANOTHER", quantities={variant.pk: 1})
    client, _ = log_in(SEE, REVIEW)
    shown = act(client, order, "accept", reason="Fine")
    assert "The packs of this order have been sold meanwhile." in words_of(shown)
    assert 'value="Fine"' in shown.content.decode()
    assert Order.objects.get(pk=order.pk).status == "expired"
    assert list(Reservation.objects.filter(reference=order.number)) == []


def test_only_those_who_settle_reviews_may():
    order = make_underpaid_order()
    others, _ = log_in(SEE, "orders.refund_order")
    assert others.get(address(order, "accept")).status_code == 403
    assert address(order, "accept") not in others.get(address(order, "change")).content.decode()
