"""The site map: every address of the shop, one include() per app."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from shop import views

urlpatterns = [
    path("", views.front_page),
    path("", include("policies.urls")),
    path("", include("products.urls")),
    path("", include("orders.urls")),
    path("", include("blog.urls")),
    path("", include("reviews.urls")),
    path("", include("affiliates.urls")),
    path("", include("pages.urls")),
    path("", include("references.urls")),
    path("", include("search.urls")),
    path("healthz/", views.health, name="health"),
    path("favicon.ico", views.icon, {"path": "img/favicon.ico"}),
    path("apple-touch-icon.png", views.icon, {"path": "img/apple-touch-icon.png"}),
    path("admin/", admin.site.urls),
]

if not settings.IS_PRODUCTION:
    # In production the web server or the object store serves uploads; a demo has neither.
    urlpatterns.append(
        re_path(r"^media/(?P<path>.*)$", views.media),
    )
