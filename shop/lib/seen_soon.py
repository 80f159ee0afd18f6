"""Words for staff about what visitors see: caches keep a public page for a minute."""

from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html

from shop.lib.labelled_rows import LabelledRows

Row = TypeVar("Row", bound=Model)

# As long as shop.lib.caching.public_page lets a copy live.
SEEN_SOON = "Visitors see it within a minute."


class SeenSoon(LabelledRows[Row]):
    """The admin of something that public pages show: every "saved" says when it is seen."""

    def message_user(
        self,
        request: HttpRequest,
        message: Any,
        level: int | str = messages.INFO,
        extra_tags: str = "",
        fail_silently: bool = False,  # noqa: FBT001, FBT002 (Django's signature)
    ) -> None:
        """Tell staff what was done, and when visitors see it."""
        if level == messages.SUCCESS:
            message = format_html("{} {}", message, SEEN_SOON)
        super().message_user(request, message, level, extra_tags, fail_silently)
