"""Rate limits: what counts, when they open again, and that nobody's address is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.races.at_once import at_once
from throttle.limits import Limit, address_block, admit, digest_of, hit, note, opening
from throttle.models import Attempt

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def limit(key="192.0.2.0/24", most=3, kind="orders", **more):
    return Limit(kind, key, most, HOUR, **more)


def fill(wanted: Limit, *minutes_ago: int) -> None:
    for minutes in minutes_ago:
        at = NOW - timedelta(minutes=minutes)
        note(kind=wanted.kind, digest=digest_of(wanted.key, at), at=at)


@pytest.mark.django_db
def test_as_many_pass_as_there_is_room_for_and_what_is_refused_does_not_count():
    answers = [admit([limit()], now=NOW + timedelta(minutes=minute)) for minute in range(5)]
    assert answers == [None, None, None, NOW + HOUR, NOW + HOUR]
    assert Attempt.objects.count() == 3
    assert admit([limit()], now=NOW + HOUR) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes_ago", "opens_in"),
    [
        ((), None),
        ((10, 20), None),
        ((60, 61, 62), None),
        ((59, 30, 10), 1),
        ((10, 59, 30), 1),
        # More than the limit, after it was lowered: room comes when all but two have left.
        ((50, 40, 30, 20, 10), 30),
    ],
)
def test_a_limit_says_when_it_opens_again(minutes_ago, opens_in):
    fill(limit(), *minutes_ago)
    expected = None if opens_in is None else NOW + timedelta(minutes=opens_in)
    assert opening([limit()], now=NOW) == admit([limit()], now=NOW) == expected


@pytest.mark.django_db
def test_of_several_limits_the_latest_opening_counts_and_a_refusal_leaves_the_others_alone():
    by_mail = limit("jo@example.com", most=1)
    fill(limit(), 59, 58, 57)
    fill(by_mail, 20)
    free = limit("other")

    assert admit([limit(), by_mail, free], now=NOW) == NOW + timedelta(minutes=40)
    assert Attempt.objects.count() == 4
    assert admit([free], now=NOW) is None


@pytest.mark.django_db
def test_a_limit_that_is_only_looked_at_counts_nothing():
    looked_at = limit(kind="declines", most=1, is_counted=False)
    assert [admit([looked_at, limit()], now=NOW) for _ in range(2)] == [None, None]
    assert set(Attempt.objects.values_list("kind", flat=True)) == {"orders"}
    fill(looked_at, 5)
    assert admit([looked_at, limit()], now=NOW) == NOW + timedelta(minutes=55)


@pytest.mark.django_db
def test_a_limit_holds_over_midnight_although_its_hash_changes():
    midnight = datetime(2026, 11, 21, tzinfo=UTC)
    for minutes in (-2, -1, 0):
        assert admit([limit()], now=midnight + timedelta(minutes=minutes)) is None
    assert admit([limit()], now=midnight + timedelta(minutes=1)) == midnight + timedelta(minutes=58)
    assert Attempt.objects.values("key").distinct().count() == 2


@pytest.mark.django_db
def test_what_is_noted_by_the_hash_of_the_day_before_counts_as_long_as_all_else():
    midnight = datetime(2026, 11, 21, tzinfo=UTC)
    began = midnight - timedelta(minutes=10)
    declined = midnight + timedelta(minutes=20)
    wanted = limit(kind="declines", most=1, is_counted=False)
    note(kind=wanted.kind, digest=digest_of(wanted.key, began), at=declined)
    assert opening([wanted], now=midnight + timedelta(minutes=79)) == declined + HOUR
    assert opening([wanted], now=declined + HOUR) is None


@pytest.mark.django_db
def test_kinds_and_keys_do_not_touch_each_other_and_no_key_is_stored():
    assert [hit(kind=kind, key=key, limit=1, period=HOUR, now=NOW) for kind, key in (
        ("a", "192.0.2.0/24"), ("a", "198.51.100.0/24"), ("b", "192.0.2.0/24"), ("a", "192.0.2.0/24")
    )] == [True, True, True, False]  # fmt: skip
    stored = "".join(f"{row.kind}{row.key}" for row in Attempt.objects.all())
    assert "192.0" not in stored
    assert "198.51" not in stored


@pytest.mark.django_db
def test_a_limit_of_none_lets_nobody_through():
    assert admit([limit(most=0)], now=NOW) == NOW + HOUR


@pytest.mark.parametrize(
    ("proxies", "connection", "forwarded", "block"),
    [
        (0, "192.0.2.77", "198.51.100.7", "192.0.2.0/24"),
        (0, "2001:db8:1:2::3", "", "2001:db8:1::/48"),
        (0, "::ffff:192.0.2.77", "", "192.0.2.0/24"),
        (0, "fe80::1%eth0", "", "fe80::/48"),
        (0, "", "", "unknown"),
        (1, "10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.0/24"),
        (2, "10.0.0.1", "203.0.113.9, 198.51.100.7", "203.0.113.0/24"),
        (2, "192.0.2.77", "198.51.100.7", "192.0.2.0/24"),
        (1, "10.0.0.1", "198.51.100.7:5678", "198.51.100.0/24"),
        (1, "10.0.0.1", "[2001:db8:1:2::3]:5678", "2001:db8:1::/48"),
        (1, "10.0.0.1", "[2001:db8:1:2::3]", "2001:db8:1::/48"),
        (1, "10.0.0.1", "[::ffff:198.51.100.7]:5678", "198.51.100.0/24"),
        (1, "10.0.0.1", "somebody", "unknown"),
    ],
)
def test_the_network_is_told_from_the_address_however_it_is_written(
    rf, settings, proxies, connection, forwarded, block
):
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR=connection, headers={"X-Forwarded-For": forwarded})
    assert address_block(request) == block


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_the_same_moment_exactly_five_pass():
    wanted = [limit(most=5), limit("jo@example.com", most=9)]
    orders = [wanted, wanted[::-1]]
    outcomes = at_once([lambda n=n: admit(orders[n % 2], now=NOW) for n in range(20)])
    assert sorted(outcomes, key=str) == [NOW + HOUR] * 15 + [None] * 5
    assert Attempt.objects.count() == 10
