"""What the rules say of the words of a review. They never see the stars: screen() is not given them.

A statement about an illness or about doing without a medicine holds a review, for any stars alike; every
other claim only keeps it from being quoted (health_facts.md, section 3.5). Nobody's review is held because
they tell that somebody is ill: reviews/illness_talk.py knows the difference.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from claims.check import RULES_VERSION
from claims.desk import OpenFinding, PublishedText, all_findings, open_findings
from reviews import duplicates, illness_talk, other_tongues, readings, word_lists, wording
from reviews.disguises import plain_words
from reviews.models import Flag, ReviewVersion

Kind = Flag.Kind

SUBJECT = "reviews.review"
CONTEXT = "patch"
# The field of what is read out of the words for the claims check: reviews/readings.py.
READ = "read"
# Statements about an illness, or about doing without a medicine.
HOLDING = frozenset({"cure", "disease_treatment", "prevention", "diagnosis", "drug_comparison"})
NOT_ENGLISH = "It is not in English and names an illness or a medicine."
# What lies in the words, whenever they are read; the other kinds are about how a review came.
OF_WORDS = frozenset({Kind.CLAIM, Kind.OTHER_CLAIM, Kind.PRIVATE_DATA})


@dataclass(frozen=True)
class Words:
    """What of a review the rules read. There are no stars and no ratings here, on purpose."""

    title: str
    body: str
    author_name: str
    skin_reacted: bool | None = None

    @property
    def text(self) -> str:
        """Title and body as one text."""
        return f"{self.title}. {self.body}" if self.title else self.body


@dataclass(frozen=True)
class Screening:
    """What the rules found. `flags` maps a kind to what was noticed."""

    flags: dict[Kind, str] = field(default_factory=dict)
    is_promotable: bool = True
    reports_reaction: str = ""
    reports_no_effect: str = ""
    rules_version: str = ""

    @property
    def holding_claim(self) -> str:
        """The sentence that holds it, empty where none does."""
        return self.flags.get(Kind.CLAIM, "")


def screen(words: Words, *, review_pk: int | None, now: datetime) -> Screening:
    """Read the words of a review, stored (`review_pk`) or new, and say what the rules find."""
    found = open_in(texts_of(words, review_pk))
    flags: dict[Kind, str] = {}
    if held := _holding(found, words):
        flags[Kind.CLAIM] = held
    if others := [one for one in found if one.finding.category not in HOLDING or not held]:
        flags[Kind.OTHER_CLAIM] = _lines(one.sentence for one in others)
    # The rules know a few phrases of other tongues only, so what they let through is not quoted.
    is_unread = other_tongues.names_illness(plain_words(words.text))
    if is_unread and not held:
        flags.setdefault(Kind.OTHER_CLAIM, NOT_ENGLISH)
    if private := wording.private_data(words.text):
        flags[Kind.PRIVATE_DATA] = private
    if (number := duplicates.similar_to(words.body, not_of=review_pk, now=now)) is not None:
        flags[Kind.DUPLICATE] = f"review {number}"
    reaction = wording.reaction(words.text)
    if words.skin_reacted and not reaction:
        reaction = "ticked “My skin reacted”"
    return Screening(
        flags=flags,
        is_promotable=not found and not is_unread,
        reports_reaction=reaction,
        reports_no_effect=wording.no_effect(words.text),
        rules_version=rules_version(),
    )


def rules_version() -> str:
    """Return what changes with every change of the rules by which reviews are read."""
    return f"{RULES_VERSION}-{word_lists.version()}"


def words_of(version: ReviewVersion | None) -> Words:
    """Return what the rules read of a stored version."""
    if version is None:
        return Words("", "", "")
    return Words(version.title, version.body, version.author_name, version.skin_reacted)


def claims_in(version: ReviewVersion) -> list[OpenFinding]:
    """Return every claim in a stored version that nobody has let stand, by the rules of today."""
    return open_in(texts_of(words_of(version), version.review_id))


def holding_claim_in(version: ReviewVersion) -> str:
    """Return the sentences that hold a stored version today, empty where none does."""
    return _holding(claims_in(version), words_of(version))


def holds(one: OpenFinding, words: Words) -> bool:
    """Say whether `one`, found in `words`, holds the review, or only keeps it from being quoted."""
    return bool(_holding([one], words))


def texts_of(words: Words, review_pk: int | None) -> list[PublishedText]:
    """Return the words as the claims check reads them, so that a sentence can be allowed by two people."""
    subject = f"{SUBJECT}:{review_pk or 'new'}"
    path = f"/admin/reviews/review/{review_pk}/change/" if review_pk else ""
    pieces = (("title", words.title), ("body", words.body), ("author_name", words.author_name))
    texts = [
        PublishedText(subject, name, f"Review: {name}", text, CONTEXT, path)
        for name, text in pieces
        if text
    ]
    known = {claim for claim in _claimed(all_findings(texts), words) if claim}
    return [
        *texts,
        *(
            PublishedText(subject, READ, "Review: what its words come to", text, CONTEXT, path)
            for text in readings.of_claims(words.text, known=known)
        ),
    ]


def open_in(texts: Iterable[PublishedText]) -> list[OpenFinding]:
    """Return what nobody has let stand; of a reading one finding, so that one request is enough."""
    return [
        one
        for one in open_findings(texts)
        if one.text.field != READ or one.finding.category == readings.CATEGORY
    ]


def _holding(found: list[OpenFinding], words: Words) -> str:
    """Return what of `found` says something about an illness or a medicine, one sentence a line."""
    return _lines(_claimed(found, words))


def _claimed(found: list[OpenFinding], words: Words) -> Iterator[str]:
    for one in found:
        if one.text.field == READ:
            yield readings.author_words(one.sentence, words.text)
        elif one.finding.category in HOLDING:
            yield illness_talk.claim_in(one.sentence, words.text, one.finding.category)


def _lines(sentences: Iterable[str]) -> str:
    return "\n".join(one for one in dict.fromkeys(sentences) if one)
