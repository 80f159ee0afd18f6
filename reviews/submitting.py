"""A review comes in, is changed, is withdrawn: what an author does. No log-in; links are signed."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import get_default_timezone
from PIL import Image

from products.models import Product
from reviews import (
    bursts,
    campaigns,
    counting,
    decisions,
    duplicates,
    insiders,
    log,
    notifications,
    photo_files,
    safety,
    screening,
    wording,
)
from reviews.models import (
    Flag,
    Invitation,
    LogEntry,
    Reason,
    Review,
    ReviewPhoto,
    ReviewVersion,
    Source,
)
from shop.lib import pictures

WIDTHS = (320, 720, 1440)
# What a version copies from what was written, besides its words.
COPIED = (
    *("author_name", "stars", "sticking", "skin_comfort", "ease_of_use", "value"),
    *("skin_type", "worn_on", "held", "used_for", "skin_reacted"),
)


class AlreadyReviewed(Exception):
    """This request was answered before. `review` is the review; its author may change it."""

    def __init__(self, review: Review) -> None:
        self.review = review
        super().__init__()


class RequestEnded(Exception):
    """The link of this request is too old."""


@dataclass(frozen=True)
class Content:
    """What somebody wrote. Ratings are 1 to 5 or None; `photo` is from shop.lib.pictures.read().

    `keeps_photo`: an edit goes on with the photo of the version before.
    """

    stars: int
    author_name: str
    body: str
    title: str = ""
    sticking: int | None = None
    skin_comfort: int | None = None
    ease_of_use: int | None = None
    value: int | None = None
    skin_type: str = ""
    worn_on: str = ""
    held: str = ""
    used_for: str = ""
    skin_reacted: bool | None = None
    photo: Image.Image | None = None
    photo_alt: str = ""
    keeps_photo: bool = False


@dataclass(frozen=True)
class Origin:
    """Where a review comes from.

    `sender` is a hash of the sender's network with the day (throttle.limits.digest_of), `tie` what the
    author says ties them to us (Insider.Tie or empty). An order line comes with an invitation, or with an
    import that was matched; nothing else makes a buyer of somebody.
    """

    product: Product
    source: Source
    email: str = ""
    sender: str = ""
    tie: str = ""
    invitation: Invitation | None = None
    order_line_id: int | None = None
    imported_from: str = ""
    imported_date: Any = None
    proof: str = ""
    is_demo: bool = False


def receive(content: Content, origin: Origin, *, now: datetime) -> Review:
    """Take a review: give it its number, write it into the log, let the rules decide; return it.

    A request is answered once; its campaign's code is issued here, before anybody or any rule has judged the
    review. Raises AlreadyReviewed, RequestEnded.
    """
    invitation = origin.invitation
    if invitation is not None and invitation.expires_at <= now:
        raise RequestEnded
    content, links = _cleaned(content)
    found = screening.screen(_words(content), review_pk=None, now=now)
    stored = _stored(content)
    with photo_files.dropped_if_not_taken(stored), transaction.atomic():
        log.locked_head()
        if invitation is not None:
            _refuse_second(invitation)
        review = _new_review(content, origin, now)
        version = _add_version(review, content, links, stored, now)
        _take_in(review, version, found, now)
        log.write(review, LogEntry.Kind.RECEIVED, version=version, now=now)
        if invitation is not None:
            campaigns.issue(invitation, now=now)
        notifications.review_received(review)
        decisions.settle(review, found, before=Counter(), now=now)
    return review


def edit(review_id: int, content: Content, *, now: datetime) -> Review:
    """Take an author's new version; the earlier ones stay on record. It goes the way of a new review."""
    content, links = _cleaned(content)
    found = screening.screen(_words(content), review_pk=review_id, now=now)
    stored = _stored(content)
    with photo_files.dropped_if_not_taken(stored), transaction.atomic():
        log.locked_head()
        review = Review.objects.select_related("current", "product").get(pk=review_id)
        before = counting.keys_of(review, review.current)
        version = _add_version(review, content, links, stored, now)
        _take_in(review, version, found, now)
        log.write(review, LogEntry.Kind.EDITED, version=version, now=now)
        decisions.settle(review, found, before=before, now=now)
    return review


