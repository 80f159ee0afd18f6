"""The register in the admin: who edits words, who signs them, who approves and withdraws."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from references import statements, uses
from references.forms import DecisionForm, StatementForm
from references.models import Statement
from shop.lib.history_pages import HistoryAdmin
from shop.lib.on_record import by_whom
from shop.lib.seen_soon import SeenSoon

APPROVE = "references.approve_statement"
CHANGED = "Somebody changed it meanwhile: read it again, then decide."
# Where the list says which posts cite a statement: the question costs a look into every post.
WITH_USES = {"due", "lapsed"}


class StateFilter(admin.SimpleListFilter):
    """Where a statement stands."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """In the order of work."""
        return [
            ("due", "To be looked at again"),
            ("lapsed", "Stood once, does not now"),
            ("waiting", "Waits for a second person"),
            ("unsigned", "Nobody has signed it"),
            ("standing", "Stands"),
            ("withdrawn", "Withdrawn"),
        ]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[Statement]"
    ) -> "QuerySet[Statement]":
        """Only these."""
        now, rows = timezone.now(), Statement.objects.all()
        found = {
            "due": rows.due(now),
            "lapsed": rows.lapsed(now),
            "waiting": rows.waiting(),
            "unsigned": rows.filter(written_by=""),
            "standing": rows.standing(now),
            "withdrawn": rows.filter(withdrawn_at__isnull=False),
        }.get(self.value() or "")
        return queryset if found is None else queryset.filter(pk__in=found.values("pk"))


class StatementList(ChangeList):
    """The list; where it is asked for, each row knows the posts that cite it."""

    def get_results(self, request: HttpRequest) -> None:
        """Find them for the whole page at once."""
        super().get_results(request)
        if request.GET.get("state") in WITH_USES:
            rows = list(self.result_list)
            found = uses.uses_of([row.key for row in rows], timezone.now())
            for row in rows:
                row.uses = [use for use in found if use.key == row.key]
            self.result_list = rows


@admin.register(Statement)
class StatementAdmin(SeenSoon[Any], HistoryAdmin):
    form = StatementForm
    list_filter = (StateFilter, "grade", "kind")
    search_fields = ("key", "text", "limits", "population")
    show_facets = admin.ShowFacets.NEVER
    written = ("key", "text", "kind", "population", "grade", "limits", "sources", "opened_version")
    recorded = ("source_list", "state_now", "signed", "approved", "withdrawn", "cited_in")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Who cites it only where something may have to be done about that."""
        plain = ("key", "text", "kind", "grade", "state_now", "valid_until")
        return (*plain, "cited_in") if request.GET.get("state") in WITH_USES else plain

    def get_fields(self, request: HttpRequest, obj: Statement | None = None) -> tuple[str, ...]:
        """The record of people and days stands below the words."""
        if obj is None:
            return self.written
        if not self.has_change_permission(request, obj):
            return (*self.written[:-2], *self.recorded)
        return (*self.written, *self.recorded)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Statement | None = None
    ) -> tuple[str, ...]:
        """The key stays: posts cite it."""
        return ("key", *self.recorded) if obj else ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Ours knows where each is cited."""
        return StatementList

    @admin.display(description="state")
    def state_now(self, statement: Statement) -> str:
        """Where it stands, in words."""
        return str(statement.state(timezone.now()).label)

    @admin.display(description="written")
    def signed(self, statement: Statement) -> str:
        """Who answers for the words."""
        return by_whom(statement.written_by, statement.written_at)

    @admin.display(description="approved")
    def approved(self, statement: Statement) -> str:
        """Who approved it, and until when."""
        end = statement.valid_until
        until = f"; stands until {end:%B %-d, %Y}" if end else ""
        return by_whom(statement.approved_by, statement.approved_at) + until

    @admin.display(description="withdrawn")
    def withdrawn(self, statement: Statement) -> str:
        """Who took it out of use, and why."""
        because = f": {statement.withdrawn_because}" if statement.withdrawn_because else ""
        return by_whom(statement.withdrawn_by, statement.withdrawn_at) + because

    @admin.display(description="to compare it with")
    def source_list(self, statement: Statement) -> SafeString | str:
        """Its sources in full, as they are stored, leading to where they are read."""
        found = statements.words_of(statement).references
        named = ((each.address or "#", each, each.get_kind_display()) for each in found)
        return format_html_join(" ", '<a href="{}">{}</a> ({})<br>', named) or "–"

    @admin.display(description="cited in")
    def cited_in(self, statement: Any) -> SafeString | str:
        """The posts that cite it, leading to where they are edited."""
        found = getattr(statement, "uses", None)
        if found is None:
            found = uses.uses_of([statement.key], timezone.now())
        named = (
            (use.edit_path, use.label, "" if use.is_public else " (not public)") for use in found
        )
        return format_html_join(" ", '<a href="{}">{}</a>{}<br>', named) or "–"

    def get_urls(self) -> list[URLPattern]:
        """The buttons that decide."""
        decide = self.admin_site.admin_view(require_POST(self.decide))
        name = "references_statement_decide"
        return [path("<int:statement_id>/decide/", decide, name=name), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The words, with the buttons that this person has and what is missing."""
        statement = self.get_object(request, object_id)
        context: dict[str, Any] = extra_context or {}
        if isinstance(statement, Statement):
            context |= {
                "verbs": self._verbs(request, statement),
                "missing": list(statements.missing(statement)),
                "is_own": statement.written_by == request.user.get_username(),
            }
        return super().change_view(request, object_id, form_url, context)

    def save_model(
        self,
        request: HttpRequest,
        obj: Statement,
        form: Any,
        change: bool,  # noqa: FBT001 (Django's signature)
    ) -> None:
        """Write or revise it; the same words again leave it as it is."""
        said: dict[str, Any] = {"by": request.user.get_username(), "now": timezone.now()}
        if change:
            statements.revise(obj, form.words(), **said)
        else:
            obj.pk = statements.write(obj.key, form.words(), **said).pk

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form again where somebody was faster by a moment."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except statements.Changed:
            messages.warning(request, CHANGED)
            return redirect(request.path)

    def decide(self, request: HttpRequest, statement_id: int) -> HttpResponse:
        """Sign, approve or withdraw, as the button says. Raises PermissionDenied, Http404."""
        statement = get_object_or_404(Statement, pk=statement_id)
        verb, form = request.POST.get("verb", ""), DecisionForm(request.POST)
        if verb not in self._verbs(request, statement, whatever_state=True):
            raise PermissionDenied
        if form.is_valid():
            statement.version = form.cleaned_data["version"]
            self._decide(request, statement, verb, form.cleaned_data)
        else:
            messages.error(request, "Nothing was decided: " + form.errors.as_text())
        return redirect("admin:references_statement_change", statement_id)

    def _decide(
        self, request: HttpRequest, statement: Statement, verb: str, said: dict[str, Any]
    ) -> None:
        who: dict[str, Any] = {"by": request.user.get_username(), "now": timezone.now()}
        try:
            if verb == "approve":
                statements.approve(statement, valid_until=said["valid_until"], **who)
            elif verb == "withdraw":
                statements.withdraw(statement, because=said["because"], **who)
            else:
                statements.sign(statement, **who)
        except statements.SamePerson:
            messages.error(request, "You wrote it yourself: a second person has to approve it.")
        except statements.Changed:
            messages.warning(request, CHANGED)
        except statements.NotReady as refused:
            messages.error(request, f"Not yet. {refused}")
        else:
            done = f"The statement {statement.state(timezone.now()).label}."
            self.message_user(request, done, messages.SUCCESS)

    def _verbs(
        self, request: HttpRequest, statement: Statement, *, whatever_state: bool = False
    ) -> list[str]:
        """What this person may do with it; what changed meanwhile is told apart later."""
        is_withdrawn = statement.withdrawn_at is not None
        is_own = statement.written_by == request.user.get_username()
        is_unsigned = is_withdrawn or not statement.written_by
        verbs = []
        if self.has_change_permission(request, statement) and (is_unsigned or whatever_state):
            verbs.append("sign")
        if request.user.has_perm(APPROVE):
            if whatever_state or not (is_unsigned or is_own):
                verbs.append("approve")
            if whatever_state or not is_withdrawn:
                verbs.append("withdraw")
        return verbs

    def has_delete_permission(self, request: HttpRequest, obj: Statement | None = None) -> bool:
        """It is withdrawn instead: posts may cite it, and the record stays."""
        return False

    def revert_disabled(self, request: HttpRequest, obj: Statement | None = None) -> bool:
        """An old version is written again, not put back: it has to be approved anew."""
        return True
