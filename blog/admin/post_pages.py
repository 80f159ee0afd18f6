"""The pages of a post beside its form: what is found in it, its way to readers, its revisions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from blog import preview, publishing
from blog.admin import editing, post_steps, typed
from blog.admin.post_list import state_badge
from blog.admin.post_steps import Step
from blog.differences import differences
from blog.forms import VerbForm
from blog.models import Post, Revision
from blog.saving import has_been_public

Admin = ModelAdmin[Post]
View = Callable[..., HttpResponse]
NEW = 0  # in the place of a number: a post that is not stored yet


def urls(model_admin: Admin) -> list[URLPattern]:
    """Return the addresses of these pages; each asks for a log-in first."""

    def own(route: str, view: View, *methods: str) -> URLPattern:
        @require_http_methods(methods)
        def inner(request: HttpRequest, **where: Any) -> HttpResponse:
            return view(model_admin, request, **where)

        name = f"blog_post_{view.__name__}"
        return path(f"<int:pk>/{route}", model_admin.admin_site.admin_view(inner), name=name)

    shown = ("GET", "HEAD")
    return [
        own("readiness/", readiness, "POST"),
        own("publishing/", publishing_page, *shown, "POST"),
        own("revisions/", revisions, *shown),
        own("revisions/compare/", compare, *shown),
        own("revisions/<int:number>/restore/", restore, "POST"),
    ]


def readiness(model_admin: Admin, request: HttpRequest, pk: int) -> HttpResponse:
    """Return what is found in the form that was posted, as a piece of a page. Changes nothing."""
    post = None if pk == NEW else _find(model_admin, request, pk)
    may = (
        model_admin.has_change_permission(request, post)
        if post
        else model_admin.has_add_permission(request)
    )
    if not may:
        raise PermissionDenied
    is_stored = post is not None
    form_class: Any = model_admin.get_form(request, post, change=is_stored)
    form = form_class(request.POST, instance=post)
    formsets, _ = model_admin._create_formsets(request, form.instance, change=is_stored)  # type: ignore[attr-defined]
    # The row afresh: cleaning the form has put what was typed into the other one.
    stored = Post.objects.get(pk=pk) if is_stored else None
    context = {"panel": editing.panel_of_form(form, formsets, stored)}
    return TemplateResponse(request, "admin/blog/post/_panel.html", context)


def publishing_page(model_admin: Admin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show where the post stands and what can be done with it; POST takes one step."""
    post = _find(model_admin, request, pk)
    steps = post_steps.possible(request, post)
    sent = next((step for step in steps if step.name == request.POST.get("step")), None)
    form = sent.form(post, request.user, request.POST, prefix=sent.name) if sent else None
    if sent and form and form.is_valid():
        try:
            told = post_steps.take(sent, form, request.user.get_username())
        except post_steps.REFUSED as refusal:
            for reason in post_steps.reasons(refusal):
                form.add_error(None, reason)
            post.refresh_from_db()
        else:
            model_admin.log_change(request, post, sent.title)
            messages.success(request, told)
            return HttpResponseRedirect(_address("publishing_page", post))
    elif request.method == "POST" and not sent:
        messages.warning(request, "That cannot be done now: look at the state of the post.")
        return HttpResponseRedirect(_address("publishing_page", post))
    forms = [_form_of(step, post, request, sent, form) for step in steps]
    context = _context(model_admin, request, post, "Publishing") | {
        "steps": list(zip(steps, forms, strict=True)),
        "refused": form,
        "panel": editing.panel_of_post(post, base=_address("change", post)),
        "was_public": has_been_public(post, timezone.now()),
        "events": post.events.all(),
        "preview_url": settings.SITE_URL + preview.preview_path(post),
        "preview_until": timezone.now() + timedelta(days=settings.PREVIEW_DAYS),
    }
    return TemplateResponse(request, "admin/blog/post/publishing.html", context)


def revisions(model_admin: Admin, request: HttpRequest, pk: int) -> HttpResponse:
    """List every version of the post, the newest first."""
    post = _find(model_admin, request, pk)
    rows = post.revisions.defer("snapshot").prefetch_related("review_records__reviewer")
    context = _context(model_admin, request, post, "Revisions") | {
        "revisions": rows,
        "may_restore": model_admin.has_change_permission(request, post),
    }
    return TemplateResponse(request, "admin/blog/post/revisions.html", context)


def compare(model_admin: Admin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show what differs between two revisions, ?old=3&new=5, whichever way round they are given."""
    post = _find(model_admin, request, pk)
    chosen = [_revision(post, request.GET.get(name, "")) for name in ("old", "new")]
    old, new = sorted(chosen, key=lambda revision: revision.number)
    context = _context(model_admin, request, post, "Compare") | {
        "old": old,
        "new": new,
        "differences": differences(old.snapshot, new.snapshot),
    }
    return TemplateResponse(request, "admin/blog/post/compare.html", context)


def restore(model_admin: Admin, request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Put an earlier version back, as a new one."""
    post = _find(model_admin, request, pk)
    revision = _revision(post, str(number))
    try:
        with transaction.atomic():
            seen = typed.number(request.POST.get("version"), -1)
            locked = publishing.open_for_saving(post.pk, seen)
            # Of the locked row: it may have been published while this page was open.
            if not model_admin.has_change_permission(request, locked):
                raise PermissionDenied
            by = request.user.get_username()
            newest = publishing.restore(locked, revision, by=by, now=timezone.now())
    except post_steps.REFUSED as refusal:
        for reason in post_steps.reasons(refusal):
            messages.error(request, reason)
    else:
        model_admin.log_change(request, post, f"Revision {number} put back")
        told = f"Revision {number} was put back, as revision {newest.number}."
        messages.success(request, told)
    return HttpResponseRedirect(_address("revisions", post))


def _find(model_admin: Admin, request: HttpRequest, pk: int) -> Post:
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    post = model_admin.get_queryset(request).filter(pk=pk).first()
    if post is None:
        raise Http404
    return post


def _revision(post: Post, number: str) -> Revision:
    revision = post.revisions.filter(number=typed.number(number, typed.NO_ROW)).first()
    if revision is None:
        raise Http404
    return revision


def _form_of(
    step: Step, post: Post, request: HttpRequest, sent: Step | None, form: VerbForm | None
) -> VerbForm:
    if form is not None and step is sent:
        return form
    return step.form(post, request.user, prefix=step.name)


def _address(name: str, post: Post) -> str:
    return reverse(f"admin:blog_post_{name}", args=[post.pk])


def _context(model_admin: Admin, request: HttpRequest, post: Post, title: str) -> dict[str, Any]:
    return {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": f"{title}: {post}",
        "page_title": title,
        "post": post,
        "state": state_badge(post),
        "is_public": post.is_public(timezone.now()),
    }
