"""One API call, and the table of what serves it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from stripe_sandbox.contract.endpoints import Endpoint, all_endpoints
from stripe_sandbox.events import Cause


@dataclass
class Call:
    """A validated request on its way to its handler. `ids` are the placeholders of the path."""

    endpoint: Endpoint
    ids: dict[str, str]
    request_id: str
    account: str
    idempotency_key: str | None = None
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def cause(self) -> Cause:
        """What events of this call name as their reason."""
        return Cause(self.request_id, self.idempotency_key)


Handler = Callable[[Call], dict[str, Any]]
HANDLERS: dict[tuple[str, str], Handler] = {}
# Endpoints that the library does not list, described like its own.
UNDOCUMENTED: list[Endpoint] = []


def serves(method: str, path: str) -> Callable[[Handler], Handler]:
    """Register a handler for an endpoint, named as the library names it (`/v1/charges/{charge}`)."""

    def register(handler: Handler) -> Handler:
        HANDLERS[method, path] = handler
        return handler

    return register


@cache
def known_endpoints() -> tuple[tuple[re.Pattern[str], Endpoint], ...]:
    """All of Stripe's v1 endpoints; fixed paths before those with placeholders."""
    ordered = sorted(all_endpoints(), key=lambda endpoint: endpoint.path.count("{"))
    return tuple((endpoint.pattern, endpoint) for endpoint in ordered)


def match(method: str, path: str) -> tuple[Endpoint, dict[str, str]] | None:
    """The endpoint of a concrete request with the ids in its path; None when Stripe has none."""
    undocumented = ((endpoint.pattern, endpoint) for endpoint in UNDOCUMENTED)
    for pattern, endpoint in (*undocumented, *known_endpoints()):
        if endpoint.method == method and (found := pattern.match(path)):
            return endpoint, found.groupdict()
    return None
