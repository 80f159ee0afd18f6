"""Who has to say that they are ours: the label beside a review (16 CFR 465.5)."""

from collections.abc import Callable

from accounts.models import User
from reviews.models import Insider

Tie = Insider.Tie

_sources: dict[str, Callable[[str], Tie | None]] = {}


def register(name: str, source: Callable[[str], Tie | None]) -> None:
    """Let `source(email)` tell ties that another app knows, such as those of partners."""
    _sources[name] = source


def label_for(email: str, *, told: str = "") -> str:
    """Return what stands beside a review by `email`, empty for somebody without a tie.

    `told` is the tie that its author names themself (one of Insider.Tie, or empty). What we know ourselves
    goes before it.
    """
    tie = _known(email.strip().lower()) or (Tie(told) if told in Tie.values else None)
    return str(tie.label) if tie else ""


def _known(email: str) -> Tie | None:
    if not email:
        return None
    domain = email[email.rfind("@") :]
    rows = Insider.objects.filter(address__in=[email, domain]).order_by("-address")
    # A row from before such domains were refused makes nobody ours.
    if row := next((row for row in rows if not row.covers_everybody), None):
        return Tie(row.tie)
    if User.objects.filter(email__iexact=email, is_staff=True).exists():
        return Tie.STAFF
    return next((tie for source in _sources.values() if (tie := source(email))), None)
