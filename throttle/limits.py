"""Rate limits that hold over all web nodes and store no address."""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest

from throttle.models import Attempt

KEEP = timedelta(days=2)
A_DAY = timedelta(days=1)
IPV4_BITS, IPV6_BITS = 24, 48
# Some proxies write the port as well.
WITH_PORT = re.compile(r"\[(.+)\](?::\d+)?|([\d.]+):\d+")


@dataclass(frozen=True)
class Limit:
    """At most `most` attempts of `kind` by `key` in any `period` (a day at the longest).

    With `is_counted` off, admit() only looks whether the limit is reached: what counts against it is
    written down by note().
    """

    kind: str
    key: str
    most: int
    period: timedelta
    is_counted: bool = True


def hit(*, kind: str, key: str, limit: int, period: timedelta, now: datetime) -> bool:
    """Count one attempt of `kind` by `key`; say whether it is within `limit` per `period`.

    What is refused does not count, so the limit opens again by itself.
    """
    return admit([Limit(kind, key, limit, period)], now=now) is None


def admit(limits: Sequence[Limit], *, now: datetime) -> datetime | None:
    """Count one attempt against all of `limits` and return None; or count nothing, and return when
    all of them will be open again.

    Of attempts at the same moment, on any web node, exactly as many pass as there is room for: each
    waits until the one before is counted. Inside a transaction that is its end.
    """
    with transaction.atomic():
        counted = [limit for limit in limits if limit.is_counted]
        _take_turns({digest for limit in counted for digest in _digests(limit, now)})
        opens_at = opening(limits, now=now)
        if opens_at is None:
            Attempt.objects.bulk_create(
                Attempt(kind=limit.kind, key=digest_of(limit.key, now), attempted_at=now)
                for limit in counted
            )
    return opens_at


def take_back(limits: Iterable[Limit], *, now: datetime) -> None:
    """Let the attempt that admit() has just counted at `now` count no more: it was none, after all."""
    for limit in limits:
        counted = Attempt.objects.filter(
            kind=limit.kind, key=digest_of(limit.key, now), attempted_at=now
        )
        Attempt.objects.filter(pk__in=counted.values("pk")[:1]).delete()


def opening(limits: Iterable[Limit], *, now: datetime) -> datetime | None:
    """Return when all of `limits` will be open, None if they are. Counts nothing."""
    closed = [moment for limit in limits if (moment := _opening(limit, now))]
    return max(closed, default=None)


def note(*, kind: str, digest: str, at: datetime) -> None:
    """Count something that has happened, whatever the limits say. `digest` is from digest_of()."""
    Attempt.objects.create(kind=kind, key=digest, attempted_at=at)


def address_block(request: HttpRequest) -> str:
    """Return the network the request came from: /24 of an IPv4 address, /48 of an IPv6 one.

    Behind `settings.TRUSTED_PROXIES` proxies of ours the address they saw counts. Never store it.
    """
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        address = forwarded[-settings.TRUSTED_PROXIES]
    return _block_of(address)


def _block_of(text: str) -> str:
    with_port = WITH_PORT.fullmatch(text)
    bare = (with_port[1] or with_port[2]) if with_port else text
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return "unknown"
    # A server that listens on both kinds tells IPv4 so: in a /48 all of them would be one network.
    address = getattr(address, "ipv4_mapped", None) or address
    bits = IPV4_BITS if address.version == 4 else IPV6_BITS  # noqa: PLR2004
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


def digest_of(key: str, now: datetime) -> str:
    """Return what is stored in place of `key` on the day of `now` (64 characters)."""
    # The day is part of the key: after two days not even we can tell whose attempt it was.
    text = f"{now:%Y-%m-%d}:{key}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def forget_old(now: datetime) -> int:
    """Delete attempts that no limit looks at any more; return how many."""
    return Attempt.objects.filter(attempted_at__lt=now - KEEP).delete()[0]


def _opening(limit: Limit, now: datetime) -> datetime | None:
    counted = (
        Attempt.objects.filter(kind=limit.kind, key__in=_digests(limit, now))
        .filter(attempted_at__gt=now - limit.period)
        .order_by("-attempted_at")
    )
    if not limit.most:
        return now + limit.period
    # Room comes when the oldest of the newest `most` has left the period.
    at = counted.values_list("attempted_at", flat=True)[limit.most - 1 : limit.most].first()
    return at + limit.period if at else None


def _digests(limit: Limit, now: datetime) -> set[str]:
    # Yesterday's too, however short the period is: a decline is noted by the hash that its page began
    # with, and that may be from before midnight.
    return {digest_of(limit.key, now), digest_of(limit.key, now - A_DAY)}


def _take_turns(digests: Iterable[str]) -> None:
    """Let nobody else count by the same keys before this transaction ends.

    On SQLite a transaction has the only write lock from its beginning (shop.lib.databases). In sorted
    order, so that two with several keys in common cannot wait for each other.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for number in sorted(int(digest[:15], 16) for digest in digests):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
