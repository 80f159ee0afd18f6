"""Many reviews in a short time: flagged, so that somebody looks at them together."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from reviews.models import Flag, Review, Source

AN_HOUR = timedelta(hours=1)
FROM_ONE_NETWORK = 3
FROM_EVERYWHERE = 20


def noticed(review: Review, *, now: datetime) -> str:
    """Return what is unusual about when `review` came; empty where nothing is.

    Only reviews nobody was asked for can come in a burst: requests leave in numbers on some days.
    """
    if review.source != Source.SITE:
        return ""
    recent = _recent(now)
    if review.sender_key:
        same = recent.filter(sender_key=review.sender_key).count()
        if same > FROM_ONE_NETWORK:
            return f"{same} from one network within an hour"
    count = recent.count()
    return f"{count} within an hour" if count > FROM_EVERYWHERE else ""


def noted(review: Review) -> str:
    """Return what was unusual about when `review` came, as it was noted then; empty where nothing was."""
    flags = Flag.objects.filter(version__review=review, kind=Flag.Kind.BURST)
    return flags.values_list("detail", flat=True).first() or ""


def flag_the_others(review: Review, detail: str, *, now: datetime) -> int:
    """Flag those that came before `review` in the same burst and wait as well; return how many.

    The first few look harmless when they come. Without this they would be shown by themselves some days later
    while only the last ones are looked at. `detail` is what noticed() said.
    """
    others = _recent(now).filter(state=Review.State.WAITING).exclude(pk=review.pk)
    if "network" in detail:
        others = others.filter(sender_key=review.sender_key)
    flags = [
        Flag(version_id=version, kind=Flag.Kind.BURST, detail=detail, flagged_at=now)
        for version in others.exclude(current=None).values_list("current", flat=True)
    ]
    Flag.objects.bulk_create(flags, ignore_conflicts=True)
    return len(flags)


def _recent(now: datetime) -> QuerySet[Review]:
    return Review.objects.filter(source=Source.SITE, received_at__gt=now - AN_HOUR)
