"""The product's page and the short page to choose a pack. Both are the same for every visitor."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from policies.rendering import render as render_markdown
from products import catalogue, page_parts
from products.models import Product
from products.structured_data import picture_urls, product_json_ld
from shop.lib.caching import public_page
from shop.lib.money import format_cents
from shop.lib.seo import PageMeta

# As many as one cart line takes: see orders.models.cart.MAX_QUANTITY, which has the last word.
MAX_QUANTITY = 20


@require_safe
@public_page
def product_information(request: HttpRequest) -> HttpResponse:
    """Show all facts on the patch, and its packs with the form that puts one in the cart."""
    details = _primary_product()
    path = reverse("product_information")
    product = details.product
    parts, more_json_ld = page_parts.read(product)
    meta = PageMeta(
        title=f"{product.name}: what is in it, how to wear it, packs and prices",
        description=_description(details),
        path=path,
        breadcrumbs=(("Product Information", path),),
        json_ld=({**product_json_ld(details, path), **more_json_ld},),
        image=picture_urls(details.images)[0] if details.images else "",
        og_type="product",
    )
    context = {
        **_form_context(request, details),
        "meta": meta,
        "parts": parts,
        "description": render_markdown(product.description).html,
        "evidence_note": render_markdown(product.evidence_note).html,
        "currency": settings.CURRENCY,
    }
    return render(request, "products/product_information.html", context)


@require_safe
@public_page
def order(request: HttpRequest) -> HttpResponse:
    """Show the packs only: the shortest way to the cart."""
    details = _primary_product()
    path = reverse("order")
    meta = PageMeta(
        title=f"Order the {details.product.name}",
        description=f"Choose a pack. {_description(details)}",
        path=path,
        breadcrumbs=(("Order", path),),
    )
    return render(request, "products/order.html", {**_form_context(request, details), "meta": meta})


def _primary_product() -> catalogue.Details:
    try:
        return catalogue.details(settings.PRIMARY_PRODUCT_SLUG)
    except Product.DoesNotExist:
        message = "The product is not on sale."
        raise Http404(message) from None


def _form_context(request: HttpRequest, details: catalogue.Details) -> dict[str, Any]:
    return {
        "details": details,
        "product": details.product,
        "packs": details.packs,
        # Links such as "?pack=B12-12" choose a pack; anything else is ignored.
        "chosen": details.chosen(request.GET.get("pack", "")),
        "max_quantity": MAX_QUANTITY,
    }


def _description(details: catalogue.Details) -> str:
    if details.lowest_price_cents is None:
        return details.product.tagline
    return f"{details.product.tagline} Packs from {format_cents(details.lowest_price_cents)}."
