"""What the forms by which visitors write to us have in common: pages/views/contact.py and asking.py."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from pages.models import InfoPage
from pages.reading import PageText, read_page
from shop.lib.caching import private_page, public_page
from throttle.limits import address_block

TOO_MANY = (
    "We got several {} from your network in the last hour. Your words are still here. "
    "Please send them again in an hour."
)


class Writing(NamedTuple):
    """One such form. `name` is that of its address and of its template.

    `take(form, sender)` stores what a valid form says; past a limit it raises `too_many`, and the visitor
    reads that there were several `things`. `context(text)` is what the template needs besides.
    """

    name: str
    sent_name: str
    slug: InfoPage.Slug
    form: type[forms.Form]
    take: Callable[[Any, str], object]
    too_many: type[Exception]
    things: str
    context: Callable[[PageText], dict[str, Any]]


def answer(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Show the form; take what was written and lead to the page that says what happens next."""
    return _send(request, writing) if request.method == "POST" else _blank_form(request, writing)


@require_safe
@public_page
def sent(request: HttpRequest, slug: InfoPage.Slug) -> HttpResponse:
    """Say what happens next. An address of its own: it needs no cookie and can be reloaded."""
    text = read_page(slug)
    meta = text.meta(request.path, robots="noindex", trail="Thank you")
    return render(request, "pages/sent.html", {"text": text, "meta": meta})


@public_page
def _blank_form(request: HttpRequest, writing: Writing) -> HttpResponse:
    return _form_page(request, writing, writing.form(), status=200)


@private_page
def _send(request: HttpRequest, writing: Writing) -> HttpResponse:
    form = writing.form(request.POST)
    if not form.is_valid():
        return _form_page(request, writing, form, status=422)
    try:
        writing.take(form, address_block(request))
    except writing.too_many:
        form.add_error(None, TOO_MANY.format(writing.things))
        return _form_page(request, writing, form, status=429)
    return redirect(writing.sent_name)


def _form_page(
    request: HttpRequest, writing: Writing, form: forms.Form, *, status: int
) -> HttpResponse:
    text = read_page(writing.slug)
    context = {"text": text, "form": form, **writing.context(text)}
    return render(request, f"pages/{writing.name}.html", context, status=status)