def look_again(review_id: int, *, now: datetime) -> bool:
    """Read a stored review with the rules of today; decide anew where they say something else.

    For new rules, and for sentences that two people have let stand, or no longer. Returns whether it moved.
    A person's decision for another reason stays, and so does what was noticed when the review came.
    """
    words = screening.words_of(Review.objects.select_related("current").get(pk=review_id).current)
    found = screening.screen(words, review_pk=review_id, now=now)
    found = replace(
        found, flags={kind: found.flags[kind] for kind in found.flags if kind in screening.OF_WORDS}
    )
    with transaction.atomic():
        log.locked_head()
        review = Review.objects.select_related("current", "product").get(pk=review_id)
        if review.current is None or screening.words_of(review.current) != words:
            return False
        before, was = counting.keys_of(review, review.current), (review.state, review.reason)
        _keep_flags(review.current, found.flags, now)
        _note_what_rules_say(review, found, now)
        if not _is_for_the_rules(review, found):
            return False
        decisions.settle(review, found, before=before, now=now)
        if review.is_shown and was[0] != Review.State.SHOWN:
            notifications.review_shown(review)
        return was != (review.state, review.reason)


def _note_what_rules_say(review: Review, found: screening.Screening, now: datetime) -> None:
    is_known = review.reports_reaction
    review.is_promotable, review.rules_version = found.is_promotable, found.rules_version
    review.reports_reaction = bool(found.reports_reaction)
    review.reports_no_effect = bool(found.reports_no_effect)
    review.save(
        update_fields=["is_promotable", "rules_version", "reports_reaction", "reports_no_effect"]
    )
    if found.reports_reaction and not is_known:
        safety.open_case(review, found.reports_reaction, now=now)


def _is_for_the_rules(review: Review, found: screening.Screening) -> bool:
    """Say whether what the rules find differs from where the review stands, and is theirs to decide."""
    is_held = review.reason == Reason.UNLAWFUL_CLAIM
    by_rules = (
        {Review.State.SHOWN, Review.State.WAITING} if not is_held else {Review.State.WITHHELD}
    )
    return bool(found.holding_claim) != is_held and review.state in by_rules


def _cleaned(content: Content) -> tuple[Content, int]:
    title, in_title = wording.without_links(content.title)
    body, in_body = wording.without_links(content.body)
    return replace(content, title=title, body=body), in_title + in_body


def _stored(content: Content) -> pictures.Stored | None:
    # Before the transaction: encoding takes seconds. The same picture once more is a file of its own.
    if content.photo is None:
        return None
    folder = photo_files.new_folder()
    return pictures.store(content.photo, folder, widths=WIDTHS, formats=("avif",))


def _words(content: Content) -> screening.Words:
    return screening.Words(
        title=content.title,
        body=content.body,
        author_name=content.author_name,
        skin_reacted=content.skin_reacted,
    )


def _refuse_second(invitation: Invitation) -> None:
    # Also when an import brought what this buyer had written elsewhere: their link leads to it.
    answered = Q(invitation=invitation) | Q(order_line=invitation.order_line_id)
    if earlier := Review.objects.filter(answered).first():
        raise AlreadyReviewed(earlier)


def _new_review(content: Content, origin: Origin, now: datetime) -> Review:
    invitation = origin.invitation
    review = Review(
        number=log.next_number(),
        product=origin.product,
        order_line_id=invitation.order_line_id if invitation else origin.order_line_id,
        source=origin.source,
        invitation=invitation,
        incentive_label=invitation.incentive_label if invitation else "",
        received_at=now,
        is_demo=origin.is_demo,
        origin=origin.imported_from,
        origin_date=origin.imported_date,
        proof=origin.proof,
        email=origin.email,
        insider_label=insiders.label_for(origin.email, told=origin.tie),
        sender_key=origin.sender,
        state_at=now,
        stars=content.stars,
        written_at=now,
    )
    review.save(force_insert=True)
    return review


