"""Rate limits that hold over all web nodes and store no address."""

import hashlib
import hmac
import ipaddress
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest

from throttle.models import Attempt

KEEP = timedelta(days=2)


def hit(*, kind: str, key: str, limit: int, period: timedelta, now: datetime) -> bool:
    """Count one attempt of `kind` by `key`; say whether it is within `limit` per `period`.

    Counts first and looks afterwards, so parallel attempts cannot all slip through; the ones that are
    refused do not count, so the limit opens again by itself.
    """
    attempt = Attempt.objects.create(kind=kind, key=_digest(key, now), attempted_at=now)
    recent = Attempt.objects.filter(
        kind=kind, key__in=[_digest(key, now), _digest(key, now - period)]
    ).filter(attempted_at__gt=now - period)
    if recent.count() <= limit:
        return True
    attempt.delete()
    return False


def address_block(request: HttpRequest) -> str:
    """Return the network the request came from: /24 of an IPv4 address, /48 of an IPv6 one.

    Behind `settings.TRUSTED_PROXIES` proxies of ours the address they saw counts. Never store it.
    """
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        address = forwarded[-settings.TRUSTED_PROXIES]
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        return "unknown"
    network = ipaddress.ip_network(f"{address}/{24 if version == 4 else 48}", strict=False)  # noqa: PLR2004
    return str(network)


def forget_old(now: datetime) -> int:
    """Delete attempts that no limit looks at any more; return how many."""
    return Attempt.objects.filter(attempted_at__lt=now - KEEP).delete()[0]


def _digest(key: str, now: datetime) -> str:
    # The day is part of the key: after two days not even we can tell whose attempt it was.
    text = f"{now:%Y-%m-%d}:{key}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
