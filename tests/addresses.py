"""Every public address of the shop, for the tests that look at all of them."""

PUBLIC_PATHS = (
    "/",
    "/product-information/",
    "/about-vitamin-b12/",
    "/research/",
    "/faq/",
    "/reviews/",
    "/blog/",
    "/contact/",
    "/order/",
    "/shipping-returns/",
    "/privacy/",
    "/site-map/",
    "/affiliates/",
    "/terms/",
    "/order-status/",
)
# Pages that show one visitor's own cart.
VISITOR_PATHS = ("/cart/", "/checkout/")


def name_of(path: str) -> str:
    """Return a name for files and test ids: "/order-status/" → "order-status"."""
    return path.strip("/").replace("/", "-") or "home"
