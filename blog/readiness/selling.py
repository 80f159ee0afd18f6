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
    by_field: dict[str, list[str]] = {}
    for field, text in (
        *examined.prose,
        *examined.lines,
        *examined.takeaways,
        *_captions(examined),
    ):
        by_field.setdefault(field, []).append(text)
    for field, texts in by_field.items():
        for trace in dict.fromkeys(firewall.sale_traces(*texts)):
            message = f"The post {SAID[trace.kind]} (“{trace.text}”), but {why}."
            yield Problem(f"sale_{trace.kind}", BLOCKS, message, field, trace.text)


def _captions(examined: Examined) -> Iterator[tuple[str, str]]:
    return ((field, block.text) for field, block in examined.cited if block.tag == "figcaption")
