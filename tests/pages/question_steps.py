"""Questions of visitors, and what staff do with them."""

from pages import questions
from pages.models import FaqGroup, FaqItem
from pages.questions import Asked
from tests.factories import NOON

SENDER = "203.0.113.0/24"


def ask(question="Can I wear it on my ankle?", *, name="", email="", sender=SENDER, now=NOON):
    return questions.ask(Asked(question, name, email), sender=sender, now=now)


def make_group(slug="using-it"):
    return FaqGroup.objects.get_or_create(slug=slug, defaults={"title": "Using it"})[0]


def new_item(**fields):
    """A row of the FAQ as the form of staff makes it, not saved yet."""
    return FaqItem(
        **{
            "group": fields.pop("group", None) or make_group(),
            "slug": "ankle",
            "question": "Can I wear it on the ankle?",
            "answer": "No. Behind the ear, or on the inner wrist.",
            **fields,
        }
    )
