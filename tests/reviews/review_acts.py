"""A few reviews to which anything may happen: what authors, staff, rules and time can do, in any order.

shop = Playground(ratings)            # the stars of each writing, in turn
shop.do("withhold", 2, 1)             # an act, the review it is about, a choice
"""

import re
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from PIL import Image
from post_office.models import Email

from claims import desk
from reviews import decisions, erasing, labels, replying, screening, submitting
from reviews.models import (
    CampaignCode,
    Insider,
    LogEntry,
    Reason,
    Review,
    ReviewPhoto,
    SafetyCase,
    Source,
)
from reviews.submitting import Content, Origin
from tests.reviews.makers import NOW

TEXTS = (
    "It stayed on behind my ear for a day, and I hardly felt that it was there.",
    "The edge came loose in the shower and the second one held until the evening.",
    "It cured my diabetes in two weeks, I can tell you.",
    "My skin turned red and itched for two days where it had been.",
    "It did nothing for me at all, and I wore it for three weeks.",
    "Ask me anything about it, my phone number is 212-555-0143, day and night.",
    "The parcel came on time and the pack has clear steps printed on it.",
)
REFUSALS = (
    decisions.NotPossible,
    erasing.NothingToErase,
    labels.LabelRefused,
    replying.ReplyRefused,
    submitting.AlreadyReviewed,
    submitting.RequestEnded,
)
PEOPLE = ("ann", "bo", "cy")
PHOTO = Image.new("RGB", (24, 24), "red")


class Trouble(Exception):
    """Something else in the transaction of an act goes wrong, and nothing of it may stay."""


@contextmanager
def undone():
    """Leave the database as it was before the block."""
    mark = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(mark)


