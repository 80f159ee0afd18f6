"""Writing to us: the form, and the page that says what happens next."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from pages.contact import TooManyMessages, receive_message
from pages.forms import ContactForm
from pages.models import InfoPage
from pages.reading import read_page
from pages.structured_data import organization
from shop.lib.caching import private_page, public_page
from shop.lib.same_origin import same_origin_post
from throttle.limits import address_block

TOO_MANY = (
    "We got several messages from your network in the last hour. Your words are still here. "
    "Please send them again in an hour."
)


@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Show the form; take a message and lead to the page that says what happens next."""
    return _send(request) if request.method == "POST" else _blank_form(request)


@require_safe
@public_page
def contact_thanks(request: HttpRequest) -> HttpResponse:
    """Say what happens next. An address of its own: it needs no cookie and can be reloaded."""
    text = read_page(InfoPage.Slug.THANKS)
    path = reverse("contact_thanks")
    context = {"text": text, "meta": text.meta(path, robots="noindex", trail="Thank you")}
    return render(request, "pages/contact_thanks.html", context)


@public_page
def _blank_form(request: HttpRequest) -> HttpResponse:
    return _form_page(request, ContactForm(), status=200)


@private_page
def _send(request: HttpRequest) -> HttpResponse:
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    try:
        receive_message(form.letter, sender=address_block(request), now=timezone.now())
    except TooManyMessages:
        form.add_error(None, TOO_MANY)
        return _form_page(request, form, status=429)
    return redirect("contact_thanks")


def _form_page(request: HttpRequest, form: ContactForm, *, status: int) -> HttpResponse:
    text = read_page(InfoPage.Slug.CONTACT)
    context = {
        "text": text,
        "form": form,
        "staff_email": settings.STAFF_EMAIL,
        "meta": text.meta(
            reverse("contact"), json_ld=(organization(with_address=True),), trail="Contact Us"
        ),
    }
    return render(request, "pages/contact.html", context, status=status)
