"""Findings and people: which findings are still open, and who may let a sentence stand.

A finding blocks publishing until the sentence is rewritten, or until a second person has allowed it
with a reason (health_facts.md, section 4). What is allowed is that sentence in that place.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.urls import reverse

from claims.check import Finding, find_claims
from claims.models import Override

# As long as the columns that keep it.
LABEL_LENGTH = 200


class SamePerson(Exception):
    """Whoever asked to let a sentence stand cannot allow it."""


class AlreadyDecided(Exception):
    """The request was decided before."""


class AlreadyRequested(Exception):
    """Somebody asked about this sentence before, and it waits or is allowed."""


@dataclass(frozen=True)
class PublishedText:
    """A text that visitors can read, and where: "blog.post:12", its "summary".

    `context` is one of claims.check.CONTEXTS; `edit_path` is where staff change it.
    """

    subject: str
    field: str
    label: str
    text: str
    context: str
    edit_path: str = ""


@dataclass(frozen=True)
class OpenFinding:
    """A finding that no approved override covers. `override_state` is empty or "requested"."""

    text: PublishedText
    finding: Finding
    sentence: str
    fingerprint: str
    override_state: str = ""

    @property
    def ask_path(self) -> str:
        """The page on which staff ask to let it stand; empty while the row it stands in is not saved."""
        if self.text.subject.endswith(":new"):
            return ""
        return ask_path(
            subject=self.text.subject,
            field=self.text.field,
            rule=self.finding.rule,
            sentence=self.sentence,
        )


def all_findings(texts: Iterable[PublishedText]) -> list[OpenFinding]:
    """Return what the rules find in `texts`, also what somebody has allowed. No query."""
    return [
        _found(text, finding) for text in texts for finding in _findings(text.text, text.context)
    ]


@lru_cache(maxsize=64)
def _findings(text: str, context: str) -> tuple[Finding, ...]:
    # Publishing and importing read the texts of a post twice: for whoever waits, and for the queue.
    return tuple(find_claims(text, context=context))


def open_findings(texts: Iterable[PublishedText]) -> list[OpenFinding]:
    """Return what the rules find in `texts`, without the sentences that somebody has allowed.

    One query, and none where nothing is found.
    """
    found = all_findings(texts)
    if not found:
        return []
    states = _override_states({one.text.subject for one in found})
    kept = []
    for one in found:
        state = states.get((one.text.subject, one.fingerprint), "")
        if state != Override.State.APPROVED:
            kept.append(OpenFinding(one.text, one.finding, one.sentence, one.fingerprint, state))
    return kept


def finding_of(
    texts: Sequence[PublishedText], *, field: str, rule: str, sentence: str
) -> OpenFinding | None:
    """Return the open finding of `rule` in this sentence of this field; None where there is none.

    `texts` are the stored texts of one subject. A sentence that is typed and not saved yet counts if the
    rule flags it by itself in the field where it would stand: what is published already cannot be saved
    with it before it is allowed.
    """
    typed = [replace(text, text=sentence.strip()) for text in texts if text.field == field][:1]
    for one in open_findings([*texts, *typed]):
        wanted = fingerprint(rule, sentence, one.text.context)
        if one.fingerprint == wanted and one.text.field == field:
            return one
    return None


def fingerprint(rule: str, sentence: str, context: str) -> str:
    """Return what identifies a flagged sentence: its words, the rule and the context, not its place or its
    spaces. What may be said of a tablet is not allowed for it when it becomes a patch, and a question that
    gets another answer says something else.
    """
    words = " ".join(sentence.split()).casefold()
    return hashlib.sha256(f"{rule}\n{context}\n{words}".encode()).hexdigest()[:32]


def ask_path(*, subject: str, field: str, rule: str, sentence: str) -> str:
    """Return the page of the admin on which staff ask to let this sentence stand."""
    query = {"subject": subject, "field": field, "rule": rule, "sentence": sentence}
    return f"{reverse('admin:claims_override_ask')}?{urlencode(query)}"


def request_override(one: OpenFinding, *, reason: str, by: str, now: datetime) -> Override:
    """Ask a second person to let the sentence of `one` stand. Raises AlreadyRequested."""
    try:
        with transaction.atomic():
            return Override.objects.create(
                subject=one.text.subject,
                label=one.text.label[:LABEL_LENGTH],
                field=one.text.field,
                rule=one.finding.rule,
                category=one.finding.category,
                sentence=one.sentence,
                fingerprint=one.fingerprint,
                reason=reason,
                requested_by=by,
                requested_at=now,
            )
    except IntegrityError as error:
        # Of two who ask at the same moment the database lets one through.
        asked = Override.objects.filter(
            subject=one.text.subject,
            fingerprint=one.fingerprint,
            state__in=[Override.State.REQUESTED, Override.State.APPROVED],
        )
        if not asked.exists():
            raise
        raise AlreadyRequested from error


def allow(override: Override, *, by: str, now: datetime) -> None:
    """Let the sentence stand. Raises SamePerson, AlreadyDecided."""
    # Log-in names that differ in capitals only are one person's.
    if override.requested_by.casefold() == by.casefold():
        raise SamePerson
    _move(
        override, Override.State.REQUESTED, Override.State.APPROVED, decided_by=by, decided_at=now
    )


def refuse(override: Override, *, by: str, now: datetime) -> None:
    """Do not let it stand; whoever asked may refuse as well. Raises AlreadyDecided."""
    _move(override, Override.State.REQUESTED, Override.State.REFUSED, decided_by=by, decided_at=now)


def take_back(override: Override, *, by: str, now: datetime) -> None:
    """End an override that was allowed: from now on the rule counts again. Raises AlreadyDecided."""
    _move(
        override,
        Override.State.APPROVED,
        Override.State.WITHDRAWN,
        taken_back_by=by,
        taken_back_at=now,
    )


def _found(text: PublishedText, finding: Finding) -> OpenFinding:
    mark = fingerprint(finding.rule, finding.sentence, text.context)
    return OpenFinding(text, finding, finding.sentence, mark)


def _override_states(subjects: Sequence[str] | set[str]) -> dict[tuple[str, str], str]:
    rows = Override.objects.filter(
        subject__in=subjects, state__in=[Override.State.REQUESTED, Override.State.APPROVED]
    )
    return {
        (subject, mark): state
        for subject, mark, state in rows.values_list("subject", "fingerprint", "state")
    }


def _move(override: Override, before: str, after: str, **by_whom: Any) -> None:
    changed = Override.objects.filter(pk=override.pk, state=before).update(state=after, **by_whom)
    if changed != 1:
        raise AlreadyDecided
    override.refresh_from_db()
