"""Structured data in templates: {% load seo %}{% json_ld meta %}."""

from django import template
from django.utils.safestring import SafeString

from shop.lib.seo import PageMeta, json_ld_script

register = template.Library()


@register.simple_tag
def json_ld(meta: PageMeta | None) -> SafeString:
    """Return the page's JSON-LD script element."""
    return json_ld_script(meta.graph if meta else [])
