from datetime import timedelta

import pytest
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from orders.gateways import gateway
from orders.models import PaymentAttempt, WebhookDelivery
from pages.models import ContactMessage
from shop import schedule
from tests.factories import make_order
from throttle.models import Attempt


@pytest.fixture(autouse=True)
def _empty_queue():
    HUEY.storage.flush_all()
    yield
    HUEY.storage.flush_all()


def test_the_worker_leaves_a_sign_of_life():
    assert schedule.last_heartbeat() is None

    schedule.beat.call_local()

    assert timezone.now() - schedule.last_heartbeat() < timedelta(seconds=5)
    assert schedule.last_heartbeat() is not None, "reading must not take it away"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "task",
    [
        schedule.send_mail,
        schedule.settle_payments,
        schedule.watch_for_card_testing,
        schedule.settle_refunds,
        schedule.remind_of_disputes,
        schedule.forget,
        schedule.mend_search,
        schedule.compare_search,
        schedule.check_claims,
        schedule.ask_for_reviews,
        schedule.show_overdue_reviews,
        schedule.settle_review_photos,
        schedule.prove_reviews,
    ],
)
def test_every_task_may_run_when_nothing_is_due(task):
    task.call_local()


@pytest.mark.django_db
def test_a_part_of_the_reconciliation_that_failed_is_logged_as_an_error(sandbox, settings, caplog):
    caplog.set_level("INFO", "shop.schedule")
    settings.STRIPE_SECRET_KEY = "sk_live_refused_by_a_sandbox"
    gateway.cache_clear()

    schedule.reconcile_everything.call_local()

    told = {
        one.getMessage().partition(": ")[0]: one.levelname
        for one in caplog.records
        if one.name == "shop.schedule"
    }
    assert told["Undelivered events"] == "ERROR"
    assert told["Open payment pages"] == "INFO"


@pytest.mark.django_db
def test_what_is_too_old_to_be_of_use_is_forgotten():
    now = timezone.now()
    old, new = now - timedelta(days=800), now - timedelta(days=1)
    for received_at in (old, new):
        delivery = WebhookDelivery.objects.create(verdict="invalid", body_sha256="0" * 64)
        WebhookDelivery.objects.filter(pk=delivery.pk).update(received_at=received_at)
        ContactMessage.objects.create(
            name="Jo", email="jo@example.com", message="Hello", received_at=received_at
        )

    schedule.forget.call_local()

    assert [row.received_at for row in WebhookDelivery.objects.all()] == [new]
    assert [row.received_at for row in ContactMessage.objects.all()] == [new]


@pytest.mark.django_db
def test_who_asked_for_a_payment_page_is_forgotten_on_the_third_day():
    now = timezone.now()
    order = make_order()
    for number, hours in enumerate((47, 49), start=1):
        at = now - timedelta(hours=hours)
        Attempt.objects.create(kind="checkout_network", key=f"hash {hours}", attempted_at=at)
        page = order.attempts.create(
            number=number,
            status="expired",
            idempotency_key=f"key {number}",
            request={},
            expires_at=at,
            origin=f"hash {hours}",
        )
        PaymentAttempt.objects.filter(pk=page.pk).update(created_at=at)

    schedule.forget.call_local()

    assert [row.key for row in Attempt.objects.all()] == ["hash 47"]
    assert [page.origin for page in order.attempts.order_by("number")] == ["hash 47", ""]
