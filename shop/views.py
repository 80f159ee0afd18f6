"""What belongs to no app, or to two: the health check, uploads in a demo, refused forms, the front door."""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve

from blog import old_addresses
from pages.views.home import home


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the database answers, 503 otherwise. For load balancers; says nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # noqa: BLE001 (whatever is wrong, the answer is "not healthy")
        return JsonResponse({"status": "database unavailable"}, status=503)
    return JsonResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


def not_accepted(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid token like one from another site. Django's CSRF_FAILURE_VIEW."""
    return render(request, "403.html", status=403)


@require_safe
def front_page(request: HttpRequest) -> HttpResponse:
    """Show the home page; lead on who comes with a number of the old blog, which lived there: /?p=9637."""
    if request.GET and (path := old_addresses.by_query(request.GET, timezone.now())):
        return redirect(path, permanent=True)
    return home(request)


@require_safe
def icon(request: HttpRequest, path: str) -> HttpResponse:
    """Lead browsers that ask for an icon at the root to where it is."""
    return redirect(static(path))


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve an upload, in a demo. Names come from the content, so any cache may keep them for good."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    patch_cache_control(response, public=True, max_age=31_536_000, immutable=True)
    return response
