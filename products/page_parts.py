"""What other apps add to the product's page: reviews and questions. Registered at the roof.

`products` knows none of them; until they are registered the page is simply without.
"""

from collections.abc import Callable
from typing import Any

from products.models import Product
from shop.lib.seo import JsonLd

# What a part gives the template, by the name that the template knows it by.
Part = Callable[[Product], Any]
# What a part adds to schema.org's Product: nothing that the page does not show.
JsonLdPart = Callable[[Any], JsonLd]

_parts: dict[str, tuple[Part, JsonLdPart | None]] = {}


def register(name: str, part: Part, json_ld: JsonLdPart | None = None) -> None:
    """Let `part(product)` be `parts.<name>` in the template; `json_ld` makes of it what joins the Product."""
    _parts[name] = part, json_ld


def read(product: Product) -> tuple[dict[str, Any], JsonLd]:
    """Return what the parts give for `product`, and what they add to its structured data."""
    read_parts: dict[str, Any] = {}
    more: dict[str, Any] = {}
    for name, (part, json_ld) in _parts.items():
        read_parts[name] = part(product)
        if json_ld is not None:
            more.update(json_ld(read_parts[name]))
    return read_parts, more
