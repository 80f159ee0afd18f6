"""What the doctor looks at: settings, rows and the worker, seen once and then only read."""

import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from django.utils import timezone
from post_office.models import STATUS, Email

from orders.gateways import gateway
from orders.gateways.base import GatewayRefused, GatewayUnavailable
from orders.models import ShippingRate, TaxRate, WebhookDelivery
from outbox import delivery
from policies.current import current_versions
from policies.models import Policy
from products.models import Product, Variant
from shop import content, schedule

STRIPE = "https://api.stripe.com"
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rows:
    """What stands in the database, as counts of rows."""

    failed_mails: int
    held_up_mails: int
    held_up_because: str
    missed_events: int
    policies_missing: tuple[str, ...]
    sellable_variants: int
    variants_in_stock: int
    sells_patches: bool
    shipping_rates: int
    tax_rates: int
    demo_rows: Mapping[str, int]
    has_demo_log_in: bool


@dataclass(frozen=True)
class Situation:
    """Everything the checks know. Times are aware; `rows` is None while tables are missing.

    `settlement_currencies` are those that Stripe keeps our money in, None where it did not say.
    """

    now: datetime
    debug: bool
    demo: bool
    secret_key: str
    site_url: str
    allowed_hosts: tuple[str, ...]
    stripe_key: str
    stripe_api_base: str
    webhook_secrets: tuple[str, ...]
    email_url: str
    mail_trouble: str
    staff_email_is_set: bool
    sales_tax: str
    is_postgres: bool
    unapplied_migrations: int
    rows: Rows | None
    heartbeat: datetime | None
    clock_skew: timedelta | None
    currency: str
    settlement_currencies: tuple[str, ...] | None


def examine(now: datetime) -> Situation:
    """Look at the running shop once. `now` is aware.

    Asks Stripe for the time and for its currencies, and knocks at the mail server.
    """
    unapplied = _unapplied_migrations()
    return Situation(
        now=now,
        debug=settings.DEBUG,
        demo=settings.DEMO,
        secret_key=settings.SECRET_KEY,
        site_url=settings.SITE_URL,
        allowed_hosts=tuple(settings.ALLOWED_HOSTS),
        stripe_key="" if settings.USES_SANDBOX else settings.STRIPE_SECRET_KEY,
        stripe_api_base=settings.STRIPE_API_BASE,
        webhook_secrets=() if settings.USES_SANDBOX else tuple(settings.STRIPE_WEBHOOK_SECRETS),
        email_url=settings.EMAIL_URL,
        mail_trouble=delivery.server_trouble() if settings.EMAIL_URL else "",
        staff_email_is_set="STAFF_EMAIL" in os.environ,
        sales_tax=settings.SALES_TAX,
        is_postgres=connection.vendor == "postgresql",
        unapplied_migrations=unapplied,
        rows=None if unapplied else _rows(now),
        heartbeat=schedule.last_heartbeat(),
        clock_skew=clock_skew(settings.STRIPE_API_BASE or STRIPE),
        currency=settings.CURRENCY,
        settlement_currencies=_settlement_currencies(),
    )


def _settlement_currencies() -> tuple[str, ...] | None:
    if not settings.STRIPE_SECRET_KEY:
        return None
    try:
        return tuple(sorted(gateway().settlement_currencies()))
    except (GatewayUnavailable, GatewayRefused):
        return None


def _unapplied_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _rows(now: datetime) -> Rows:
    today = timezone.localdate(now)
    in_force = current_versions(now)
    on_sale = Variant.objects.on_sale()
    taxed = TaxRate.objects.filter(effective_from__lte=today)
    users = get_user_model().objects.filter(username=content.STAFF_NAME, is_active=True)
    return Rows(
        failed_mails=Email.objects.filter(status=STATUS.failed).count(),
        held_up_mails=delivery.held_up(now).count(),
        held_up_because=delivery.why_held_up(now),
        missed_events=WebhookDelivery.objects.filter(
            source=WebhookDelivery.Source.LIST, received_at__gt=now - A_DAY
        ).count(),
        policies_missing=tuple(
            str(label) for slug, label in Policy.Slug.choices if slug not in in_force
        ),
        sellable_variants=on_sale.count(),
        variants_in_stock=on_sale.filter(stock_on_hand__gt=F("stock_reserved")).count(),
        sells_patches=Product.objects.published().filter(form=Product.Form.PATCH).exists(),
        shipping_rates=ShippingRate.objects.filter(method__is_active=True).count(),
        tax_rates=taxed.exclude(effective_until__lt=today).count(),
        demo_rows=_demo_rows(),
        has_demo_log_in=users.exists(),
    )


def _demo_rows() -> dict[str, int]:
    """Count what is marked as invented, by the plural name of each model that can be."""
    counted = {}
    for model in apps.get_models():
        try:
            model._meta.get_field("is_demo")
        except FieldDoesNotExist:
            continue
        number = model._default_manager.filter(is_demo=True).count()
        if number:
            counted[str(model._meta.verbose_name_plural)] = number
    return counted


def clock_skew(server: str) -> timedelta | None:
    """Return how far our clock is ahead of `server`'s Date header, None when it does not answer."""
    request = urllib.request.Request(server, method="HEAD")  # noqa: S310 (an address from the settings)
    try:
        with urllib.request.urlopen(request, timeout=3) as answer:  # noqa: S310
            date = answer.headers["Date"]
    except urllib.error.HTTPError as error:
        # Without a key Stripe refuses, but it tells the time.
        date = error.headers["Date"]
        error.close()
    except OSError:
        return None
    return timezone.now() - parsedate_to_datetime(date) if date else None
