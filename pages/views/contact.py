"""Writing to us."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from pages.contact import TooManyMessages, receive_message
from pages.forms import ContactForm
from pages.models import InfoPage
from pages.reading import PageText
from pages.structured_data import organization
from pages.views import writing
from shop.lib.same_origin import same_origin_post


def _context(text: PageText) -> dict[str, Any]:
    json_ld = (organization(with_address=True),)
    meta = text.meta(reverse("contact"), json_ld=json_ld, trail="Contact Us")
    return {"staff_email": settings.STAFF_EMAIL, "meta": meta}


WRITING = writing.Writing(
    name="contact",
    sent_name="contact_thanks",
    slug=InfoPage.Slug.CONTACT,
    form=ContactForm,
    take=lambda form, sender: receive_message(form.letter, sender=sender, now=timezone.now()),
    too_many=TooManyMessages,
    things="messages",
    context=_context,
)


@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Show the form; take a message."""
    return writing.answer(request, WRITING)