@dataclass
class Playground:
    """`ratings` are the stars of each writing in turn; `invitations` are answered one after the other."""

    ratings: Sequence[int]
    product: Any
    invitations: Sequence[Any]
    told: list[Any] = field(default_factory=list)
    written: int = 0
    hours: int = 0

    def do(self, act: str, which: int, choice: int) -> None:
        """Do one act to one review, and note how it ended."""
        self.hours += 1
        before = Email.objects.count()
        try:
            with transaction.atomic():
                getattr(self, act)(which, choice)
            ended = "done"
        except REFUSALS as refused:
            ended = f"{type(refused).__name__}: {refused}"
        except Trouble:
            ended = "trouble"
        self.told.append((act, ended, Email.objects.count() - before))

    @property
    def now(self):
        """An hour later at each act."""
        return NOW + timedelta(hours=self.hours)

    def receive(self, which: int, choice: int) -> None:
        """Somebody writes: of every two one was asked."""
        if which % 2 and self.invitations:
            invitation = self.invitations[which // 2 % len(self.invitations)]
            origin = Origin(self.product, Source.REQUEST, "jo@example.com", invitation=invitation)
        else:
            tie = Insider.Tie.FAMILY.value if choice == 1 else ""
            origin = Origin(self.product, Source.SITE, "di@example.com", tie=tie)
        submitting.receive(self._content(choice), origin, now=self.now)

    def edit(self, which: int, choice: int) -> None:
        """An author changes what they wrote, with the photo or without."""
        if review := self._review(which):
            submitting.edit(review.pk, self._content(choice), now=self.now)

    def show(self, which: int, choice: int) -> None:
        """Somebody shows it, perhaps without saying why."""
        if review := self._review(which):
            note = "read again" if choice % 2 else ""
            decisions.show(review.pk, **self._by(review, choice), note=note)

    def withhold(self, which: int, choice: int) -> None:
        """Somebody withholds it, also for a reason that cannot be true, or on what they read before."""
        if review := self._review(which):
            reason = [*Reason.values, "rude"][choice % 6]
            note = "" if choice == 5 else "the second line"
            decisions.withhold(review.pk, **self._by(review, choice), reason=reason, note=note)

    def show_photo(self, which: int, choice: int) -> None:
        """Somebody shows its photo."""
        if review := self._review(which):
            decisions.show_photo(review.pk, **self._by(review, choice))

    def withhold_photo(self, which: int, choice: int) -> None:
        """Somebody withholds its photo."""
        if review := self._review(which):
            reason, note = Reason.values[choice % 5], "a face in it"
            decisions.withhold_photo(
                review.pk, **self._by(review, choice), reason=reason, note=note
            )

    def withdraw(self, which: int, _choice: int) -> None:
        """Its author takes it back."""
        if review := self._review(which):
            decisions.withdraw(review.pk, now=self.now)

    def erase(self, which: int, choice: int) -> None:
        """Its words go at the author's wish."""
        if choice == 0 and (review := self._review(which)):
            decisions.withdraw(review.pk, now=self.now)
            erasing.erase(review.pk, actor="ann", note="by mail", now=self.now)

    def label(self, which: int, choice: int) -> None:
        """Staff learn of a tie, or that there is none."""
        if review := self._review(which):
            tie = [*Insider.Tie.values, ""][choice % 5]
            labels.label(review.pk, tie, actor="bo", note="we know them", now=self.now)

    def reply(self, which: int, choice: int) -> None:
        """Staff answer below it, or take the answer back."""
        review = self._review(which)
        if review and choice % 3:
            replying.reply(
                review.pk, f"Thank you, {choice}.", "Customer care", actor="bo", now=self.now
            )
        elif review:
            replying.take_back(review.pk, actor="bo", note="wrong", now=self.now)

    def overdue(self, _which: int, _choice: int) -> None:
        """A week goes by, and nobody has decided."""
        self.hours += 24 * 7
        decisions.show_overdue(after=timedelta(days=6), now=self.now)

    def look_again(self, which: int, _choice: int) -> None:
        """The rules read it once more."""
        if review := self._review(which):
            submitting.look_again(review.pk, now=self.now)

    def let_stand(self, which: int, _choice: int) -> None:
        """Two people let the sentences stand that hold it, and the rules read it again."""
        review = self._review(which)
        if review is None or review.current is None:
            return
        for finding in screening.claims_in(review.current):
            if finding.override_state:
                continue
            asked = desk.request_override(finding, reason="quoted", by="ann", now=self.now)
            desk.allow(asked, by="bo", now=self.now)
        submitting.look_again(review.pk, now=self.now)

    def trouble(self, which: int, choice: int) -> None:
        """An act is done, and then all of its transaction is lost."""
        self.receive(which, choice)
        self.withdraw(0, choice)
        raise Trouble

    def _review(self, which: int) -> Review | None:
        reviews = Review.objects.select_related("current").order_by("number")
        count = reviews.count()
        return reviews[which % count] if count else None

    def _by(self, review: Review, choice: int) -> dict[str, Any]:
        stale = choice == 4 and review.current and review.current.place > 1
        version = review.versions.get(place=1).pk if stale else review.current_id
        return {"version_id": version, "actor": PEOPLE[choice % 3], "now": self.now}

    def _content(self, choice: int) -> Content:
        stars = self.ratings[self.written % len(self.ratings)]
        self.written += 1
        body = f"{TEXTS[choice % len(TEXTS)]} {'really ' * (self.written % 5)}".strip()
        return Content(
            stars=stars,
            author_name="Jo D.",
            title="My view" if choice % 2 else "",
            body=body,
            sticking=stars,
            skin_comfort=stars if choice % 2 else None,
            value=6 - stars,
            skin_type="oily" if choice == 2 else "",
            skin_reacted=True if choice == 3 else None,
            photo=PHOTO if choice == 6 else None,
            photo_alt="a patch",
            keeps_photo=choice % 2 == 1,
        )


ACTS = (
    *("receive", "edit", "show", "withhold", "show_photo", "withhold_photo", "withdraw", "erase"),
    *("label", "reply", "overdue", "look_again", "let_stand", "trouble"),
)


def chain() -> list[tuple[int, str]]:
    """Return what is in the log, entry by entry."""
    return list(LogEntry.objects.order_by("sequence").values_list("sequence", "hash"))


def what_became() -> list[Any]:
    """Return all that follows for reviews but their stars, ratings and keys."""
    rows = Review.objects.order_by("number").select_related("current")
    return [
        (
            *(review.number, review.state, review.reason, review.state_at),
            *(review.photo_state, review.photo_reason, review.is_promotable),
            *(review.insider_label, review.incentive_label, review.is_never_held),
            *(review.source, review.is_verified, review.rules_version),
            sorted(review.current.flags.values_list("kind", "detail")) if review.current else [],
            list(review.log.order_by("sequence").values_list("kind", "reason", "actor", "note")),
            SafetyCase.objects.filter(review=review).values_list("signs", "state").first(),
            CampaignCode.objects.filter(invitation__review=review)
            .values_list("discount__percent_basis_points", "discount__amount_cents")
            .first(),
            ReviewPhoto.objects.filter(version__review=review).count(),
        )
        for review in rows
    ]


def mails() -> list[tuple[str, ...]]:
    """Return every mail without what must differ: signed links, codes and keys."""
    return [
        (
            ",".join(mail.to),
            *(_without_keys(text) for text in (mail.subject, mail.message, mail.html_message)),
        )
        for mail in Email.objects.order_by("pk")
    ]


def _without_keys(text: str) -> str:
    text = re.sub(r"/reviews/(mine|request)/[^/\s\"]+", r"/reviews/\1/TOKEN", text)
    text = re.sub(r"THANKS(-[0-9A-Z]{4}){3}", "CODE", text)
    return re.sub(r"/admin/reviews/safetycase/\d+", "/admin/reviews/safetycase/KEY", text)


def numbers_given() -> list[int]:
    """Return all numbers there are."""
    return list(Review.objects.order_by("number").values_list("number", flat=True))
