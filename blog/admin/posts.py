"""The editor of posts: what is typed is cleaned, checked, and never written over somebody else's."""

from typing import Any

from csp.constants import NONCE
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, reverse
from django.utils import timezone
from js_asset import Media

from blog import publishing
from blog.admin import editing, post_pages, typed
from blog.admin.post_list import PostList
from blog.admin.post_parts import INLINES, PLAIN, WritersFields, as_new_rows
from blog.forms import PostForm
from blog.models import Post

Status = Post.Status
REFUSALS = (publishing.StaleVersion, publishing.NotReady, publishing.ReasonMissing)
# What a form may say besides its fields: look only, and put mine on top of that version.
CHECK, KEEP_MINE = "_check", "keep_mine_over"
MINE_TO_CHANGE = {Status.DRAFT, Status.SUBMITTED}
THIS_CHANGE = "This change"


@admin.register(Post)
class PostAdmin(WritersFields, PostList):
    """Posts. What readers can see is changed by publishers only, and only while it is ready."""

    form = PostForm
    inlines = INLINES
    prepopulated_fields = {"slug": ("title",)}
    autocomplete_fields = ("categories", "tags", "series", "main_picture", "social_picture")
    change_form_template = "admin/blog/post/change_form.html"

    # --- who may do what ---

    def has_change_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        """What was published is changed by those who publish; others see it."""
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or obj.status in MINE_TO_CHANGE:
            return True
        return request.user.has_perm("blog.publish_post")

    def has_delete_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        """What readers have seen, or a reviewer has signed, stays: it can be unpublished."""
        if obj is not None:
            was_public = obj.publish_at is not None or obj.status != Status.DRAFT
            if was_public or obj.review_records.exists():
                return False
        return super().has_delete_permission(request, obj)

    # --- what the form shows ---

    def get_fieldsets(self, request: HttpRequest, obj: Post | None = None) -> Any:
        """The text first; what is said about this change last."""
        said = ["note"]
        if obj is not None and obj.status == Status.PUBLISHED:
            said += ["public_reason", "public_note"]
        may_change = obj is None or self.has_change_permission(request, obj)
        text = "body" if may_change else "text_shown"
        return (
            (None, {"fields": ("title", "slug", "summary", text)}),
            ("Pictures", {"fields": ("main_picture", "social_picture")}),
            ("Where it belongs", {"fields": ("tags", "categories", ("series", "series_part"))}),
            ("Search engines and link previews", {"fields": ("meta_title", "meta_description")}),
            ("Around the text", {"fields": ("read_more_heading", "left_out_of_contents")}),
            *([(THIS_CHANGE, {"fields": said})] if may_change else []),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Post | None = None) -> Any:
        """The text as readers see it, for those who may not change it."""
        if obj is not None and not self.has_change_permission(request, obj):
            return ("text_shown",)
        return ()

    text_shown = editing.text_shown

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        """The form, told what became of an earlier pass over it."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        form.is_only_looked_at = CHECK in request.POST
        return form

    def get_urls(self) -> list[URLPattern]:
        """The pages of a post beside Django's own."""
        return [*post_pages.urls(self), *super().get_urls()]

    def render_change_form(
        self,
        request: Any,
        context: dict[str, Any],
        add: bool = False,  # noqa: FBT001, FBT002
        change: bool = False,  # noqa: FBT001, FBT002
        form_url: str = "",
        obj: Post | None = None,
    ) -> HttpResponse:
        """Show the form with what was found in the text, and let its own scripts run."""
        form = context["adminform"].form
        formsets = [each.formset for each in context["inline_admin_formsets"]]
        context |= editing.surroundings(request, form, formsets, obj)
        # The editor's import map is a script in the page: this page alone gets a nonce for it.
        context["media"] = Media.from_media(context["media"], nonce=str(request.csp_nonce))
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        context["may_edit"] = add or self.has_change_permission(request, obj)
        answer = super().render_change_form(request, context, add, change, form_url, obj)
        answer._csp_update = {"script-src": [NONCE]}  # type: ignore[attr-defined]
        return answer

    # --- saving ---

    def changeform_view(
        self,
        request: Any,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show the form or save it. What publishing refuses is rolled back and shown beside its cause,
        with everything that was typed.
        """
        if request.POST.get(KEEP_MINE):
            request.POST = _on_top_of(request.POST)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except REFUSALS as refusal:
            request.refusal = refusal
        if isinstance(request.refusal, publishing.StaleVersion):
            request.POST = as_new_rows(request.POST)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_object(
        self, request: Any, object_id: str, from_field: str | None = None
    ) -> Post | None:
        """Return the post; locked, and as the form was opened, where it is about to be saved."""
        is_saving = "opened_version" in request.POST and not hasattr(request, "refusal")
        if not is_saving or CHECK in request.POST:
            return super().get_object(request, object_id, from_field)
        try:
            pk = typed.number(object_id, typed.NO_ROW)
            return publishing.open_for_saving(pk, _opened_version(request))
        except Post.DoesNotExist:
            return None

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        """Store the fields; the rows follow."""
        if not change:
            obj.created_by = request.user.get_username()
        obj.save()

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """Store the rows; then all of it becomes the post's next version, or nothing."""
        super().save_related(request, form, formsets, change)
        said = ("note", "public_reason", "public_note")
        publishing.save_draft_or_changes(
            form.instance,
            by=request.user.get_username(),
            now=timezone.now(),
            opened_version=_opened_version(request) if change else 0,
            **{name: form.cleaned_data.get(name, "") for name in said},
        )
        for what in typed.removed(form, formsets):
            self.message_user(request, what, messages.WARNING)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """Go on writing."""
        return _back_to_the_form(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """Go on writing."""
        return _back_to_the_form(request, obj)


def _opened_version(request: HttpRequest) -> int:
    # A form that does not say which version it was opened with matches none.
    return typed.number(request.POST.get("opened_version"), -1)


def _on_top_of(data: QueryDict) -> QueryDict:
    changed = as_new_rows(data)
    changed["opened_version"] = str(data[KEEP_MINE])
    return changed


def _back_to_the_form(request: HttpRequest, post: Model) -> HttpResponseRedirect:
    path = reverse("admin:blog_post_change", args=[post.pk])
    # By "saved" the page's script forgets what it kept of the form.
    return HttpResponseRedirect(f"{path}?{PLAIN if PLAIN in request.GET else 'saved'}=1")
