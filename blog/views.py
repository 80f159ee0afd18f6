"""The blog's front page. Posts, tags and archives follow with the blog's own issue."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from shop.lib.caching import public_page
from shop.lib.seo import PageMeta


@require_safe
@public_page
def blog(request: HttpRequest) -> HttpResponse:
    """Show what the blog is about and how its posts are made; no posts yet."""
    path = reverse("blog")
    meta = PageMeta(
        title="Blog: vitamin B12, with sources",
        description="Articles on vitamin B12 with named authors, numbered sources and dates. "
        "Nothing is sold inside an article.",
        path=path,
        breadcrumbs=(("Blog", path),),
    )
    return render(request, "blog/blog.html", {"meta": meta})
