import pytest

from shop.lib import stripe_keys


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1"])
@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"debug": True, "demo": False, "api_base": ""}, "DEBUG"),
        ({"debug": False, "demo": True, "api_base": ""}, "DEMO"),
        ({"debug": False, "demo": False, "api_base": "http://localhost:8001"}, "STRIPE_API_BASE"),
        ({"debug": True, "demo": True, "api_base": ""}, "DEBUG and DEMO"),
    ],
)
def test_a_live_key_is_refused_beside_anything_meant_for_tests(key, settings, named):
    conflict = stripe_keys.live_key_conflict(key, **settings)

    assert f"together with {named}." in conflict
    assert key not in conflict


@pytest.mark.parametrize("key", ["", "sk_test_1", "rk_test_1"])
def test_a_test_key_goes_with_everything(key):
    assert (
        stripe_keys.live_key_conflict(key, debug=True, demo=True, api_base="http://localhost") == ""
    )


def test_a_live_key_is_fine_in_production():
    assert stripe_keys.live_key_conflict("sk_live_1", debug=False, demo=False, api_base="") == ""


@pytest.mark.parametrize(
    ("key", "expected"),
    [("sk_test_1", True), ("rk_live_1", True), ("pk_live_1", False), ("", False)],
)
def test_secret_keys_are_told_by_their_prefix(key, expected):
    assert stripe_keys.is_secret(key) is expected
