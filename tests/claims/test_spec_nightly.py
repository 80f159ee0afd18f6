"""The check of everything that is published runs every night by itself: issue 4, section 5."""

from datetime import datetime, timedelta

from shop import schedule

DAY = datetime(2026, 11, 21)


def test_everything_is_checked_once_a_night():
    task = schedule.check_claims.task_class()
    minutes = [DAY + timedelta(minutes=minute) for minute in range(24 * 60)]

    assert len([minute for minute in minutes if task.validate_datetime(minute)]) == 1
