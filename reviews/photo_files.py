"""Where the files of photos lie: what may not be seen is at no address at which it was seen.

A folder with a random name holds the files of one photo. Its name begins with the number of the last log
entry when it was made. Where the photo has been shown since, or decided against, and may not be seen now, its
files go to a fresh folder; staff and the author find them by the row. What a browser or a cache keeps stays
there.

No storage is asked inside a transaction, and a process may be killed anywhere: a row names all files for which
it has to answer. Beside the pictures its `renditions` hold what no page shows: COMING are copies that are being
made, which only their maker may take into use, GOING are files that anybody may delete.
"""

import logging
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from reviews import log
from reviews.models import LogEntry, Review, ReviewPhoto, ReviewVersion
from shop.lib import pictures

FOLDER = "reviews"
COMING, GOING = "coming", "going"
# Reviews that one run looks after; the next one goes on.
AT_ONCE = 500
# After so many failures the storage is away: each may have taken a minute to say so.
MOST_FAILURES = 3

Kind = LogEntry.Kind
Names = frozenset[str]
# After these an address is no good any more, unless the photo may be seen.
_ENDING = (Kind.PHOTO_SHOWN, Kind.PHOTO_WITHHELD, Kind.WITHDRAWN)
_MADE = re.compile(rf"{FOLDER}/(\d+)-")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What a run did: reviews whose files are where they belong now, and those that went wrong."""

    settled: int
    failed: int

    def __str__(self) -> str:
        return f"photos of {self.settled} reviews settled, {self.failed} failed"


@dataclass(frozen=True)
class _Move:
    """Files of one photo, which versions of one review may share: {the name now: the new one}."""

    review_id: int
    file: str
    names: dict[str, str]

    @property
    def targets(self) -> Names:
        """The new names."""
        return frozenset(self.names.values())


class FileMissing(Exception):
    """A row names a file that is not in the storage. The row stays as it is: it may come back."""


def new_folder(entry: int = 0) -> str:
    """Return a folder that nobody can guess, made when `entry` was the last one of the log."""
    return f"{FOLDER}/{entry}-{secrets.token_hex(16)}"


def photo_of(version: ReviewVersion | None) -> ReviewPhoto | None:
    """Return the photo of `version`; None without one, or where it has been given up."""
    photo: ReviewPhoto | None = getattr(version, "photo", None)
    return photo if photo is not None and photo.file else None


def own_renditions(photo: ReviewPhoto) -> list[dict[str, Any]]:
    """Return the sizes of `photo` that pages show, without what is coming or going."""
    return [one for one in photo.renditions if one["format"] not in {COMING, GOING}]


@contextmanager
def dropped_if_not_taken(stored: pictures.Stored | None) -> Iterator[None]:
    """Delete the files of `stored` again where the block fails and no row has come to name them."""
    try:
        yield
    except Exception:
        if stored is not None:
            _delete(pictures.file_names(stored.name, stored.renditions))
        raise


def give_up(review: Review) -> None:
    """Part all versions of `review` from their photos, in the caller's transaction; the files go after it.

    A row stays until they are gone, so that none is forgotten when the storage does not answer.
    """
    for photo in _photos(review.pk):
        # With the copies that are on their way.
        names = pictures.file_names(photo.file.name or "", photo.renditions)
        photo.file.name, photo.renditions = "", _marked(names, GOING)
        photo.digest, photo.alt, photo.width, photo.height = "", "", 0, 0
        photo.save()
    settle_after_commit(review.pk)


def settle_after_commit(review_id: int) -> None:
    """Settle the files of this review once the transaction has committed; what fails is logged, and done later."""
    transaction.on_commit(partial(settle, review_id), robust=True)


def settle_all(*, at_once: int = AT_ONCE) -> Outcome:
    """Settle the files of all reviews that need it, at most `at_once`. Harmless to repeat.

    In any order, so that those which cannot be settled keep no others where everybody can open them.
    """
    settled = failed = stumbled = 0
    review_ids = _unsettled()
    secrets.SystemRandom().shuffle(review_ids)
    for review_id in review_ids[:at_once]:
        try:
            settle(review_id)
            settled += 1
        except FileMissing as error:
            logger.warning("photos of review %s: there is no file %s", review_id, error)
            failed += 1
        except Exception:
            logger.exception("photos of review %s: not settled", review_id)
            stumbled += 1
            if stumbled == MOST_FAILURES:
                break
    return Outcome(settled, failed + stumbled)


def settle(review_id: int) -> None:
    """Bring the photos of this review to where they may lie, and delete what no row uses any more.

    Outside of transactions. Raises FileMissing, and what the storage raises; then all files are still there,
    and the next call goes on. Two queries where there is nothing to do.
    """
    if not (_misplaced(review_id) or _photos(review_id).filter(_HAS_REMAINS).exists()):
        return
    missing = {}
    for move in _begun(review_id):
        try:
            _copy(move)
        except FileMissing as error:
            missing[move.file] = error
            _abandon(move)
        else:
            _finish(move)
    _clear(review_id)
    # Where no row names it any more, another run has moved it or its author had it erased.
    lost = _photos(review_id).filter(file__in=missing).values_list("file", flat=True).first()
    if lost is not None:
        raise missing[lost]


def _misplaced(review_id: int | None = None) -> list[Any]:
    """Return the rows whose files lie where they may not, of all reviews or of one. One query."""
    seen = ReviewPhoto.objects.filter(
        version__review=OuterRef("version__review"),
        file=OuterRef("file"),
        version=F("version__review__current"),
        version__review__state=Review.State.SHOWN,
        version__review__photo_state=Review.PhotoState.SHOWN,
    )
    shown = LogEntry.objects.filter(
        kind=Kind.PHOTO_SHOWN,
        review=OuterRef("version__review"),
        version__photo__digest=OuterRef("digest"),
    )
    entries = LogEntry.objects.filter(version=OuterRef("version")).order_by("-sequence")
    rows = ReviewPhoto.objects.exclude(file="").filter(~Exists(seen)).only("file")
    rows = rows.annotate(
        of_review=F("version__review"),
        was_shown=Exists(shown),
        last_ending=Subquery(entries.filter(kind__in=_ENDING).values("sequence")[:1]),
        last_shown=Subquery(entries.filter(kind=Kind.SHOWN).values("sequence")[:1]),
    )
    if review_id is not None:
        rows = rows.filter(version__review=review_id)
    return [photo for photo in rows.order_by("pk") if _made_at(photo) < _ended_at(photo)]


def _made_at(photo: ReviewPhoto) -> int:
    """Return after which log entry its folder was made; -1 for a name that anybody with the picture can tell."""
    found = _MADE.match(photo.file.name or "")
    return int(found[1]) if found else -1


def _ended_at(photo: Any) -> int:
    # With its words a photo was shown only where it had been shown at all.
    shown = photo.last_shown if photo.was_shown else None
    return max(photo.last_ending or 0, shown or 0)


def _unsettled() -> list[int]:
    remains = ReviewPhoto.objects.alias(**_TEXT).filter(_HAS_REMAINS)
    left = remains.order_by("pk").values_list("version__review", flat=True)
    return list(dict.fromkeys([*left, *(photo.of_review for photo in _misplaced())]))


def _begun(review_id: int) -> list[_Move]:
    """Note in the rows which copies are to be made; what an earlier run was at goes."""
    with transaction.atomic():
        entry = log.locked_head().sequence
        rows = list(_photos(review_id))
        misplaced = {photo.file.name for photo in _misplaced(review_id)}
        moves: dict[str, _Move] = {}
        for photo in rows:
            photo.renditions = [_as_going(one) for one in photo.renditions]
            file = photo.file.name or ""
            if file in misplaced:
                move = moves.setdefault(file, _planned(review_id, photo, new_folder(entry)))
                photo.renditions += _marked(move.targets, COMING)
            photo.save(update_fields=["renditions"])
    return list(moves.values())


def _planned(review_id: int, photo: ReviewPhoto, folder: str) -> _Move:
    names = {name: f"{folder}/{PurePosixPath(name).name}" for name in sorted(_in_use(photo))}
    return _Move(review_id, photo.file.name or "", names)


def _copy(move: _Move) -> None:
    for name, target in move.names.items():
        try:
            with default_storage.open(name) as file:
                saved = default_storage.save(target, file)
        except FileNotFoundError as error:
            raise FileMissing(name) from error
        if saved != target:
            msg = f"The storage has kept {target} as {saved}."
            raise RuntimeError(msg)


def _finish(move: _Move) -> None:
    """Take the copies into use, unless the photo may be seen again, is erased, or another run is at it."""
    with transaction.atomic():
        log.locked_head()
        # Also rows that have come to share the files meanwhile: an author has kept the photo.
        rows = list(_photos(move.review_id).filter(file=move.file))
        is_ours = any(move.targets <= _names([photo], COMING) for photo in rows)
        is_misplaced = any(photo.file.name == move.file for photo in _misplaced(move.review_id))
        if is_ours and is_misplaced:
            for photo in rows:
                _take(photo, move)
            return
    _abandon(move)


def _abandon(move: _Move) -> None:
    with transaction.atomic():
        log.locked_head()
        for photo in _photos(move.review_id).filter(_HAS_REMAINS):
            photo.renditions = [_as_going(one, move.targets) for one in photo.renditions]
            photo.save(update_fields=["renditions"])
    # Also where no row names them any more: whoever forgot them may have come before the last copy.
    _delete(move.targets)


def _take(photo: ReviewPhoto, move: _Move) -> None:
    going = _names([photo], GOING) | _in_use(photo)
    renamed = [
        {**one, "name": move.names.get(one["name"], one["name"])} for one in own_renditions(photo)
    ]
    photo.file.name = move.names[move.file]
    photo.renditions = [*renamed, *_marked(going, GOING)]
    photo.save(update_fields=["file", "renditions"])


def _clear(review_id: int) -> None:
    """Delete the files that are going, but for those in use; then forget them, and rows that are given up."""
    going = _names(_photos(review_id), GOING)
    _delete(going)
    with transaction.atomic():
        log.locked_head()
        for photo in _photos(review_id):
            left = [one for one in photo.renditions if not _is_gone(one, going)]
            if not photo.file and not left:
                photo.delete()
            elif left != photo.renditions:
                photo.renditions = left
                photo.save(update_fields=["renditions"])


def _delete(names: Iterable[str]) -> None:
    """Delete these files, but for those that a row uses: another review may have the same picture."""
    wanted = frozenset(names)
    rows = ReviewPhoto.objects.filter(file__in=wanted)
    used = frozenset[str]().union(*(_in_use(photo) for photo in rows)) if wanted else wanted
    for name in sorted(wanted - used):
        default_storage.delete(name)


def _photos(review_id: int) -> "QuerySet[ReviewPhoto]":
    return ReviewPhoto.objects.alias(**_TEXT).filter(version__review=review_id).order_by("pk")


def _in_use(photo: ReviewPhoto) -> Names:
    return pictures.file_names(photo.file.name or "", own_renditions(photo))


def _names(photos: Iterable[ReviewPhoto], mark: str) -> Names:
    marked = (one for photo in photos for one in photo.renditions if one["format"] == mark)
    return frozenset(str(one["name"]) for one in marked)


def _marked(names: Iterable[str], mark: str) -> list[dict[str, Any]]:
    return [{"format": mark, "width": 0, "height": 0, "name": name} for name in sorted(names)]


def _as_going(one: dict[str, Any], only: Names | None = None) -> dict[str, Any]:
    is_meant = one["format"] == COMING and (only is None or one["name"] in only)
    return {**one, "format": GOING} if is_meant else one


def _is_gone(one: dict[str, Any], gone: Names) -> bool:
    return one["format"] == GOING and one["name"] in gone


# SQLite cannot look into a list in JSON; a name never has these words with their quotation marks.
_TEXT = {"told": Cast("renditions", TextField())}
_HAS_REMAINS = Q(told__contains=f'"{COMING}"') | Q(told__contains=f'"{GOING}"')
