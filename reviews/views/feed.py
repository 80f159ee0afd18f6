"""The feed of reviews for Google."""

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from reviews import feeds

# Google fetches it once a day; a withdrawn review must not stay in it for long.
FEED_SECONDS = 3600


@require_safe
def google(request: HttpRequest) -> HttpResponseBase:
    """Send the feed, or 404 until there are enough reviews."""
    if not feeds.is_on():
        raise Http404
    response = StreamingHttpResponse(feeds.write(), content_type="application/xml; charset=utf-8")
    patch_cache_control(response, public=True, max_age=FEED_SECONDS)
    response["X-Robots-Tag"] = "noindex"
    return response
