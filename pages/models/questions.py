from datetime import datetime
from typing import Any, Self

from django.db import models

from pages.models.faq import FaqItem

LONGEST_QUESTION = 300


class AlreadySettled(Exception):
    """Somebody has answered or declined this question before."""


class VisitorQuestionQuerySet(models.QuerySet["VisitorQuestion"]):
    def waiting(self) -> Self:
        """Questions nobody has settled yet, the oldest first."""
        return self.filter(state=VisitorQuestion.State.NEW).order_by("asked_at")

    def asked_before(self, moment: datetime) -> Self:
        """Questions older than `moment`."""
        return self.filter(asked_at__lt=moment)

    def settled_before(self, moment: datetime) -> Self:
        """Questions answered or declined before `moment`."""
        return self.filter(settled_at__lt=moment)


class VisitorQuestion(models.Model):
    """What a visitor asked. The answer is a row of the FAQ, in words of our own."""

    class State(models.TextChoices):
        NEW = "new", "New"
        ANSWERED = "answered", "Answered"
        DECLINED = "declined", "Declined"

    TRANSITIONS = {
        State.NEW: {State.ANSWERED, State.DECLINED},
        State.ANSWERED: set(),
        State.DECLINED: set(),
    }

    class Reason(models.TextChoices):
        PRIVATE_DATA = "private_data", "Private data in it"
        ABUSE = "abuse", "Abuse or advertising"
        NOT_ABOUT_US = "not_about_us", "Not about the shop or the patch"
        MEDICAL = "medical", "Asks for medical advice"
        REACTION = "reaction", "Tells of a skin reaction"
        ASKED_ALREADY = "asked_already", "Asked already"

    question = models.CharField(max_length=LONGEST_QUESTION)
    name = models.CharField(max_length=80, blank=True)
    # Only to tell of the answer; both are erased some time after (pages.questions.forget_old).
    email = models.EmailField(blank=True)
    asked_at = models.DateTimeField()
    # A daily-salted HMAC of the sender's network, never the address itself (throttle.limits).
    sender_key_hash = models.CharField(max_length=64, blank=True, editable=False)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.NEW, editable=False
    )
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)
    settled_by = models.CharField(max_length=150, blank=True, editable=False)
    faq_item = models.ForeignKey(
        FaqItem,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="asked_as",
        verbose_name="answered in",
    )
    decline_reason = models.CharField(
        max_length=16, choices=Reason.choices, blank=True, editable=False
    )
    note = models.CharField("note for colleagues", max_length=300, blank=True, editable=False)

    objects = VisitorQuestionQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        permissions = (("answer_visitorquestion", "Can answer and decline visitors' questions"),)
        indexes = (models.Index(fields=["state", "asked_at"], name="question_waiting"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state="new", settled_at__isnull=True)
                | models.Q(state__in=["answered", "declined"], settled_at__isnull=False),
                name="question_settled_has_time",
            ),
            models.CheckConstraint(
                condition=(models.Q(state="declined") & ~models.Q(decline_reason=""))
                | (~models.Q(state="declined") & models.Q(decline_reason="")),
                name="question_declined_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(state="answered") | models.Q(faq_item__isnull=True),
                name="question_answer_is_answered",
            ),
        )

    def __str__(self) -> str:
        return f"Question {self.pk}"

    @property
    def is_new(self) -> bool:
        """Whether it still waits for staff."""
        return self.state == self.State.NEW

    def mark_answered(self, *, by: str, now: datetime) -> None:
        """Note that `by` (a user name) has answered. Raises AlreadySettled."""
        self._transition_to(self.State.ANSWERED, settled_by=by, settled_at=now)

    def mark_declined(self, *, reason: str, note: str, by: str, now: datetime) -> None:
        """Note that `by` does not answer, and why (a Reason). Raises AlreadySettled."""
        self._transition_to(
            self.State.DECLINED, settled_by=by, settled_at=now, decline_reason=reason, note=note
        )

    def _transition_to(self, state: State, **values: Any) -> None:
        if state not in self.TRANSITIONS[self.State(self.state)]:
            raise AlreadySettled
        mine = VisitorQuestion.objects.filter(pk=self.pk, state=self.state)
        if mine.update(state=state, **values) != 1:
            raise AlreadySettled
        for name, value in {"state": state, **values}.items():
            setattr(self, name, value)
