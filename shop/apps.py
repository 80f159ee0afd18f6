from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ShopConfig(AppConfig):
    """The roof: knows every app and connects them."""

    name = "shop"

    def ready(self) -> None:
        """Connect what follows after what; register the periodic table and our checks."""
        from shop import (  # noqa: PLC0415
            blog_elsewhere,
            checks,  # noqa: F401
            claims_sources,
            event_handlers,
            old_addresses,
            questions_elsewhere,
            reviews_elsewhere,
            schedule,  # noqa: F401
            searching,
            statements_elsewhere,
        )

        event_handlers.connect()
        searching.connect()
        old_addresses.connect()
        claims_sources.connect()
        blog_elsewhere.connect()
        questions_elsewhere.connect()
        reviews_elsewhere.connect()
        statements_elsewhere.connect()


class StaffAdminConfig(AdminConfig):
    """Django's admin with our own front page."""

    default_site = "shop.admin_site.StaffAdminSite"
