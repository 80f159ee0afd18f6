"""The staff's front page: what is to be done first, as counts with links."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, PermissionsMixin
from django.db.models import Count, F, Q
from django.urls import NoReverseMatch, reverse
from post_office.models import STATUS, Email

from orders import worklist
from orders.models import Order
from products.models import Variant

RECENT_ORDERS = 10

User = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True)
class Task:
    """Some work that waits. `state` is how it is marked: "bad", "warn", "good" or "info"."""

    label: str
    hint: str
    count: int
    path: str
    state: str


@dataclass(frozen=True)
class Overview:
    """What the front page shows to one member of staff."""

    tasks: list[Task]
    recent_orders: list[Order]


def overview(user: User) -> Overview:
    """Return what `user` may see of the day's work, the urgent first. At most seven queries."""
    tasks = [*_order_tasks(user), *_message_tasks(user), *_stock_tasks(user), *_mail_tasks(user)]
    urgency = {"bad": 0, "warn": 1, "info": 2, "good": 3}
    tasks.sort(key=lambda task: (task.count == 0, urgency[task.state]))
    recent: list[Order] = []
    if _may(user, "orders.view_order"):
        recent = list(
            Order.objects.prefetch_related("lines").order_by("-placed_at")[:RECENT_ORDERS]
        )
    return Overview(tasks=tasks, recent_orders=recent)


def _order_tasks(user: User) -> Iterator[Task]:
    if not _may(user, "orders.view_order"):
        return
    counts = worklist.counts()
    page = reverse("admin:orders_order_changelist")
    yield Task("Orders to ship", "paid", counts["to_ship"], f"{page}?todo=ship", "warn")
    yield Task(
        "Orders to review",
        "nothing ships before",
        counts["in_review"],
        f"{page}?todo=review",
        "bad",
    )
    refunds = worklist.troubled_refunds().count()
    yield Task("Refunds to look at", "failed or in doubt", refunds, f"{page}?todo=refund", "bad")
    yield Task(
        "Payments awaited", "stock is held for them", counts["unpaid"], f"{page}?todo=pay", "info"
    )


def _message_tasks(user: User) -> Iterator[Task]:
    # pages sits beside us in no house rule, but it may be missing from a smaller installation.
    if not _may(user, "pages.view_contactmessage") or not apps.is_installed("pages"):
        return
    message = apps.get_model("pages", "ContactMessage")
    waiting = message._default_manager.filter(state="new").count()
    path = _path("admin:pages_contactmessage_changelist", "?state__exact=new")
    yield Task("Messages to answer", "from the contact form", waiting, path, "warn")


def _stock_tasks(user: User) -> Iterator[Task]:
    if not _may(user, "products.view_variant"):
        return
    low = Variant.objects.filter(
        is_active=True, stock_on_hand__lte=F("stock_reserved") + F("low_stock_at")
    )
    path = _path("admin:products_variant_changelist")
    yield Task("Packs low in stock", "order more", low.count(), path, "warn")


def _mail_tasks(user: User) -> Iterator[Task]:
    if not _may(user, "post_office.view_email"):
        return
    counts = Email.objects.exclude(status=STATUS.sent).aggregate(
        failed=Count("pk", filter=Q(status=STATUS.failed)),
        waiting=Count("pk", filter=Q(status__in=[STATUS.queued, STATUS.requeued])),
    )
    page = reverse("admin:post_office_email_changelist")
    yield Task(
        "Mails that failed", "not delivered", counts["failed"], f"{page}?state=failed", "bad"
    )
    if settings.MAIL_DELIVERY == "keep":
        hint, label = "this shop sends no mail", "Mails kept here"
    else:
        hint, label = "sent within minutes", "Mails on their way"
    yield Task(label, hint, counts["waiting"], f"{page}?state=waiting", "info")


def _may(user: User, permission: str) -> bool:
    return isinstance(user, PermissionsMixin) and user.has_perm(permission)


def _path(name: str, query: str = "") -> str:
    try:
        return f"{reverse(name)}{query}"
    except NoReverseMatch:
        return ""
