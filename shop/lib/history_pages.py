"""Earlier versions of a row in the staff's admin: who may see one may not put it back for that."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin


class HistoryAdmin(SimpleHistoryAdmin):  # type: ignore[misc]  # the library has no types
    """The admin of rows with a history. The library hides the button and takes the form all the same."""

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a version; putting it back is a change like any other. Raises PermissionDenied."""
        if request.method == "POST":
            row = self.get_object(request, object_id)
            if not self.has_change_permission(request, row) or self.revert_disabled(request, row):
                raise PermissionDenied
        answer: HttpResponse = super().history_form_view(
            request, object_id, version_id, extra_context
        )
        return answer
