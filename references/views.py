"""The public page of statements."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from references.grades import RUBRICS
from references.reading import statements_page
from shop.lib.caching import public_page
from shop.lib.seo import PageMeta


@require_safe
@public_page
def statements(request: HttpRequest) -> HttpResponse:
    """Show what we state on health, how strong the evidence is, and until when two people answer for it."""
    path = reverse("statements")
    meta = PageMeta(
        title="What we state, and on what evidence",
        description="Our statements on vitamin B12: of whom, how strong the evidence is, what they do not "
        "say, with sources and the date of the next check.",
        path=path,
        breadcrumbs=(("Research", "/research/"), ("What we state", path)),
    )
    context = {"page": statements_page(timezone.now()), "rubrics": RUBRICS, "meta": meta}
    return render(request, "references/statements.html", context)
