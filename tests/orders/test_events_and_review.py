"""What happened and what follows: an event, its effects and its change stand or fall together."""

import pytest
from post_office.models import Email

from orders import events, notes, review
from orders.models import Order, OrderEvent
from shop import event_handlers
from tests.factories import make_order, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def own_table():
    """Lets a test hang its own handlers in; the shop's come back afterwards."""
    yield events.connect
    event_handlers.connect()


def test_handlers_run_once_in_the_same_transaction(own_table):
    seen = []
    own_table({OrderEvent.Type.PAID: [seen.append, seen.append]})
    event = events.record(make_order(), OrderEvent.Type.PAID)
    assert seen == [event, event]


def test_when_an_effect_fails_the_event_is_not_there_either(own_table):
    def fail(event):
        raise RuntimeError

    own_table({OrderEvent.Type.NOTE_ADDED: [fail]})
    order = make_order()
    with pytest.raises(RuntimeError):
        notes.add(order=order, text="x", actor=None)
    assert not order.events.exists()


def test_a_note_is_for_staff_alone():
    order, staff = make_order(), make_staff()
    event = notes.add(order=order, text="Rang twice", actor=staff)
    assert (event.type, event.actor, event.data) == ("note_added", staff, {"text": "Rang twice"})
    assert Email.objects.count() == 0


def test_a_review_is_asked_for_with_a_mail_and_settled_once():
    order, staff = make_order(), make_staff()
    review.ask(order, "Two payments.")
    order.refresh_from_db()
    assert order.needs_review
    assert list(Order.objects.in_review()) == [order]
    assert "Two payments." in Email.objects.get().message

    for _ in range(2):
        review.settle(order_id=order.pk, reason="Refunded one", actor=staff)
    order.refresh_from_db()
    assert not order.needs_review
    event = order.events.get(type="reviewed")
    assert (event.actor, event.data) == (staff, {"reason": "Refunded one"})
