from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ShopConfig(AppConfig):
    """The roof: knows every app and connects them."""

    name = "shop"

    def ready(self) -> None:
        """Connect what follows after what; register the periodic table and our checks."""
        from shop import checks, event_handlers, schedule  # noqa: F401, PLC0415

        event_handlers.connect()


class StaffAdminConfig(AdminConfig):
    """Django's admin with our own front page."""

    default_site = "shop.admin_site.StaffAdminSite"
