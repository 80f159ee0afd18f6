"""What posts are sorted and signed with has pages of its own: they move with redirects, and stay while in use."""

from typing import Any, TypeVar

from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from blog import sorting
from shop.lib.seen_soon import SeenSoon

Row = TypeVar("Row", bound=Model)


class KeptInUse(SeenSoon[Row]):
    """The admin of rows that posts are sorted by: none is deleted while a post has it."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A disease tag that goes would open its posts for sales; tags are merged instead."""
        if obj is not None and obj.posts.exists():
            return False
        return super().has_delete_permission(request, obj)


class WithPages(KeptInUse[Row]):
    """The admin of rows with pages of their own: a changed address leaves redirects behind."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        """Save the row; then let its address follow."""
        stored = type(obj)._default_manager.filter(pk=obj.pk).first()
        old = stored.get_absolute_url() if stored else ""
        super().save_model(request, obj, form, change)
        sorting.settle(obj, old, by=request.user.get_username(), now=timezone.now())
