"""Rows of pages for the tests of the claims check."""

import itertools
from datetime import date
from typing import Any

from pages.models import FaqGroup, FaqItem, Study
from references.models import Reference

_numbers = itertools.count(1)


def make_question(**fields: Any) -> FaqItem:
    """A published question without a claim."""
    number = next(_numbers)
    group, _ = FaqGroup.objects.get_or_create(slug="wearing", defaults={"title": "Wearing it"})
    return FaqItem.objects.create(
        **{
            "group": group,
            "slug": f"question-{number}",
            "question": "How long do I wear it?",
            "answer": "One day.",
            **fields,
        }
    )


def make_study(**fields: Any) -> Study:
    """A published study without a claim."""
    number = next(_numbers)
    reference = Reference.objects.create(key=f"t{number}", citation="Doe J. A paper. 2020.")
    return Study.objects.create(
        **{
            "slug": f"study-{number}",
            "title": "A study",
            "journal": "A journal",
            "design": "trial",
            "finding": "It found this.",
            "limits": "It was small.",
            "reference": reference,
            "last_reviewed": date(2026, 5, 4),
            **fields,
        }
    )
