"""Lists of posts."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blog import archives, old_addresses, structured_data
from blog.archives import Archive
from blog.citing import cited_introduction
from blog.dates import Period
from blog.sidebar import sidebar
from shop.lib.caching import public_page


@require_safe
@public_page
def index(request: HttpRequest, number: str = "") -> HttpResponse:
    """Show all posts, the newest first; lead on who comes with one of WordPress's own parameters."""
    now = timezone.now()
    if request.GET and (path := old_addresses.by_query(request.GET, now)):
        return redirect(path, permanent=True)
    return _show(request, archives.everything(now), number)


@require_safe
@public_page
def tag(request: HttpRequest, slug: str, number: str = "") -> HttpResponse:
    """Show the posts with a tag. A tag that was merged is led on by the table of redirects."""
    archive = archives.of_tag(slug, timezone.now())
    if archive is None and (path := old_addresses.path_of_tag(slug)):
        return redirect(old_addresses.with_query(path, request.GET), permanent=True)
    return _show(request, archive, number)


@require_safe
@public_page
def category(request: HttpRequest, slug: str, number: str = "") -> HttpResponse:
    """Show the posts of a category; WordPress put its parents before its name."""
    archive = archives.of_category(slug, timezone.now()) if "/" not in slug else None
    if archive is None and (path := old_addresses.path_of_category(slug)):
        return redirect(old_addresses.with_query(path, request.GET), permanent=True)
    return _show(request, archive, number)


@require_safe
@public_page
def author(request: HttpRequest, slug: str, number: str = "") -> HttpResponse:
    """Show who somebody is, and what that person wrote."""
    return _show(request, archives.of_author(slug, timezone.now()), number)


@require_safe
@public_page
def period(
    request: HttpRequest, year: str, month: str = "", day: str = "", number: str = ""
) -> HttpResponse:
    """Show the posts of a year, a month or a day."""
    try:
        span = Period(int(year), int(month) if month else None, int(day) if day else None)
    except ValueError as error:  # the 30th of February
        raise Http404 from error
    return _show(request, archives.of_period(span, timezone.now()), number)


def _show(request: HttpRequest, archive: Archive | None, number: str) -> HttpResponse:
    if archive is None:
        raise Http404
    if number and int(number) == 1:
        return redirect(old_addresses.with_query(archive.path, request.GET), permanent=True)
    now = timezone.now()
    page = archives.read(archive, int(number or 1), now)
    if page is None:
        raise Http404
    context = {
        "archive": archive,
        "page": page,
        "introduction": cited_introduction(archive.introduction),
        "sidebar": sidebar(now),
        "meta": structured_data.archive_meta(page),
    }
    return render(request, "blog/archive.html", context)
