import pytest

from affiliates.offer import PLANNED_OFFER, Offer


@pytest.mark.parametrize(
    ("cents", "commission"), [(6000, 900), (3997, 600), (3, 0), (4, 1), (0, 0)]
)
def test_commission_is_rounded_half_up_to_a_cent(cents, commission):
    assert PLANNED_OFFER.commission_on(cents) == commission


def test_exact_halves_go_up():
    half = Offer(rate_percent=50, window_days=1, hold_days=1, minimum_payout_cents=1)
    assert half.commission_on(1) == 1
