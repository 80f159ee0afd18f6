"""The queue of what is published and no longer passes, kept in step with texts and rules.

A run reads every registered text but checks only those whose words, place or context changed since the
last run, or all of them after a change of the rules. So it needs time for reading, and memory for a
hundred subjects, however many there are.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path
from typing import TypeVar

from django.db import transaction

from claims import sources
from claims.check import RULES_VERSION
from claims.desk import LABEL_LENGTH, OpenFinding, PublishedText, all_findings
from claims.models import CheckedSubject, StandingFinding

Item = TypeVar("Item")
Texts = list[PublishedText]

SUBJECTS_AT_ONCE = 100
FOLDER = Path(__file__).parent
# What a row tells beside the sentence; it follows the text and the rules, while found_at stays.
DETAILS = ("label", "context", "category", "suggestion", "edit_path", "rules_version")


def version_of(folder: Path) -> str:
    """Return what changes with every change of the code that applies the rules."""
    digest = hashlib.sha256()
    for path in sorted(
        [*folder.glob("*.py"), *folder.glob("rules/*.py"), *folder.glob("words/*.py")]
    ):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


# How a text is read decides as much as the rules do.
VERSION = f"{RULES_VERSION}-{version_of(FOLDER)}"


@dataclass(frozen=True)
class Outcome:
    """What a run did: subjects read, subjects whose texts were checked, findings open now."""

    read: int
    checked: int
    open: int

    def __str__(self) -> str:
        return (
            f"{self.read} published things read, {self.checked} checked, {self.open} findings open"
        )


def check_everything(now: datetime) -> Outcome:
    """Bring the queue up to date with all that is published. Harmless to repeat."""
    read = checked = 0
    for subjects in _in_batches(_by_subject(sources.published_texts()), SUBJECTS_AT_ONCE):
        read += len(subjects)
        checked += _check(dict(subjects), now)
    _forget_what_is_gone(now)
    return Outcome(read, checked, StandingFinding.objects.open().count())


def look_again(subject: str, texts: Iterable[PublishedText], now: datetime) -> None:
    """Bring the queue up to date with one subject, just changed; without texts it is not public now."""
    look_at({subject: list(texts)}, now)


def look_at(texts: Mapping[str, Texts], now: datetime) -> None:
    """Do the same for several subjects; as many queries as for one."""
    public = {subject: found for subject, found in texts.items() if found}
    if public:
        _check(public, now)
    _drop(sorted(texts.keys() - public.keys()))


def _by_subject(texts: Iterable[PublishedText]) -> Iterator[tuple[str, Texts]]:
    for subject, group in groupby(texts, key=lambda text: text.subject):
        yield subject, list(group)


def _in_batches(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while batch := list(islice(items, size)):
        yield batch


def _check(batch: dict[str, Texts], now: datetime) -> int:
    """Check what has changed of the batch; return how many subjects that were."""
    rows = CheckedSubject.objects.filter(subject__in=batch, rules_version=VERSION)
    known = dict(rows.values_list("subject", "digest"))
    digests = {subject: _digest(texts) for subject, texts in batch.items()}
    changed = [subject for subject in batch if known.get(subject) != digests[subject]]
    found = {subject: all_findings(batch[subject]) for subject in changed}
    with transaction.atomic():
        _keep_findings(found, now)
        CheckedSubject.objects.bulk_create(
            [
                CheckedSubject(
                    subject=subject,
                    digest=digests[subject],
                    rules_version=VERSION,
                    seen_at=now,
                )
                for subject in sorted(changed)
            ],
            update_conflicts=True,
            unique_fields=["subject"],
            update_fields=["digest", "rules_version"],
        )
        # Never back: a run that began later would take the subject for gone.
        CheckedSubject.objects.filter(subject__in=batch, seen_at__lt=now).update(seen_at=now)
    return len(changed)


def _digest(texts: Texts) -> str:
    lines = (
        f"{text.field}\0{text.label}\0{text.context}\0{text.edit_path}\0{text.text}"
        for text in texts
    )
    return hashlib.sha256("\1".join(lines).encode()).hexdigest()


def _keep_findings(found: dict[str, list[OpenFinding]], now: datetime) -> None:
    standing = {
        (row.subject, row.field, row.fingerprint): row
        for row in StandingFinding.objects.filter(subject__in=found)
    }
    wanted = {
        (subject, one.text.field, one.fingerprint): _row(one, now)
        for subject, findings in found.items()
        for one in findings
    }
    gone = [row.pk for key, row in standing.items() if key not in wanted]
    StandingFinding.objects.filter(pk__in=gone).delete()
    StandingFinding.objects.bulk_create(
        [wanted[key] for key in sorted(wanted)],
        update_conflicts=True,
        unique_fields=["subject", "field", "fingerprint"],
        update_fields=DETAILS,
    )


def _row(one: OpenFinding, now: datetime) -> StandingFinding:
    return StandingFinding(
        subject=one.text.subject,
        label=one.text.label[:LABEL_LENGTH],
        field=one.text.field,
        context=one.text.context,
        rule=one.finding.rule,
        category=one.finding.category,
        sentence=one.sentence,
        suggestion=one.finding.suggestion,
        edit_path=one.text.edit_path,
        fingerprint=one.fingerprint,
        rules_version=VERSION,
        found_at=now,
    )


def _forget_what_is_gone(now: datetime) -> None:
    """Drop what this run, begun at `now`, did not see; another that began later has seen more."""
    gone: Sequence[str] = list(
        CheckedSubject.objects.filter(seen_at__lt=now).values_list("subject", flat=True)
    )
    for subjects in _in_batches(iter(gone), SUBJECTS_AT_ONCE):
        with transaction.atomic():
            # Once more and locked: another run may have seen some of them meanwhile.
            rows = CheckedSubject.objects.select_for_update().filter(subject__in=subjects)
            still = rows.filter(seen_at__lt=now).order_by("subject")
            _drop(list(still.values_list("subject", flat=True)))


def _drop(subjects: Sequence[str]) -> None:
    """Forget these subjects with their findings. No query where there are none."""
    if subjects:
        with transaction.atomic():
            StandingFinding.objects.filter(subject__in=subjects).delete()
            CheckedSubject.objects.filter(subject__in=subjects).delete()
