"""The parts of the Site Map page that need no other app above products."""

from django.urls import reverse
from django.utils import timezone

from pages.gathering import Link, LinkSection
from pages.models import FaqGroup, StudyTopic
from policies.models import PolicyVersion
from products.models import Product


def own_sections() -> list[LinkSection]:
    """Return shop, knowledge, help and policies, each with links to all its pages. Four queries."""
    return [_shop(), _knowledge(), _help(), _policies()]


def _shop() -> LinkSection:
    products = Product.objects.published().values_list("name", flat=True)
    return LinkSection(
        "The shop",
        (
            Link("Home", "/"),
            Link("Product Information", "/product-information/", ", ".join(products)),
            Link("Order", "/order/", "choose a pack"),
            Link("Cart", "/cart/"),
            Link("Order status", "/order-status/", "get the link to your order page"),
            Link("Reviews", "/reviews/"),
        ),
    )


def _knowledge() -> LinkSection:
    research = reverse("research")
    topics = [
        Link(f"Research: {topic.name}", f"{research}?topic={topic.slug}")
        for topic in StudyTopic.objects.all()
    ]
    return LinkSection(
        "Knowledge",
        (
            Link("About Vitamin B12", reverse("about")),
            Link("Research", research, "all studies"),
            Link("What we state, and on what evidence", reverse("statements")),
            *topics,
            Link("Blog", "/blog/"),
        ),
    )


def _help() -> LinkSection:
    faq = reverse("faq")
    groups = [
        Link(f"FAQ: {group.title}", f"{faq}#{group.slug}") for group in FaqGroup.objects.all()
    ]
    return LinkSection(
        "Help",
        (
            Link("Contact Us", reverse("contact")),
            Link("FAQ", faq, "all questions"),
            *groups,
            Link("Ask us a question", reverse("ask"), "staff answer it for everybody"),
            Link("Search", "/search/", "posts, pages, questions and products"),
            Link("Site Map", reverse("site_map"), "this page"),
            Link("Affiliate Program", "/affiliates/"),
        ),
    )


def _policies() -> LinkSection:
    versions = PolicyVersion.objects.in_force(on=timezone.localdate()).select_related("policy")
    links = [
        Link(
            version.policy.title,
            version.policy.get_absolute_url(),
            f"version {version.version}, in effect since {version.effective_from:%B %-d, %Y}",
        )
        for version in versions.order_by("policy__title")
    ]
    return LinkSection("Policies", tuple(links))
