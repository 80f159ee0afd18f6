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
    "/back-in-stock/",
    "/back-in-stock/sent/",
)
# Pages that show one visitor's own cart, or speak of it.
VISITOR_PATHS = ("/cart/", "/checkout/", "/checkout/sent/")


def name_of(path: str) -> str:
    """Return a name for files and test ids: "/order-status/" → "order-status"."""
    return path.strip("/").replace("/", "-") or "home"
