"""One post, the preview of a draft, and the pictures that texts name."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blog import old_addresses, picture_sources, preview, reading, structured_data
from blog.dates import long_date
from blog.models import Picture
from blog.reading import PostPage
from shop.lib.caching import private_page, public_page


@require_safe
@public_page
def post(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a post that is public now."""
    now = timezone.now()
    page = reading.post_for_page(slug, now)
    if page is None and slug != slug.lower() and (path := old_addresses.public_path(slug, now)):
        return redirect(old_addresses.with_query(path, request.GET), permanent=True)
    if page is None:
        raise Http404
    return _show(request, page)


@require_safe
@private_page
def preview_of_draft(request: HttpRequest, token: str) -> HttpResponse:
    """Show a post as it is now to whoever has the link, until the link runs out."""
    now = timezone.now()
    draft = preview.post_for_preview(token, now)
    if draft is None:
        raise Http404
    return _show(request, reading.page_of(draft, now, draft=True), is_preview=True)


@require_safe
@public_page
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    """Lead to the largest file of a picture of the library."""
    row = get_object_or_404(Picture.objects.only("renditions", "file"), digest=digest)
    return redirect(picture_sources.url_of(row))


def _show(request: HttpRequest, page: PostPage, *, is_preview: bool = False) -> HttpResponse:
    post = page.post
    context = {
        "page": page,
        "post": post,
        "rendered": page.rendered,
        "is_preview": is_preview,
        "published": long_date(post.publish_at) if post.publish_at else "",
        "changed": long_date(post.changed_at)
        if post.changed_at and reading.is_changed(post)
        else "",
        "last_change": reading.last_change(post),
        "meta": None if is_preview else structured_data.post_meta(page),
    }
    return render(request, "blog/post.html", context)
