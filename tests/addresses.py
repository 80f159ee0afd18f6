"""Every public address of a demo shop, for the tests that look at all of them."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

POSTS = Path(__file__).resolve().parent.parent / "blog" / "content" / "posts"
NEWEST = "b12-deficiency-or-ms"


def _month_of(slug: str) -> str:
    """Return "2026/11" for a demo post, which the shop dates back from the day on which it is loaded."""
    days = tomllib.loads((POSTS / f"{slug}.toml").read_text())["demo_days_ago"]
    day = datetime.now(ZoneInfo("America/New_York")) - timedelta(days=days)
    return f"{day:%Y/%m}"


PUBLIC_PATHS = (
    "/",
    "/product-information/",
    "/about-vitamin-b12/",
    "/research/",
    "/research/statements/",
    "/faq/",
    "/reviews/",
    "/reviews/numbers/",
    "/reviews/write/",
    "/blog/",
    "/blog/b12-and-bones/",
    "/blog/tag/what-is-b12-deficiency/",
    "/blog/category/diet-and-nutrition/",
    "/blog/author/nora-whitfield/",
    "/contact/",
    "/ask/",
    "/ask/sent/",
    "/order/",
    "/shipping-returns/",
    "/privacy/",
    "/site-map/",
    "/search/",
    "/affiliates/",
    "/terms/",
    "/order-status/",
    "/back-in-stock/",
    "/back-in-stock/sent/",
)
# Made of the same template as a tag's page, so no browser looks at them as well.
MORE_LISTS = (
    "/blog/page/2/",
    f"/blog/{_month_of(NEWEST)}/",
    f"/blog/{_month_of(NEWEST)[:4]}/",
)
# Pages that show one visitor's own cart, or speak of it.
VISITOR_PATHS = ("/cart/", "/checkout/", "/checkout/sent/")


def name_of(path: str) -> str:
    """Return a name for files and test ids: "/order-status/" → "order-status"."""
    return path.strip("/").replace("/", "-") or "home"
