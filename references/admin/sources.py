"""Sources, with the history of who changed what."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from references.models import Reference
from shop.lib.history_pages import HistoryAdmin
from shop.lib.seen_soon import SeenSoon


@admin.register(Reference)
class ReferenceAdmin(SeenSoon[Any], HistoryAdmin):
    list_display = ("key", "citation", "kind", "year", "doi", "pmid")
    list_filter = ("kind",)
    search_fields = ("key", "citation", "doi", "pmid")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_readonly_fields(self, request: HttpRequest, obj: Reference | None = None) -> Any:
        """The key stays: texts cite it."""
        return ("key",) if obj else ()
