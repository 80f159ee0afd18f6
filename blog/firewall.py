"""The firewall between claims and the cart: a post on a disease carries nothing to buy. One place for it.

A patch is no drug: beside a word on an illness, a price or an order button would make it look like one
(facts on claims, and 21 CFR 201.128 on intended use).
"""

import posixpath
import re
from dataclasses import dataclass
from functools import reduce
from urllib.parse import unquote, urlsplit

from django.utils.html import escape
from lxml import html

from blog import wording
from blog.models import Post
from orders.models import DiscountCode
from redirects.addresses import is_ours

# Where things are shown, put into a cart, paid for, or where a referral is counted.
SHOP_PATHS = (
    *("/order", "/product-information", "/cart", "/checkout", "/back-in-stock", "/r", "/reviews"),
    *("/affiliates", "/order-status"),
)
# What an illness costs a country is no price.
_PRICE = re.compile(
    r"(?:(?:US\s?|CA\s?)?[$€£]\s?|\b(?:USD|EUR|GBP)\s?)\d[\d,.]*+(?!\s?(?:million|billion|trillion)\b)"
    r"|\b\d[\d,.]*+\s?(?:(?:USD|EUR|GBP|dollars?|euros?|cents)\b|[€£])",
    re.IGNORECASE,
)
_BUY = re.compile(
    r"\b(?:buy|order|shop|get|grab|claim)\s+(?:it\s+|yours\s+|one\s+|them\s+)?(?:now|today|here|online)\b"
    r"|\badd\s+to\s+(?:your\s+)?(?:cart|basket|bag)\b|\border\s+your(?:s|\s+pack)?\b"
    r"|\bfree\s+(?:shipping|delivery)\b|\b\d{1,2}\s?(?:%|percent)\s+off\b"
    r"|\b(?:buy|order)\s+(?:our|the|a)\s+(?:\w+\s+){0,2}(?:patch|patches|pack|packs)\b",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\b(?:coupon|promo|discount|voucher)?\s*code\s+[“\"‘']?([\w-]{3,40})", re.IGNORECASE
)
_CAPITALS = re.compile(r"\b[A-Z][A-Z0-9-]{3,39}\b")
_CONTROLS = ("form", "button", "input", "select", "iframe")


@dataclass(frozen=True)
class Trace:
    """Something of the shop in a text: kind is "link", "price", "code" or "button"."""

    kind: str
    text: str


def is_closed(post: Post) -> bool:
    """Whether nothing may be sold on the post: it has a disease tag, or is an import nobody has reviewed.

    Asks for the tags unless they are prefetched.
    """
    return post.is_unreviewed_import or any(tag.is_disease for tag in post.tags.all())


def leads_into_shop(address: str) -> bool:
    """Whether a link leads to where something is sold, however its address is written."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    if parts.scheme not in {"", "http", "https"} or (parts.netloc and not is_ours(parts.netloc)):
        return False
    path = posixpath.normpath(reduce(lambda text, _: unquote(text), range(3), parts.path)).lower()
    path = f"/{path.lstrip('/')}"
    return any(path == start or path.startswith(f"{start}/") for start in SHOP_PATHS)


def sale_traces(*markups: str) -> list[Trace]:
    """Return what in these texts belongs to selling. One query where they hold something like a code."""
    roots = [wording.parsed(markup) for markup in markups]
    text = "\n".join(block.text for markup in markups for block in wording.blocks(markup))
    found = [
        Trace("link", wording.tidy(link.text_content()) or link.get("href"))
        for root in roots
        for link in root.iter("a")
        if leads_into_shop(link.get("href") or "")
    ]
    found += [Trace("button", control.tag) for root in roots for control in root.iter(*_CONTROLS)]
    found += [Trace("price", match[0].strip()) for match in _PRICE.finditer(text)]
    found += [Trace("button", match[0]) for match in _BUY.finditer(text)]
    return found + [Trace("code", code) for code in _codes_in(text)]


def without_sales(markup: str) -> str:
    """Return the text with its links into the shop as plain words, and without controls."""
    if "<" not in markup:
        return markup
    root = wording.parsed(markup)
    links = [link for link in root.iter("a") if leads_into_shop(link.get("href") or "")]
    controls = list(root.iter(*_CONTROLS))
    if not links and not controls:
        return markup
    for element in (*links, *controls):
        element.drop_tag()
    inner = [html.tostring(child, encoding="unicode") for child in root]
    return escape(root.text or "") + "".join(inner)


def _codes_in(text: str) -> list[str]:
    """Return the discount codes of the shop that stand in `text`: in capitals, or behind the word code."""
    written = {*_CAPITALS.findall(text), *(code.upper() for code in _CODE.findall(text))}
    if not written:
        return []
    rows = DiscountCode.objects.filter(code__in=written).order_by("code")
    return list(rows.values_list("code", flat=True))
