"""The product's pages for sitemap.xml."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from products.models import Product


class ProductSitemap(Sitemap[tuple[str, datetime]]):
    """The product page and the order page, while the product is on sale."""

    def items(self) -> Sequence[tuple[str, datetime]]:
        """Return (url name, time of the last change of what the page says)."""
        product = (
            Product.objects.published()
            .filter(slug=settings.PRIMARY_PRODUCT_SLUG)
            .only("updated_at")
            .first()
        )
        if product is None:
            return []
        return [(name, product.updated_at) for name in ("product_information", "order")]

    def location(self, item: tuple[str, datetime]) -> str:
        """The page's path."""
        return reverse(item[0])

    def lastmod(self, item: tuple[str, datetime]) -> datetime:
        """When its content last changed."""
        return item[1]
