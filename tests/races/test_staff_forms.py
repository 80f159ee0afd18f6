"""A form of the admin acts once, also when its button is hit many times at the same moment."""

import pytest
from django.utils import timezone

from orders.admin import once
from orders.models import Shipment
from tests.factories import make_paid_order, make_variant
from tests.orders.admin_steps import SEE, address, log_in, token_on
from tests.races.at_once import at_once, errors_in

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CLICKS = 8


def click_to_ship_one_pack(tokens):
    """Send the form of a parcel with one of three packs once per token, all at once."""
    order = make_paid_order(packs={make_variant(): 3})
    client, _ = log_in(SEE, "orders.ship_order")
    fields = {"carrier": "other", "tracking_number": "", f"quantity_{order.lines.get().pk}": "1"}
    url = address(order, "ship")
    shown = token_on(client.get(url))

    def click(token):
        return client.post(url, {"form_token": token or shown, **fields}).status_code

    outcomes = at_once([lambda token=token: click(token) for token in tokens])
    assert errors_in(outcomes) == []
    return Shipment.objects.count()


def test_a_mark_is_claimed_exactly_once():
    for _ in range(5):
        token = once.new_token()
        outcomes = at_once([lambda token=token: once.claim(token, now=timezone.now())] * CLICKS)
        assert errors_in(outcomes) == []
        assert outcomes.count(True) == 1


def test_many_clicks_at_once_send_one_parcel_at_most():
    assert click_to_ship_one_pack([None] * CLICKS) <= 1


def test_without_the_mark_every_click_would_send_a_parcel_while_there_are_packs():
    assert click_to_ship_one_pack([once.new_token() for _ in range(CLICKS)]) == 3
