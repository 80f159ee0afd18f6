"""What we write to those who asked a question, one function for each mail."""

import re

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import mark_safe

from outbox.mail import queue_mail
from pages.citations import CITATION, Footnotes, cited_keys
from pages.models import FaqItem, VisitorQuestion
from references.models import Reference

# In a mail a path of ours needs the shop's address before it.
_OWN_LINK = re.compile(r'href="(?=[/#])')
_OWN_MARKDOWN_LINK = re.compile(r"\[([^\]\[\n]+)\]\((/[^)\s]*)\)")


def question_answered(question: VisitorQuestion, item: FaqItem) -> None:
    """Queue the mail with the answer and the link to it. Of what the visitor typed only the name stands
    in it, which staff have seen: whoever typed the address is not always its owner.
    """
    notes = Footnotes(Reference.objects.in_bulk(cited_keys(item.answer), field_name="key"))
    faq = f"{settings.SITE_URL}{reverse('faq')}"
    html = notes.render(item.answer).html
    whole = _OWN_LINK.sub(lambda found: _absolute(html[found.end()], faq), html)
    queue_mail(
        to=question.email,
        template="pages/question_answered",
        context={
            "name": question.name,
            "item": item,
            "answer_html": mark_safe(whole),  # noqa: S308 (our own rendering of Markdown)
            "answer_text": _as_text(item.answer, notes),
            "sources": notes.sources,
            "url": f"{faq}#{item.slug}",
        },
    )


def question_declined(question: VisitorQuestion) -> None:
    """Queue the mail that says why a question gets no answer. It quotes nothing of it."""
    queue_mail(
        to=question.email,
        template="pages/question_declined",
        context={
            "name": question.name,
            "reason": question.decline_reason,
            "faq_url": f"{settings.SITE_URL}{reverse('faq')}",
            "ask_url": f"{settings.SITE_URL}{reverse('ask')}",
            "contact_url": f"{settings.SITE_URL}{reverse('contact')}",
        },
    )


def _absolute(sign: str, page: str) -> str:
    return f'href="{page}' if sign == "#" else f'href="{settings.SITE_URL}'


def _as_text(markdown: str, notes: Footnotes) -> str:
    """Return the words of an answer with its links and the numbers of its sources written out."""
    cited = CITATION.sub(lambda found: _numbers(found[0], notes), markdown)
    return _OWN_MARKDOWN_LINK.sub(rf"\1 ({settings.SITE_URL}\2)", cited).strip()


def _numbers(citation: str, notes: Footnotes) -> str:
    known = [notes.numbers[key] for key in cited_keys(citation) if key in notes.numbers]
    return " ".join(f"[{number}]" for number in known)
