"""The staff's front page: what is to be done first, as counts with links."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, PermissionsMixin
from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from post_office.models import STATUS, Email

from blog import freshness
from blog.models import Post
from claims import sources
from claims.models import Override, StandingFinding
from orders import attack_mode, worklist
from orders.models import AttackMode, Order
from outbox import delivery
from products.models import Variant
from references import uses
from references.models import Statement

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

    @property
    def waiting(self) -> list[Task]:
        """The work that waits, the urgent first."""
        return [task for task in self.tasks if task.count]

    @property
    def done(self) -> list[Task]:
        """The kinds of work of which there is none now."""
        return [task for task in self.tasks if not task.count]


def overview(user: User) -> Overview:
    """Return what `user` may see of the day's work, the urgent first. At most eighteen queries."""
    tasks = [
        *_attack_tasks(user),
        *_order_tasks(user),
        *_message_tasks(user),
        *_stock_tasks(user),
        *_mail_tasks(user),
        *_post_tasks(user),
        *_claim_tasks(user),
        *_statement_tasks(user),
    ]
    urgency = {"bad": 0, "warn": 1, "info": 2, "good": 3}
    tasks.sort(key=lambda task: (task.count == 0, urgency[task.state]))
    recent: list[Order] = []
    if _may(user, "orders.view_order"):
        recent = list(
            Order.objects.prefetch_related("lines").order_by("-placed_at")[:RECENT_ORDERS]
        )
    return Overview(tasks=tasks, recent_orders=recent)


def _attack_tasks(user: User) -> Iterator[Task]:
    if not _may(user, "orders.view_attackmode"):
        return
    on = AttackMode.objects.filter(is_on=True).count()
    path = _path("admin:orders_attackmode_changelist")
    hint = (
        "payment links go by mail only" if attack_mode.can_mail() else "but this shop sends no mail"
    )
    yield Task("Attack mode", f"on: {hint}", on, path, "bad")


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
    answers, due_at = worklist.answers_due()
    hint = f"answer by {date_format(localtime(due_at), 'M j')}" if due_at else "answer at Stripe"
    if due_at and due_at <= now():
        hint = "an answer is overdue"
    yield Task("Disputes to answer", hint, answers, f"{page}?todo=dispute", "bad")
    decisions = worklist.decisions_due()
    yield Task("Fraud warnings", "pay it back, or trust it", decisions, f"{page}?todo=fraud", "bad")
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
    low = Variant.objects.low().count()
    path = _path("admin:products_variant_changelist")
    yield Task("Packs low in stock", "order more", low, path, "warn")


def _post_tasks(user: User) -> Iterator[Task]:
    if not _may(user, "blog.view_post"):
        return
    submitted = Post.objects.filter(status=Post.Status.SUBMITTED).count()
    path = _path("admin:blog_post_changelist", "?status__exact=submitted")
    yield Task("Posts submitted", "to be reviewed and published", submitted, path, "warn")
    overdue = freshness.overdue_posts(now()).count()
    path = _path("admin:blog_post_changelist", "?todo=overdue")
    yield Task("Posts to review", "their next review is late", overdue, path, "warn")


def _claim_tasks(user: User) -> Iterator[Task]:
    if not isinstance(user, PermissionsMixin):
        return
    if _may(user, "claims.view_standingfinding"):
        count = sources.readable(StandingFinding.objects.open(), user).count()
        path = _path("admin:claims_standingfinding_changelist")
        yield Task("Claims to look at", "published, and flagged", count, path, "warn")
    if _may(user, "claims.decide_override"):
        waiting = Override.objects.filter(state=Override.State.REQUESTED)
        asked = sources.readable(waiting, user).count()
        path = _path("admin:claims_override_changelist", "?state__exact=requested")
        yield Task(
            "Sentences to decide on", "somebody asked to let them stand", asked, path, "warn"
        )


def _statement_tasks(user: User) -> Iterator[Task]:
    page = _path("admin:references_statement_changelist")
    if _may(user, "references.view_statement"):
        cited = len({use.edit_path for use in uses.lapsed_and_cited(now())})
        hint = "public, and cite a statement that does not stand"
        yield Task("Posts on lapsed statements", hint, cited, f"{page}?state=lapsed", "bad")
        due = Statement.objects.due(now()).count()
        hint = "they ended, end soon or were changed"
        yield Task("Statements to look at", hint, due, f"{page}?state=due", "warn")
    if _may(user, "references.approve_statement"):
        waiting = Statement.objects.waiting().count()
        hint = "a second person approves them"
        yield Task("Statements to approve", hint, waiting, f"{page}?state=waiting", "warn")


def _mail_tasks(user: User) -> Iterator[Task]:
    if not _may(user, "post_office.view_email"):
        return
    late = delivery.held_up(now())
    counts = Email.objects.exclude(status=STATUS.sent).aggregate(
        failed=Count("pk", filter=Q(status=STATUS.failed)),
        waiting=Count("pk", filter=Q(status__in=[STATUS.queued, STATUS.requeued])),
        late=Count("pk", filter=Q(pk__in=late.values("pk"))),
    )
    page = reverse("admin:post_office_email_changelist")
    yield Task(
        "Mails that failed", "not delivered", counts["failed"], f"{page}?state=failed", "bad"
    )
    if settings.MAIL_DELIVERY == "keep":
        hint, label = "this shop sends no mail", "Mails kept here"
    else:
        label = "Mails on their way"
        hint = "sent once mail works again" if counts["late"] else "sent within minutes"
        trouble = "mail server or worker is away"
        yield Task("Mails held up", trouble, counts["late"], f"{page}?state=late", "bad")
    yield Task(label, hint, counts["waiting"], f"{page}?state=waiting", "info")


def _may(user: User, permission: str) -> bool:
    return isinstance(user, PermissionsMixin) and user.has_perm(permission)


def _path(name: str, query: str = "") -> str:
    try:
        return f"{reverse(name)}{query}"
    except NoReverseMatch:
        return ""
