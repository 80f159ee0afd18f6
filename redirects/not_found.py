"""The list of addresses nobody found: what goes into it, what never does, and how it stays small."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest

from redirects.addresses import BadAddress, is_not_ours, key_of
from redirects.models import LONGEST_HOST, NotFound
from redirects.probes import is_probe

KEEP = timedelta(days=90)
# Asked for again within this time, an address counts once: so a flood of one address hardly writes.
QUIET = timedelta(seconds=10)
MINUTE = timedelta(minutes=1)
MOST_NEW_PER_MINUTE = 30
HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
# Names in addresses are words between hyphens. Keys of visitors are one long word, or a long row of
# digits, or change from digits to letters again and again.
KEY_LIKE = re.compile(r"[^-_.]{25,}|\d{9,}|(?=.{16})(?:.*?\d[A-Za-z]){2}")
# A part of an address that opens something for one visitor goes by one of these names in our URLs.
SECRETS = {"token", "key", "signature", "code"}

Check = Callable[[HttpRequest, datetime], bool]
_visitor_checks: list[Check] = []


def limit_visitors_by(check: Check) -> None:
    """Let `check(request, now)` say whether this visitor may add one more address to the list."""
    _visitor_checks[:] = [check]


def is_secret(request: HttpRequest) -> bool:
    """Say whether the address is one that only its visitor should know: an order's page, for one."""
    match = request.resolver_match
    return bool(match and SECRETS & {*match.kwargs})


def note(request: HttpRequest, *, now: datetime) -> None:
    """Write down that the address of `request` was not found, if that tells staff something.

    Of the visitor nothing is kept. One query where the address is listed and was just asked for; at
    most MOST_NEW_PER_MINUTE addresses are added per minute, over all web nodes.
    """
    path = _worth_keeping(request.path_info)
    if path is None:
        return
    host = referrer_host(request.headers.get("Referer", ""))
    known = NotFound.objects.filter(path=path).values_list("last_seen_at", flat=True).first()
    if known is None:
        _add(request, path, host, now)
    elif now - known >= QUIET:
        again = {"referrer_host": host} if host else {}
        NotFound.objects.filter(path=path).update(hits=F("hits") + 1, last_seen_at=now, **again)


def referrer_host(referrer: str) -> str:
    """Return the host of a Referer header in small letters, without port; empty if there is none."""
    try:
        host = urlsplit(referrer).hostname or ""
    except ValueError:
        return ""
    return host if HOST.fullmatch(host) and len(host) <= LONGEST_HOST else ""


def ignore(rows: "QuerySet[NotFound]") -> int:
    """Take `rows` off the list for as long as they are asked for; return how many."""
    return rows.update(is_ignored=True)


def stop_ignoring(rows: "QuerySet[NotFound]") -> int:
    """Put `rows` back on the list; return how many."""
    return rows.update(is_ignored=False)


def forget_old(now: datetime) -> int:
    """Delete addresses that nobody has asked for in 90 days; return how many."""
    return NotFound.objects.filter(last_seen_at__lt=now - KEEP).delete()[0]


def _worth_keeping(path: str) -> str | None:
    if is_probe(path) or "@" in path:
        return None
    try:
        key = key_of(path)
    except BadAddress:
        return None
    if is_not_ours(key) or any(KEY_LIKE.search(part) for part in key.split("/")):
        return None
    return key


def _add(request: HttpRequest, path: str, host: str, now: datetime) -> None:
    just_now = Count("pk", filter=Q(first_seen_at__gt=now - MINUTE))
    counts = NotFound.objects.aggregate(new=just_now, all=Count("pk"))
    if counts["new"] >= MOST_NEW_PER_MINUTE:
        return
    if not all(may_add(request, now) for may_add in _visitor_checks):
        return
    row = NotFound(path=path, first_seen_at=now, last_seen_at=now, referrer_host=host)
    # Somebody else may have found it missing at the same moment.
    NotFound.objects.bulk_create([row], ignore_conflicts=True)
    if (surplus := counts["all"] + 1 - settings.NOT_FOUND_KEPT) > 0:
        least = NotFound.objects.exclude(path=path).order_by("hits", "last_seen_at", "pk")
        NotFound.objects.filter(pk__in=list(least.values_list("pk", flat=True)[:surplus])).delete()
