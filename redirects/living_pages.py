"""Is there a page at this address? Asked of the page itself, the way a visitor would."""

import logging
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve

from redirects.addresses import Target, is_not_ours

logger = logging.getLogger(__name__)

MISSING = {404, 410}


def leads_somewhere(target: Target) -> bool:
    """Say whether a visitor sent to `target` finds a page; of other sites and files it is assumed."""
    return not target.key or is_not_ours(target.key) or is_there(urlsplit(target.address).path)


def is_there(path: str) -> bool:
    """Say whether some page answers at `path`, with its slash or without. Nothing is stored by asking."""
    match = _view_at(unquote(path))
    if match is None:
        return False
    request = _request(unquote(path), match)
    try:
        response = match.func(request, *match.args, **match.kwargs)
    except Http404:
        return False
    except Exception as error:  # noqa: BLE001 (whatever is wrong with the page, it is there)
        logger.info("%s answers with %s", path, type(error).__name__)
        return True
    return response.status_code not in MISSING


def _view_at(path: str) -> ResolverMatch | None:
    for form in (path, f"{path.rstrip('/')}/"):
        try:
            return resolve(form)
        except Resolver404:
            continue
    return None


def _request(path: str, match: ResolverMatch) -> HttpRequest:
    site = urlsplit(settings.SITE_URL)
    request = HttpRequest()
    request.method = "HEAD"
    request.path = request.path_info = path
    request.resolver_match = match
    request.user = AnonymousUser()
    request.META = {
        "REQUEST_METHOD": "HEAD",
        "SERVER_NAME": site.hostname or "localhost",
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
    }
    return request
