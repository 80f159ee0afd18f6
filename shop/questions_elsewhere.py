"""Where questions and answers of the FAQ stand besides their own page: beside the product, under its reviews."""

from pages.questions import ShownQuestion, shown_on_product
from products import page_parts
from products.models import Product
from reviews import gathering as reviews_gathering


def connect() -> None:
    """Register them with those pages. Called once, when the roof is up."""
    page_parts.register("questions", beside)
    reviews_gathering.register_questions(shown_on_product)


def beside(product: Product) -> list[ShownQuestion]:
    """Return what stands beside `product`. The shop has one, so every ticked row is about it."""
    return shown_on_product()
