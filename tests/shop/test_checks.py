import pytest

from shop import checks


def ids(messages):
    return [message.id for message in messages]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SALES_TAX", "none", "shop.E002"),
        ("CURRENCY", "XXX", "shop.E003"),
        ("PAYMENT_WINDOW_MINUTES", 30, "shop.E004"),
        ("PAYMENT_WINDOW_MINUTES", 1441, "shop.E004"),
        ("STRIPE_SECRET_KEY", "pk_test_1", "shop.E005"),
    ],
)
def test_a_value_without_meaning_is_an_error_with_a_hint(settings, name, value, expected):
    setattr(settings, name, value)

    messages = checks.values_are_known(None)

    assert ids(messages) == [expected]
    assert messages[0].hint


@pytest.mark.parametrize(
    ("name", "value"),
    [("DEFAULT_FROM_EMAIL", "Shop <orders@127.0.0.1>"), ("STAFF_EMAIL", "nobody")],
)
def test_an_address_that_no_mail_can_carry_is_an_error(settings, name, value):
    setattr(settings, name, value)

    assert ids(checks.mail_addresses_are_addresses(None)) == ["shop.E006"]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("LIMIT_MINUTES", 0, ["shop.E007"]),
        ("LIMIT_MINUTES", 1, []),
        ("LIMIT_MINUTES", 1440, []),
        ("LIMIT_MINUTES", 1441, ["shop.E007"]),
        ("CHECKOUT_LIMIT_NETWORK", -1, ["shop.E007"]),
        ("DECLINE_LIMIT_EMAIL", 0, []),
    ],
)
def test_a_limit_has_bounds(settings, name, value, expected):
    assert checks.limits_are_limits(None) == []
    setattr(settings, name, value)
    assert ids(checks.limits_are_limits(None)) == expected


@pytest.mark.parametrize("minutes", [31, 1440])
def test_the_bounds_of_the_payment_window_are_allowed(settings, minutes):
    settings.PAYMENT_WINDOW_MINUTES = minutes

    assert checks.values_are_known(None) == []


def test_the_demo_settings_pass():
    assert checks.values_are_known(None) == []
    assert checks.live_key_has_no_test_company(None) == []
    assert checks.mail_addresses_are_addresses(None) == []


def test_a_live_key_in_a_demo_is_an_error(settings):
    settings.STRIPE_SECRET_KEY = "sk_live_1"

    assert ids(checks.live_key_has_no_test_company(None)) == ["shop.E001"]


def make_production(settings):
    settings.IS_PRODUCTION = True
    settings.STRIPE_SECRET_KEY = "rk_live_1"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_1"]
    settings.SITE_URL = "https://shop.example"
    settings.EMAIL_URL = "smtp://mail.example"


def test_complete_production_settings_pass(settings):
    make_production(settings)

    assert checks.production_is_complete(None) == []


def test_behind_a_proxy_that_is_counted_all_is_well(settings):
    make_production(settings)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = 1

    assert checks.production_is_complete(None) == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("STRIPE_SECRET_KEY", "", "shop.E010"),
        ("STRIPE_WEBHOOK_SECRETS", [], "shop.E011"),
        ("SITE_URL", "http://shop.example", "shop.E012"),
        ("EMAIL_URL", "", "shop.W010"),
        ("SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https"), "shop.W011"),
    ],
)
def test_production_names_what_is_missing(settings, name, value, expected):
    make_production(settings)
    setattr(settings, name, value)

    messages = checks.production_is_complete(None)

    assert ids(messages) == [expected]
    assert messages[0].hint