def _add_version(
    review: Review,
    content: Content,
    links: int,
    stored: pictures.Stored | None,
    now: datetime,
) -> ReviewVersion:
    earlier = review.current
    kept = photo_files.photo_of(earlier) if content.keeps_photo and stored is None else None
    version = ReviewVersion.objects.create(
        review=review,
        place=earlier.place + 1 if earlier else 1,
        written_at=now,
        title=content.title,
        body=content.body,
        links_removed=links,
        words_hash=duplicates.words_hash(content.body),
        words_print=duplicates.words_print(content.body),
        photo_digest=stored.digest if stored else kept.digest if kept else "",
        **{name: getattr(content, name) for name in COPIED},
    )
    if stored:
        photo = ReviewPhoto(version=version, digest=stored.digest, alt=content.photo_alt)
        photo.file.name, photo.renditions = stored.name, stored.renditions
        photo.width, photo.height = stored.width, stored.height
        photo.save()
        review.photo_state, review.photo_reason = Review.PhotoState.WAITING, ""
    elif kept:
        _keep_photo(review, kept, version, content.photo_alt)
    else:
        review.photo_state, review.photo_reason = Review.PhotoState.NONE, ""
    return version


def _keep_photo(review: Review, photo: ReviewPhoto, version: ReviewVersion, alt: str) -> None:
    if alt and alt != photo.alt and review.photo_state == Review.PhotoState.SHOWN:
        # These words are shown with the photo, and nobody has read them yet.
        review.photo_state = Review.PhotoState.WAITING
    photo.pk, photo.version, photo.alt = None, version, alt or photo.alt
    photo.renditions = photo_files.own_renditions(photo)
    photo.save(force_insert=True)


def _take_in(
    review: Review, version: ReviewVersion, found: screening.Screening, now: datetime
) -> None:
    """Make `version` the current one, and note what the rules found."""
    review.current = version
    review.stars, review.written_at = version.stars, now
    if review.origin_date is not None and version.place == 1:
        review.written_at = min(now, _noon_of(review.origin_date))
    review.skin_type, review.worn_on, review.held = version.skin_type, version.worn_on, version.held
    review.is_promotable, review.rules_version = found.is_promotable, found.rules_version
    review.reports_reaction = bool(found.reports_reaction)
    review.reports_no_effect = bool(found.reports_no_effect)
    review.save(
        update_fields=[
            *("current", "stars", "written_at", "skin_type", "worn_on", "held"),
            *("is_promotable", "rules_version", "reports_reaction", "reports_no_effect"),
            *("photo_state", "photo_reason"),
        ]
    )
    _flag(version, found, now)
    if found.reports_reaction:
        safety.open_case(review, found.reports_reaction, now=now)


def _noon_of(day: date) -> datetime:
    # In the shop's own zone: there, and a few zones around, the page shows the day that the origin names.
    return datetime.combine(day, time(12), tzinfo=get_default_timezone())


def _flag(version: ReviewVersion, found: screening.Screening, now: datetime) -> None:
    review = version.review
    flags = dict(found.flags)
    if version.links_removed:
        flags[Flag.Kind.LINKS] = f"{version.links_removed} taken out"
    if review.order_line_id is None:
        flags[Flag.Kind.UNVERIFIED] = ""
    if review.insider_label:
        flags[Flag.Kind.INSIDER] = review.insider_label
    # An author who comes back to change a word does not come with the others of this hour, and does not
    # leave those with whom they came.
    if version.place > 1 and (burst := bursts.noted(review)):
        flags[Flag.Kind.BURST] = burst
    elif version.place == 1 and (burst := bursts.noticed(review, now=now)):
        flags[Flag.Kind.BURST] = burst
        bursts.flag_the_others(review, burst, now=now)
    _keep_flags(version, flags, now)


def _keep_flags(version: ReviewVersion, flags: dict[Flag.Kind, str], now: datetime) -> None:
    for kind, detail in flags.items():
        Flag.objects.get_or_create(
            version=version, kind=kind, defaults={"detail": detail, "flagged_at": now}
        )
