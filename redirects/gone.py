"""The page of what is gone: for the table of redirects, and for views that know it by themselves."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control

from shop.lib.caching import PUBLIC_SECONDS


def gone_page(request: HttpRequest) -> HttpResponse:
    """Return 410, the same for everybody: search engines drop the address, and caches keep it a minute."""
    page = render_to_string("410.html", request=request)
    answer = HttpResponse(page, status=HTTPStatus.GONE, headers={"X-Robots-Tag": "noindex"})
    patch_cache_control(answer, public=True, max_age=PUBLIC_SECONDS)
    return answer
