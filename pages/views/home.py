"""The home page: a shop page, so it says what the patch is and nothing about the body."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pages.gathering import latest_posts, reviews
from pages.models import InfoPage
from pages.reading import read_page
from pages.structured_data import organization
from products.catalogue import Details, details
from products.models import Product
from shop.lib.caching import public_page

POSTS_SHOWN = 3
QUOTES_SHOWN = 3


@require_safe
@public_page
def home(request: HttpRequest) -> HttpResponse:
    """Show what the shop sells, how it is used, what it costs, and what is not known about it."""
    text = read_page(InfoPage.Slug.HOME)
    context = {
        "text": text,
        "details": _product_details(),
        "posts": latest_posts(POSTS_SHOWN),
        "reviews": reviews(QUOTES_SHOWN),
        "meta": text.meta("/", json_ld=(organization(),)),
    }
    return render(request, "pages/home.html", context)


def _product_details() -> Details | None:
    try:
        return details(settings.PRIMARY_PRODUCT_SLUG)
    except Product.DoesNotExist:
        return None
