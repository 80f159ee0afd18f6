"""One email when a sold-out pack is back, for those who asked for it and confirmed it.

Asked for twice on purpose: a form, then a button behind a link in an email, so that nobody can put
somebody else's address here. Nothing else is ever sent to these addresses.
"""

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse

from outbox import mail
from products.models import BackInStockAlert, Variant
from shop.lib.tokens import find_by_token
from throttle import limits

# What stands beside the box. Each alert keeps the words that were shown, so they may change here.
CONSENT_LABEL = "Email me once when this pack is back in stock"
CONSENT_MORE = (
    "I agree that you keep my email address for that, as the Privacy Policy says. "
    "I can stop it at any time."
)
CONSENT_TEXT = f"{CONSENT_LABEL}\n{CONSENT_MORE}"

ASKED_PER_HOUR = 5  # by one network
MAILS_PER_DAY = 3  # to one address, whoever asks
MOST_AT_ONCE = 500

# The privacy policy promises a day more each; that day is left for the nightly run.
KEEP_UNCONFIRMED = timedelta(days=6)
KEEP_MAILED = timedelta(days=29)
KEEP_WAITING = timedelta(days=364)


class TooManyRequests(Exception):
    """This network has asked often enough for an hour."""


def sold_out_packs() -> list[Variant]:
    """Return the packs that somebody can wait for: on sale, and none left. One query."""
    found = Variant.objects.on_sale().filter(stock_on_hand__lte=F("stock_reserved"))
    return list(found.select_related("product").order_by("product", "position", "pk"))


def ask(*, variant: Variant, email: str, sender: str, now: datetime) -> None:
    """Note that `email` wants to hear of `variant`, and mail it the link that confirms.

    `sender` is the network (throttle.limits.address_block), counted and not stored. Tells the caller
    nothing about the address: known, confirmed or new, it all looks the same. Raises TooManyRequests.
    """
    hour, day = timedelta(hours=1), timedelta(days=1)
    if not limits.hit(kind="back_in_stock", key=sender, limit=ASKED_PER_HOUR, period=hour, now=now):
        raise TooManyRequests
    if not limits.hit(
        kind="back_in_stock_mail", key=email.lower(), limit=MAILS_PER_DAY, period=day, now=now
    ):
        return
    with transaction.atomic():
        alert = _noted(variant, email, now)
        if alert.confirmed_at is None:
            mail.queue_mail(
                to=alert.email,
                template="products/back_in_stock_confirm",
                context=_context(alert, variant),
            )


def find(token: str) -> BackInStockAlert | None:
    """Return the alert behind `token` with its pack, None when there is none (any more)."""
    return find_by_token(BackInStockAlert.objects.select_related("variant__product"), token)


def confirm(token: str, *, now: datetime) -> None:
    """Count the alert behind `token` as confirmed. Harmless when done already or unknown."""
    if alert := find(token):
        BackInStockAlert.objects.filter(pk=alert.pk, confirmed_at=None).update(confirmed_at=now)


def stop(token: str) -> None:
    """Erase the alert behind `token` with every copy of its mails. Harmless when there is none."""
    if alert := find(token):
        _erase(BackInStockAlert.objects.filter(pk=alert.pk))


def tell(now: datetime) -> int:
    """Queue the mails for packs that are back; return how many.

    At most as many for each pack as are available, the longest waiting first; the others in a later
    run, if there are packs left then. Marking an alert and queuing its mail are one transaction.
    """
    back = Variant.objects.on_sale().filter(
        pk__in=BackInStockAlert.objects.waiting().values("variant"),
        stock_on_hand__gt=F("stock_reserved"),
    )
    return sum(_tell_of(pk, now) for pk in back.order_by("pk").values_list("pk", flat=True))


def forget_old(now: datetime) -> int:
    """Erase what the privacy policy promises to erase; return how many alerts."""
    return _erase(
        BackInStockAlert.objects.filter(
            Q(confirmed_at=None, asked_at__lt=now - KEEP_UNCONFIRMED)
            | Q(mailed_at__lt=now - KEEP_MAILED)
            | Q(mailed_at=None, asked_at__lt=now - KEEP_WAITING)
        )
    )


def _noted(variant: Variant, email: str, now: datetime) -> BackInStockAlert:
    consent = {
        "consent_text": CONSENT_TEXT,
        "consent_sha256": hashlib.sha256(CONSENT_TEXT.encode()).hexdigest(),
        "asked_at": now,
    }
    alert, is_new = BackInStockAlert.objects.get_or_create(
        variant=variant,
        email__iexact=email,
        mailed_at=None,
        defaults={"email": email, **consent},
    )
    if not is_new and alert.confirmed_at is None:
        BackInStockAlert.objects.filter(pk=alert.pk).update(**consent)
    return alert


@transaction.atomic
def _tell_of(variant_id: int, now: datetime) -> int:
    # Two runs at once stand in line here, and the second one sees what the first one marked.
    variant = (
        Variant.objects.select_for_update(of=("self",)).select_related("product").get(pk=variant_id)
    )
    alerts = BackInStockAlert.objects.waiting().filter(variant=variant)
    told = 0
    for alert in alerts[: max(0, min(variant.available, MOST_AT_ONCE))]:
        if BackInStockAlert.objects.filter(pk=alert.pk, mailed_at=None).update(mailed_at=now):
            _mail_that_it_is_back(alert, variant)
            told += 1
    return told


def _mail_that_it_is_back(alert: BackInStockAlert, variant: Variant) -> None:
    context = _context(alert, variant)
    mail.queue_mail(
        to=alert.email,
        template="products/back_in_stock",
        context=context,
        headers={
            "List-Unsubscribe": f"<{context['stop_url']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def _context(alert: BackInStockAlert, variant: Variant) -> dict[str, object]:
    return {
        "pack": variant,
        "pack_url": f"{settings.SITE_URL}{reverse('product_information')}?pack={variant.sku}",
        "confirm_url": f"{settings.SITE_URL}{reverse('back_in_stock_alert', args=[alert.token])}",
        "stop_url": f"{settings.SITE_URL}{reverse('back_in_stock_stop', args=[alert.token])}",
    }


@transaction.atomic
def _erase(alerts: QuerySet[BackInStockAlert]) -> int:
    erased = 0
    for pk, email, token in alerts.values_list("pk", "email", "token"):
        # The row first: whoever is just writing to this address is waited for, or finds nobody.
        erased += BackInStockAlert.objects.filter(pk=pk).delete()[0]
        mail.forget(to=email, containing=token)
    return erased
