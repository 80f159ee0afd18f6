"""Published texts and requests for the tests of the desk."""

from datetime import UTC, datetime
from typing import Any

from claims import desk
from claims.check import find_claims
from claims.desk import PublishedText
from claims.models import Override

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
CLAIM = "The patch cures anemia."


def rule_of(category: str, *, context: str = "patch") -> str:
    """The rule that finds a claim of this category in CLAIM."""
    found = find_claims(CLAIM, context=context)
    return next(one.rule for one in found if one.category == category)


# The two rules that flag it: what the tests of the desk are about is not which ones these are.
RULE, OTHER_RULE = rule_of("cure"), rule_of("disease_treatment")


def text(words: str = CLAIM, **fields: Any) -> PublishedText:
    """A text of a shop page."""
    return PublishedText(
        **{
            "subject": "tests.page:1",
            "field": "body",
            "label": "Page “One”: Body",
            "text": words,
            "context": "patch",
            "edit_path": "/admin/tests/page/1/change/",
            **fields,
        }
    )


def requested(words: str = CLAIM, *, by: str = "anna", **fields: Any) -> Override:
    """Anna asks to let the first claim in these words stand."""
    found = desk.open_findings([text(words, **fields)])[0]
    return desk.request_override(found, reason="It quotes a ruling.", by=by, now=NOON)
