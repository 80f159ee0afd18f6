import mimetypes

from django.apps import AppConfig


class ProductsConfig(AppConfig):
    """The catalogue, its pictures, and the stock."""

    name = "products"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the types of our pictures: Python 3.11 knows WebP only where the system tells it."""
        mimetypes.add_type("image/avif", ".avif")
        mimetypes.add_type("image/webp", ".webp")
