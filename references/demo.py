"""Two invented people, who sign the first statements so that a demo shop has some. Never in a real shop."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from references import starter_content, statements
from references.models import Statement

WRITER, APPROVER = "demo-writer", "demo-approver"


class NotADemo(Exception):
    """Invented people were to sign statements in a real shop."""


@transaction.atomic
def load(now: datetime) -> str:
    """Sign and approve the starter statements that nobody has signed; returns one line for people.

    Raises NotADemo unless settings.DEMO.
    """
    if not settings.DEMO:
        message = "Demo people belong in a demo shop only (DEMO=True)."
        raise NotADemo(message)
    unsigned = Statement.objects.filter(
        key__in=starter_content.entries(), written_by="", withdrawn_at__isnull=True
    )
    for statement in unsigned:
        statements.sign(statement, by=WRITER, now=now)
        statements.approve(statement, by=APPROVER, now=now)
    return f"Demo statements: {len(unsigned)} signed by two invented people."
