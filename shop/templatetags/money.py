"""Money in templates: {% load money %}{{ line.total_cents|money }}."""

from django import template

from shop.lib.money import format_cents

register = template.Library()
register.filter("money", format_cents)
