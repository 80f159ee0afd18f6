"""What happened to many reviews, written straight into the tables: for looks at hundreds of them at once."""

from datetime import timedelta
from typing import Any

from claims.models import Override
from reviews import fairness
from reviews.models import FairnessCheck, LogEntry, Review, ReviewVersion, Source
from tests.factories import make_product
from tests.reviews.makers import NOW

NIGHT = NOW + timedelta(days=1)
SHOWN = (("waiting",), ("shown", "mo"))
HELD = (("withheld", "", "unlawful_claim"),)


def withheld(actor: str = "mo", reason: str = "abuse") -> tuple[tuple[str, ...], ...]:
    """It waited, and somebody withheld it."""
    return ("waiting",), ("withheld", actor, reason)


class History:
    """Adds reviews by what became of them, and stores all of them at once."""

    def __init__(self) -> None:
        self.rows: list[LogEntry] = []
        self.reviews: list[Review] = []
        self.versions: list[ReviewVersion] = []
        self.overrides: list[tuple[int, str, str, str]] = []
        self.product = make_product()

    def __call__(
        self, stars: int, *acts: Any, bought: bool = False, label: str = "", photo: str = ""
    ) -> int:
        """Add a review with these acts after its receipt, (kind, actor, reason, note, hours until then).

        `label` stands beside it today. Returns its place.
        """
        number = len(self.reviews) + 1
        review = Review(
            number=number,
            product=self.product,
            source=Source.SITE,
            stars=stars,
            insider_label=label,
            received_at=NOW,
            state_at=NOW,
            written_at=NOW,
        )
        self.reviews.append(review)
        version = ReviewVersion(place=1, stars=stars, written_at=NOW, photo_digest=photo)
        self.versions.append(version)
        for kind, *more in ("received",), *acts:
            actor, reason, note, hours = (*more, *("", "", "", 0)[len(more) :])
            entry = LogEntry(
                sequence=len(self.rows) + 1,
                number=number,
                kind=kind,
                stars=stars,
                is_verified=bought,
                source=Source.SITE,
                reason=reason,
                actor=actor,
                note=note,
                at=NOW + timedelta(minutes=len(self.rows), hours=hours),
                hash=f"{len(self.rows):064}",
            )
            entry.place_ = number - 1  # type: ignore[attr-defined]
            self.rows.append(entry)
        return number - 1

    def asked_to_let_stand(
        self, place: int, state: str, category: str = "cure", sentence: str = "It cured me."
    ) -> None:
        """Somebody asked to let a sentence of the review at `place` stand, and this became of it."""
        self.overrides.append((place, state, category, sentence))

    def store(self) -> FairnessCheck:
        """Store all of it and look at it."""
        Review.objects.bulk_create(self.reviews)
        for review, version in zip(self.reviews, self.versions, strict=True):
            version.review = review
        ReviewVersion.objects.bulk_create(self.versions)
        for row in self.rows:
            row.review = self.reviews[row.place_]
            row.version = self.versions[row.place_]
        LogEntry.objects.bulk_create(self.rows)
        Override.objects.bulk_create(self._override(*one) for one in self.overrides)
        return fairness.run(NIGHT)

    def _override(self, place: int, state: str, category: str, sentence: str) -> Override:
        decided = {"decided_by": "bo", "decided_at": NOW} if state != "requested" else {}
        back = {"taken_back_by": "bo", "taken_back_at": NOW} if state == "withdrawn" else {}
        return Override(
            subject=f"reviews.review:{self.reviews[place].pk}",
            field="body",
            rule="cure",
            category=category,
            sentence=sentence,
            fingerprint=sentence[:32],
            state=state,
            reason="a quote",
            requested_by="ann",
            requested_at=NOW,
            **decided,
            **back,
        )


def found(check: FairnessCheck) -> list[tuple[str, str]]:
    """What a look found to depend on the stars: what was looked at, and of whom or which reason."""
    return [(test["about"], test["of"]) for test in check.result["tests"] if test["is_found"]]


def one(check: FairnessCheck, about: str, test: str, of: str = "") -> dict[str, Any]:
    """One test of a look."""
    return next(
        row
        for row in check.result["tests"]
        if (row["about"], row["of"], row["test"]) == (about, of, test)
    )
