from datetime import timedelta

import pytest
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from orders.models import WebhookDelivery
from pages.models import ContactMessage
from shop import schedule


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
        schedule.settle_refunds,
        schedule.forget,
    ],
)
def test_every_task_may_run_when_nothing_is_due(task):
    task.call_local()


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
