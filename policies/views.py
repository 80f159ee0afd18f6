"""The policy pages: the words in force, and every earlier version at its own address."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from policies.models import Policy, PolicyVersion
from policies.promises import merchant_return_policy
from shop.lib.caching import public_page
from shop.lib.seo import PageMeta, absolute_url


@require_safe
@public_page
def policy_current(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the version of the policy `slug` that holds today."""
    versions = _begun_versions(slug)
    return _policy_page(request, versions[0], versions)


@require_safe
@public_page
def policy_version(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """Show one version that holds or held; one that has not begun yet is not found."""
    versions = _begun_versions(slug)
    for shown in versions:
        if shown.version == int(version):
            return _policy_page(request, shown, versions)
    raise Http404


def _begun_versions(slug: str) -> list[PolicyVersion]:
    """Newest first, the first one is in force. Raises Http404 when there is none."""
    begun = PolicyVersion.objects.begun(on=timezone.localdate()).select_related("policy")
    versions = list(begun.filter(policy__slug=slug))
    if not versions:
        raise Http404
    return versions


def _policy_page(
    request: HttpRequest, shown: PolicyVersion, versions: list[PolicyVersion]
) -> HttpResponse:
    current = versions[0]
    context = {
        "policy": shown.policy,
        "version": shown,
        "current": current,
        "is_current": shown == current,
        "text": shown.rendered,
        "versions": versions,
        "meta": _meta(shown, is_current=shown == current),
    }
    return render(request, "policies/policy.html", context)


def _meta(shown: PolicyVersion, *, is_current: bool) -> PageMeta:
    policy = shown.policy
    path = policy.get_absolute_url()
    if is_current:
        return PageMeta(
            title=policy.title,
            description=policy.meta_description,
            path=path,
            breadcrumbs=((policy.title, path),),
            json_ld=_structured_data(policy),
        )
    name = f"Version {shown.version}"
    return PageMeta(
        title=f"{policy.title}, version {shown.version}",
        description=f"{policy.title}: version {shown.version}, in force from {shown.effective_from:%B %-d, %Y}.",
        path=shown.get_absolute_url(),
        breadcrumbs=((policy.title, path), (name, shown.get_absolute_url())),
        robots="noindex, follow",
    )


def _structured_data(policy: Policy) -> tuple[dict[str, Any], ...]:
    if policy.slug != Policy.Slug.SHIPPING_RETURNS:
        return ()
    promise = merchant_return_policy(absolute_url(policy.get_absolute_url()))
    shop = {
        "@type": "Organization",
        "@id": absolute_url("/#organization"),
        "name": settings.SITE_NAME,
        "hasMerchantReturnPolicy": promise,
    }
    return (shop,)
