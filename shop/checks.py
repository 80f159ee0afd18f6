"""System checks for our own settings, with ids and hints. `deploy` ones run with `check --deploy` only."""

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ValidationError
from post_office.validators import validate_email_with_name

from shop.lib import stripe_keys
from shop.lib.money import EXPONENTS

Apps = Sequence[AppConfig] | None

# Stripe closes a Checkout page after 30 minutes to 24 hours (docs.stripe.com/api/checkout/sessions,
# expires_at); a minute is kept for the way to Stripe.
PAYMENT_WINDOW = range(31, 24 * 60 + 1)
SALES_TAX_CHOICES = ("table", "stripe")
A_DAY = range(1, 24 * 60 + 1)  # in minutes; throttle keeps attempts for two
LIMITS = {
    "LIMIT_MINUTES": A_DAY,
    "CHECKOUT_LIMIT_NETWORK": range(100_001),
    "CHECKOUT_LIMIT_BROWSER": range(100_001),
    "CHECKOUT_LIMIT_EMAIL": range(100_001),
    "DECLINE_LIMIT_NETWORK": range(100_001),
    "DECLINE_LIMIT_BROWSER": range(100_001),
    "DECLINE_LIMIT_EMAIL": range(100_001),
    "DECLINE_LIMIT_PAGE": range(1001),
    "ATTACK_DECLINES": range(100_001),
    "ATTACK_PERCENT": range(1, 101),
    "ATTACK_MINUTES": A_DAY,
    "ATTACK_QUIET_MINUTES": A_DAY,
}


@register()
def live_key_has_no_test_company(app_configs: Apps, **_kwargs: Any) -> list[CheckMessage]:
    """Say that a live key stands beside DEBUG, DEMO or a stand-in for Stripe (shop.E001)."""
    conflict = stripe_keys.live_key_conflict(
        settings.STRIPE_SECRET_KEY,
        debug=settings.DEBUG,
        demo=settings.DEMO,
        api_base=settings.STRIPE_API_BASE,
    )
    return [Error(conflict, id="shop.E001")] if conflict else []


@register()
def values_are_known(app_configs: Apps, **_kwargs: Any) -> list[CheckMessage]:
    """Say which settings hold a value that the shop has no meaning for (shop.E002 to shop.E005)."""
    found: list[CheckMessage] = []
    if settings.SALES_TAX not in SALES_TAX_CHOICES:
        found.append(
            Error(
                f"SALES_TAX is {settings.SALES_TAX!r}.",
                hint="Use table (rates that staff maintain) or stripe (Stripe Tax).",
                id="shop.E002",
            )
        )
    if settings.CURRENCY not in EXPONENTS:
        found.append(
            Error(
                f"CURRENCY is {settings.CURRENCY!r}.",
                hint=f"Use one of {', '.join(EXPONENTS)}; shop/lib/money.py holds the list.",
                id="shop.E003",
            )
        )
    if settings.PAYMENT_WINDOW_MINUTES not in PAYMENT_WINDOW:
        found.append(
            Error(
                f"PAYMENT_WINDOW_MINUTES is {settings.PAYMENT_WINDOW_MINUTES}.",
                hint="Stripe takes 31 minutes to 24 hours (1440).",
                id="shop.E004",
            )
        )
    key = settings.STRIPE_SECRET_KEY
    if key and not stripe_keys.is_secret(key):
        found.append(
            Error(
                "STRIPE_SECRET_KEY is not a secret key.",
                hint="It begins with sk_ or rk_; the publishable key (pk_…) is not needed anywhere.",
                id="shop.E005",
            )
        )
    return found


@register()
def limits_are_limits(app_configs: Apps, **_kwargs: Any) -> list[CheckMessage]:
    """Say which numbers against card testing mean nothing (shop.E007)."""
    return [
        Error(
            f"{name} is {getattr(settings, name)}.",
            hint=f"Use {bounds[0]} to {bounds[-1]}; docs/settings.md says what it means.",
            id="shop.E007",
        )
        for name, bounds in LIMITS.items()
        if getattr(settings, name) not in bounds
    ]


@register()
def mail_addresses_are_addresses(app_configs: Apps, **_kwargs: Any) -> list[CheckMessage]:
    """Say which of our own mail addresses no mail can carry (shop.E006)."""
    found: list[CheckMessage] = []
    for name in ("DEFAULT_FROM_EMAIL", "STAFF_EMAIL"):
        try:
            validate_email_with_name(getattr(settings, name))
        except ValidationError:
            found.append(
                Error(
                    f"{name} is {getattr(settings, name)!r}, which is no mail address.",
                    hint="Every order writes a mail, so none could be placed.",
                    id="shop.E006",
                )
            )
    return found


@register(Tags.security, deploy=True)
def production_is_complete(app_configs: Apps, **_kwargs: Any) -> list[CheckMessage]:
    """Say what a real shop cannot do without (shop.E010 to shop.E012) and what it should have."""
    found: list[CheckMessage] = []
    if not settings.STRIPE_SECRET_KEY:
        found.append(
            Error(
                "STRIPE_SECRET_KEY is not set: nobody can pay.",
                hint="Dashboard of Stripe, Developers, API keys. A restricted key (rk_…) is enough.",
                id="shop.E010",
            )
        )
    if not settings.STRIPE_WEBHOOK_SECRETS:
        found.append(
            Error(
                "STRIPE_WEBHOOK_SECRET is not set: Stripe's messages would all be refused.",
                hint="Create an endpoint for /webhooks/stripe/ at Stripe and copy its secret (whsec_…).",
                id="shop.E011",
            )
        )
    if settings.IS_PRODUCTION and not settings.SITE_URL.startswith("https://"):
        found.append(
            Error(
                f"SITE_URL is {settings.SITE_URL}, which is not https.",
                hint="Links in mails and to Stripe are made from it.",
                id="shop.E012",
            )
        )
    if not settings.EMAIL_URL:
        found.append(
            CheckWarning(
                "EMAIL_URL is not set: mails stay in the outbox and are never sent.",
                hint="For example smtp+tls://user:password@mail.example.com:587",
                id="shop.W010",
            )
        )
    if settings.SECURE_PROXY_SSL_HEADER and not settings.TRUSTED_PROXIES:
        found.append(
            CheckWarning(
                "TRUSTED_PROXIES is 0 behind a proxy: all buyers seem to come from the proxy's network.",
                hint="Limits against card testing would close the shop for all at once. Usually it is 1.",
                id="shop.W011",
            )
        )
    return found
