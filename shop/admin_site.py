"""The staff's admin: Django's own, with the day's work on its first page."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from shop import today
from shop.staff_login import StaffLoginForm

# The way to the daily work, in the header of every page: model and what it is called there.
NAVIGATION = (
    ("orders.order", "Orders"),
    ("pages.contactmessage", "Messages"),
    ("reviews.review", "Reviews"),
    ("blog.post", "Posts"),
    ("products.variant", "Stock"),
    ("post_office.email", "Outbox"),
)
# Pages that belong to one of them without lying below its address.
BELONGS_TO = {
    "products.variant": ("products.stockcount", "products.stockmovement", "products.reservation"),
    "reviews.review": (
        *("reviews.safetycase", "reviews.invitation", "reviews.insider", "reviews.campaign"),
    ),
}
# The order of the apps on the front page; what is not named here follows by name.
APPS = ("orders", "products", "pages", "reviews", "policies", "blog", "affiliates", "post_office")
APP_NAMES = {"post_office": "Outbox", "auth": "Roles", "accounts": "People"}


class StaffAdminSite(AdminSite):
    """The admin under /admin/."""

    site_header = "B12 Patch staff"
    site_title = "B12 Patch staff"
    index_title = "Today"
    site_url = "/"
    login_form = StaffLoginForm
    enable_nav_sidebar = False

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show what is to be done first, and below it everything that can be edited."""
        context = {"today": today.overview(request.user), **(extra_context or {})}
        return super().index(request, context)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Log in. Answers 429 where too many tries were made."""
        response = super().login(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            form = response.context_data.get("form")
            if isinstance(form, StaffLoginForm) and form.was_limited:
                response.status_code = 429
        return response

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the links of the header to what every page of the admin knows."""
        context = super().each_context(request)
        context["staff_nav"] = _navigation(context["available_apps"], request.path)
        return context

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """List the apps by how often they are needed, with names for people."""
        listed = super().get_app_list(request, app_label)
        for app in listed:
            app["name"] = APP_NAMES.get(app["app_label"], app["name"])
        return sorted(listed, key=lambda app: (_place(app["app_label"]), str(app["name"])))


def _place(app_label: str) -> int:
    return APPS.index(app_label) if app_label in APPS else len(APPS)


def _navigation(available_apps: list[Any], path: str) -> list[dict[str, Any]]:
    pages = {
        model["model"]._meta.label_lower: model["admin_url"]
        for app in available_apps
        for model in app["models"]
        if model["admin_url"]
    }
    return [
        {
            "label": label,
            "path": pages[name],
            "is_current": any(
                path.startswith(pages[one])
                for one in (name, *BELONGS_TO.get(name, ()))
                if one in pages
            ),
        }
        for name, label in NAVIGATION
        if name in pages
    ]
