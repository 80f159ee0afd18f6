import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from orders.models import WebhookDelivery
from shop.doctor.checkup import diagnose
from shop.doctor.findings import Level, as_text, blocks
from shop.doctor.situation import Rows, Situation, examine

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

READY_ROWS = Rows(
    failed_mails=0,
    held_up_mails=0,
    held_up_because="",
    missed_events=0,
    policies_missing=(),
    sellable_variants=3,
    variants_in_stock=3,
    sells_patches=False,
    shipping_rates=2,
    tax_rates=1,
    demo_rows={},
    has_demo_log_in=False,
)
READY = Situation(
    now=NOW,
    debug=False,
    demo=False,
    secret_key="x" * 50,
    site_url="https://shop.example",
    allowed_hosts=("shop.example",),
    stripe_key="rk_live_1",
    stripe_api_base="",
    webhook_secrets=("whsec_1", "whsec_2"),
    email_url="smtp://mail.example",
    mail_trouble="",
    staff_email_is_set=True,
    sales_tax="table",
    is_postgres=True,
    unapplied_migrations=0,
    rows=READY_ROWS,
    heartbeat=NOW - timedelta(seconds=50),
    clock_skew=timedelta(seconds=1),
    currency="USD",
    settlement_currencies=("EUR", "USD"),
)


def of(situation, about):
    return next(finding for finding in diagnose(situation) if finding.about == about)


def test_a_complete_shop_is_blocked_by_nothing():
    findings = diagnose(READY)

    assert not blocks(findings)
    assert [finding.about for finding in findings if finding.level is not Level.OK] == ["Backups"]


@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"debug": True}, "DEBUG"),
        ({"demo": True}, "DEMO"),
        ({"secret_key": "x" * 49}, "SECRET_KEY"),
        ({"site_url": "http://shop.example"}, "SITE_URL"),
        ({"allowed_hosts": ()}, "ALLOWED_HOSTS"),
        ({"allowed_hosts": ("*",)}, "ALLOWED_HOSTS"),
        ({"stripe_key": ""}, "Stripe key"),
        ({"stripe_key": "sk_test_1"}, "Stripe key"),
        ({"stripe_api_base": "http://localhost:8001"}, "Stripe's address"),
        ({"webhook_secrets": ()}, "Webhook secret"),
        ({"webhook_secrets": ("secret",)}, "Webhook secret"),
        ({"settlement_currencies": ("EUR",)}, "Currency"),
        ({"email_url": ""}, "Mail"),
        ({"mail_trouble": "ConnectionRefusedError"}, "Mail server"),
        ({"staff_email_is_set": False}, "STAFF_EMAIL"),
        ({"unapplied_migrations": 1, "rows": None}, "Migrations"),
        ({"heartbeat": None}, "Worker"),
        ({"heartbeat": NOW - timedelta(minutes=4)}, "Worker"),
    ],
)
def test_what_a_real_shop_cannot_do_without_blocks(changes, about):
    situation = dataclasses.replace(READY, **changes)

    finding = of(situation, about)

    assert finding.level is Level.MISSING
    assert finding.advice
    assert blocks(diagnose(situation))


@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"policies_missing": ("Terms",)}, "Policies"),
        ({"sellable_variants": 0}, "Product"),
        ({"shipping_rates": 0}, "Shipping rates"),
        ({"tax_rates": 0}, "Sales tax"),
        ({"demo_rows": {"orders": 2}}, "Demo data"),
        ({"has_demo_log_in": True}, "Demo data"),
    ],
)
def test_missing_rows_block(changes, about):
    situation = dataclasses.replace(READY, rows=dataclasses.replace(READY_ROWS, **changes))

    assert of(situation, about).level is Level.MISSING


@pytest.mark.parametrize(
    ("situation", "about"),
    [
        (dataclasses.replace(READY, is_postgres=False), "Database"),
        (dataclasses.replace(READY, clock_skew=timedelta(seconds=-31)), "Clock"),
        (dataclasses.replace(READY, clock_skew=None), "Clock"),
        (dataclasses.replace(READY, settlement_currencies=None), "Currency"),
        (
            dataclasses.replace(READY, rows=dataclasses.replace(READY_ROWS, failed_mails=1)),
            "Failed mails",
        ),
        (
            dataclasses.replace(READY, rows=dataclasses.replace(READY_ROWS, held_up_mails=1)),
            "Mails held up",
        ),
        (
            dataclasses.replace(READY, rows=dataclasses.replace(READY_ROWS, missed_events=1)),
            "Webhook",
        ),
        (
            dataclasses.replace(READY, rows=dataclasses.replace(READY_ROWS, variants_in_stock=0)),
            "Stock",
        ),
        (
            dataclasses.replace(READY, rows=dataclasses.replace(READY_ROWS, sells_patches=True)),
            "Patches in the US",
        ),
    ],
)
def test_what_could_be_better_warns_and_does_not_block(situation, about):
    assert of(situation, about).level is Level.WARNING
    assert not blocks(diagnose(situation))


def test_stripe_tax_needs_no_rates_of_ours():
    rows = dataclasses.replace(READY_ROWS, tax_rates=0)

    assert of(dataclasses.replace(READY, sales_tax="stripe", rows=rows), "Sales tax").level == "ok"


def test_the_report_shows_no_secret():
    report = as_text(diagnose(READY), NOW)

    assert "rk_live_1" not in report
    assert "whsec_1" not in report
    assert "x" * 10 not in report


@pytest.mark.django_db
def test_the_command_sees_an_empty_demo_and_exits_with_1(capsys, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"  # nothing listens there

    with pytest.raises(SystemExit) as stopped:
        call_command("doctor")

    assert stopped.value.code == 1
    told = capsys.readouterr().out
    assert "missing  DEMO: on" in told
    assert "missing  Product: nothing is on sale" in told


@pytest.mark.django_db
def test_an_empty_database_has_no_content_and_no_leftovers(settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    rows = examine(NOW).rows

    assert rows.sellable_variants == rows.tax_rates == 0
    assert rows.policies_missing == ("Terms", "Shipping and returns", "Privacy")
    assert rows.demo_rows == {}


@pytest.mark.django_db
def test_events_that_had_to_be_fetched_are_counted_for_a_day(settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    for source, age in (("list", 1), ("list", 23), ("list", 25), ("webhook", 1)):
        row = WebhookDelivery.objects.create(verdict="done", source=source)
        WebhookDelivery.objects.filter(pk=row.pk).update(received_at=NOW - timedelta(hours=age))

    assert examine(NOW).rows.missed_events == 2
