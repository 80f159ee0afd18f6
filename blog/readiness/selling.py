"""A post on a disease holds nothing of the shop: see blog/firewall.py."""

from collections.abc import Iterator

from blog import firewall
from blog.readiness.problems import BLOCKS, Examined, Problem

SAID = {
    "link": "links into the shop",
    "price": "names a price",
    "code": "names a discount code",
    "button": "asks to buy",
}


def problems(examined: Examined) -> Iterator[Problem]:
    """Yield what belongs to selling, where a tag names a disease."""
    post = examined.post
    closing = [tag["name"] for tag in examined.snapshot["tags"] if tag["is_disease"]]
    if not closing and not (post and post.is_unreviewed_import):
        return
    why = f"it has the tag “{closing[0]}”" if closing else "nobody has reviewed it since its import"
    texts = [*examined.prose, *examined.lines]
    texts += [(field, block.text) for field, block in examined.texts() if block.tag == "figcaption"]
    seen = set()
    for field, markup in texts:
        for trace in firewall.sale_traces(markup):
            if (field, trace) not in seen:
                message = f"The post {SAID[trace.kind]} (“{trace.text}”), but {why}."
                yield Problem(f"sale_{trace.kind}", BLOCKS, message, field, trace.text)
            seen.add((field, trace))
