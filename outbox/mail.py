"""Mail leaves through a stored outbox: a row written with the work it tells about, sent later."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from post_office.models import PRIORITY, STATUS, Email


def queue_mail(
    *,
    to: str | Sequence[str],
    template: str,
    context: Mapping[str, Any],
    reply_to: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Email:
    """Store one mail in the outbox, in the caller's transaction, and return it.

    `template` names `templates/emails/<template>.subject.txt`, `.txt` and `.html`. Nothing is sent
    here; `outbox.delivery` does that, as often as it takes. `headers` are added to the mail's own.

    The row is made directly and not by post_office.mail.send(), which would render the finished text
    once more as a template: a customer could write template code in their name.
    """
    values = {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
        "IS_DEMO": settings.DEMO,
        "SHOP_LEGAL_NAME": settings.SHOP_LEGAL_NAME,
        "SHOP_POSTAL_ADDRESS": settings.SHOP_POSTAL_ADDRESS,
        **context,
    }
    subject = render_to_string(f"emails/{template}.subject.txt", values)
    email: Email = Email.objects.create(
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to] if isinstance(to, str) else list(to),
        subject=" ".join(subject.split()),
        message=render_to_string(f"emails/{template}.txt", values),
        html_message=render_to_string(f"emails/{template}.html", values),
        headers={**({"Reply-To": reply_to} if reply_to else {}), **(headers or {})} or None,
        priority=PRIORITY.medium,
        status=STATUS.queued,
    )
    return email


def readdress(*, before: str, after: str, old_secret: str, new_secret: str) -> int:
    """Let mails that have not left for `before` and hold `old_secret` go to `after`, with `new_secret`.

    One that failed stays failed, but goes there when it is sent again. What has been sent stays on record
    as it was. Returns how many were changed. In a transaction.
    """
    waiting = Email.objects.select_for_update().filter(
        to=[before],
        message__contains=old_secret,
        status__in=[STATUS.queued, STATUS.requeued, STATUS.failed],
    )
    for email in waiting:
        Email.objects.filter(pk=email.pk).update(
            to=[after],
            message=email.message.replace(old_secret, new_secret),
            html_message=email.html_message.replace(old_secret, new_secret),
        )
    return len(waiting)


def take_back(*, containing: str) -> int:
    """Delete the mails that have not left and hold `containing` (a secret of their link); return how many."""
    waiting = Email.objects.filter(
        status__in=[STATUS.queued, STATUS.requeued, STATUS.failed], message__contains=containing
    )
    taken: int = waiting.delete()[1].get(Email._meta.label, 0)
    return taken


def forget(*, to: str, containing: str) -> None:
    """Delete every mail to `to` whose text holds `containing` (a secret of its link).

    One that still waits is not sent any more.
    """
    Email.objects.filter(to=[to], message__contains=containing).delete()
