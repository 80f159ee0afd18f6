"""Asking a question for everybody."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from pages import questions
from pages.forms import QuestionForm
from pages.models import InfoPage
from pages.views import writing
from shop.lib.same_origin import same_origin_post

WRITING = writing.Writing(
    name="ask",
    sent_name="ask_sent",
    slug=InfoPage.Slug.ASK,
    form=QuestionForm,
    take=lambda form, sender: questions.ask(form.asked, sender=sender, now=timezone.now()),
    too_many=questions.TooManyQuestions,
    things="questions",
    context=lambda text: {"meta": text.meta(reverse("ask"), trail="Ask a question")},
)


@same_origin_post
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Show the form; take a question."""
    return writing.answer(request, WRITING)
