"""The Affiliate Program page. Sign-up, links and payouts follow with their own issue."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from affiliates.offer import EXAMPLE_CENTS, PLANNED_OFFER
from shop.lib.caching import public_page
from shop.lib.seo import PageMeta


@require_safe
@public_page
def affiliate_program(request: HttpRequest) -> HttpResponse:
    """Show the planned offer and the rules; nobody can join yet."""
    path = reverse("affiliate_program")
    context = {
        "offer": PLANNED_OFFER,
        "example_cents": EXAMPLE_CENTS,
        "example_commission_cents": PLANNED_OFFER.commission_on(EXAMPLE_CENTS),
        "meta": PageMeta(
            title="Affiliate Program: planned terms and rules",
            description="The planned terms for partners of the B12 Patch shop: rate, time window, "
            "payout, and rules on honest words. Not open yet.",
            path=path,
            breadcrumbs=(("Affiliate Program", path),),
        ),
    }
    return render(request, "affiliates/affiliate_program.html", context)
