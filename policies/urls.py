from django.urls import path, re_path

from policies import views
from policies.models import Policy

SLUGS = "|".join(Policy.Slug.values)

urlpatterns = [
    *[
        path(f"{slug}/", views.policy_current, {"slug": slug}, name=slug.replace("-", "_"))
        for slug in Policy.Slug.values
    ],
    re_path(
        rf"^(?P<slug>{SLUGS})/(?P<version>[1-9][0-9]{{0,5}})/$",
        views.policy_version,
        name="policy_version",
    ),
]
