from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from huey.contrib.djhuey import HUEY

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


@pytest.mark.django_db(transaction=True)
def test_a_nudge_reaches_the_queue_after_the_commit_only():
    with transaction.atomic():
        schedule.nudge_outbox()
        assert len(HUEY) == 0

    assert len(HUEY) == 1


@pytest.mark.django_db(transaction=True)
def test_a_nudge_of_a_rolled_back_transaction_never_leaves():
    with transaction.atomic():
        schedule.nudge_outbox()
        transaction.set_rollback(True)

    assert len(HUEY) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "task",
    [
        schedule.send_mail,
        schedule.send_mail_now,
        schedule.settle_payments,
        schedule.settle_refunds,
        schedule.forget,
    ],
)
def test_every_task_may_run_when_nothing_is_due(task):
    task.call_local()
