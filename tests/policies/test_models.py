from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from policies.current import current_versions
from policies.models import Policy, PolicyVersion, VersionInForceError

pytestmark = pytest.mark.django_db


@pytest.fixture
def terms():
    return Policy.objects.create(slug="terms", title="Terms", meta_description="x")


def add(policy, begins, **fields):
    return PolicyVersion.objects.create(
        **{
            "policy": policy,
            "effective_from": begins,
            "body": "Words",
            "change_note": "x",
            **fields,
        }
    )


def test_newest_version_that_has_begun_is_in_force(terms, django_assert_num_queries):
    first = add(terms, date(2026, 1, 1))
    second = add(terms, date(2026, 6, 1))
    add(terms, date(2027, 1, 1))
    with django_assert_num_queries(1):
        assert list(PolicyVersion.objects.in_force(on=date(2026, 5, 31))) == [first]
    assert list(PolicyVersion.objects.in_force(on=date(2026, 6, 1))) == [second]
    assert not PolicyVersion.objects.in_force(on=date(2025, 12, 31)).exists()
    assert [each.version for each in (first, second)] == [1, 2]


def test_current_versions_come_by_slug_in_one_query(terms, django_assert_num_queries):
    privacy = Policy.objects.create(slug="privacy", title="Privacy", meta_description="x")
    wanted = {"terms": add(terms, date(2026, 1, 1)), "privacy": add(privacy, date(2026, 2, 1))}
    with django_assert_num_queries(1):
        found = current_versions(datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("UTC")))
        assert found == wanted
        assert found["terms"].policy.slug == "terms"


def test_day_begins_at_midnight_of_the_shop(terms):
    add(terms, date(2026, 6, 1))
    eastern = ZoneInfo("America/New_York")
    assert current_versions(datetime(2026, 5, 31, 23, 59, tzinfo=eastern)) == {}
    assert current_versions(datetime(2026, 6, 1, 0, 0, tzinfo=eastern)) != {}


def test_version_that_has_begun_can_neither_change_nor_go(terms):
    version = add(terms, date(2026, 1, 1))
    version.body = "Other words"
    with pytest.raises(VersionInForceError):
        version.save()
    with pytest.raises(VersionInForceError):
        version.delete()
    with pytest.raises(VersionInForceError):
        PolicyVersion.objects.update(body="Other words")
    with pytest.raises(VersionInForceError):
        PolicyVersion.objects.all().delete()
    version.refresh_from_db()
    assert version.body == "Words"


def test_moving_the_first_day_of_a_begun_version_is_refused_too(terms):
    version = add(terms, date(2026, 1, 1))
    version.effective_from = timezone.localdate() + timedelta(days=9)
    with pytest.raises(VersionInForceError):
        version.save()


def test_version_that_waits_can_change_and_go(terms):
    add(terms, date(2026, 1, 1))
    version = add(terms, timezone.localdate() + timedelta(days=9))
    version.body = "Better words"
    version.save()
    version.refresh_from_db()
    assert version.body == "Better words"
    version.delete()
    assert terms.versions.count() == 1


def test_new_version_cannot_change_the_past(terms):
    add(terms, date(2026, 1, 1))
    late = PolicyVersion(policy=terms, effective_from=date(2026, 2, 1), body="x", change_note="x")
    with pytest.raises(ValidationError, match="today or a later day"):
        late.full_clean()


def test_new_version_begins_after_the_last_one(terms):
    soon = timezone.localdate() + timedelta(days=5)
    add(terms, soon)
    early = PolicyVersion(policy=terms, effective_from=soon, body="x", change_note="x")
    with pytest.raises(ValidationError, match="Choose a day after"):
        early.full_clean()


def test_database_refuses_the_same_number_or_day_twice(terms):
    add(terms, date(2026, 1, 1))
    with pytest.raises(IntegrityError):
        add(terms, date(2026, 2, 1), version=1)
