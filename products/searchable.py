"""What the search knows of the product: its own words, and no price."""

from collections.abc import Collection, Iterator

from django.conf import settings
from django.urls import reverse

from policies.rendering import render
from products.models import Product
from search.models import Kind
from search.plain_text import text_of
from search.sources import Document, Source


def _documents(keys: Collection[str] | None) -> Iterator[Document]:
    """Yield the one product that has a page, while it is on sale."""
    slug = settings.PRIMARY_PRODUCT_SLUG
    if keys is None or slug in keys:
        rows = Product.objects.published().filter(slug=slug)
        yield from (_document(product) for product in rows.prefetch_related("ingredients"))


def _document(product: Product) -> Document:
    directions = [f"{step.title}: {step.text}" for step in product.direction_steps]
    parts = [
        text_of(render(product.description).html),
        product.size_text,
        product.wear_text,
        *directions,
        *(str(ingredient.name) for ingredient in product.ingredients.all()),
        *product.free_from_lines,
        product.storage,
    ]
    return Document(
        key=product.slug,
        path=reverse("product_information"),
        title=product.name,
        summary=product.tagline,
        body=" ".join(part for part in parts if part),
        keywords=f"{product.unit_word} order buy price",
        updated_at=product.updated_at,
    )


PRODUCTS = Source(Kind.PRODUCT, _documents)
