"""The staff's front page: what is to be done first, as counts with links."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, PermissionsMixin
from django.db.models import Count, Min, Q
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
from reviews.models import FairnessCheck, Review, SafetyCase

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
    """Return what `user` may see of the day's work, the urgent first. At most twenty-two queries."""
    tasks = [
        *_attack_tasks(user),
        *_order_tasks(user),
        *_message_tasks(user),
        *_review_tasks(user),
        *_safety_tasks(user),
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
    if not apps.is_installed("pages"):
        return
    if _may(user, "pages.view_contactmessage"):
        message = apps.get_model("pages", "ContactMessage")
        waiting = message._default_manager.filter(state="new").count()
        path = _path("admin:pages_contactmessage_changelist", "?state__exact=new")
        yield Task("Messages to answer", "from the contact form", waiting, path, "warn")
    if _may(user, "pages.view_visitorquestion"):
        question = apps.get_model("pages", "VisitorQuestion")
        asked = question._default_manager.filter(state="new").count()
        path = _path("admin:pages_visitorquestion_changelist", "?state__exact=new")
        yield Task("Questions to answer", "asked below the product", asked, path, "warn")


def _review_tasks(user: User) -> Iterator[Task]:
    if not _may(user, "reviews.moderate_review"):
        return
    states, photos = Review.State, Review.PhotoState
    counts = Review.objects.filter(
        Q(state=states.WAITING) | Q(state=states.SHOWN, photo_state=photos.WAITING)
    ).aggregate(
        waiting=Count("pk", filter=Q(state=states.WAITING)),
        oldest=Min("state_at", filter=Q(state=states.WAITING)),
        photos=Count("pk", filter=Q(photo_state=photos.WAITING, state=states.SHOWN)),
        oldest_photo=Min("current__written_at", filter=Q(state=states.SHOWN)),
    )
    page = _path("admin:reviews_review_changelist")
    days = timedelta(days=settings.REVIEW_DECIDE_DAYS)
    too_long = f"one has waited longer than {days.days} days"
    is_late = counts["oldest"] is not None and counts["oldest"] < now() - days
    yield Task(
        "Reviews to decide on",
        too_long if is_late else "somebody wrote them",
        counts["waiting"],
        f"{page}?state__exact=waiting",
        "bad" if is_late else "warn",
    )
    query = "?state__exact=shown&photo_state__exact=waiting"
    is_late = counts["oldest_photo"] is not None and counts["oldest_photo"] < now() - days
    yield Task(
        "Photos to look at",
        too_long if is_late else "the words are shown already",
        counts["photos"],
        page + query,
        "bad" if is_late else "warn",
    )
    newest = FairnessCheck.objects.order_by("-checked_at").values_list("is_fair", flat=True).first()
    hint = "withholding may depend on the stars"
    path = _path("review_numbers", "#fairness")
    yield Task("Fairness check of reviews", hint, int(newest is False), path, "bad")


def _safety_tasks(user: User) -> Iterator[Task]:
    if not _may(user, "reviews.handle_safetycase"):
        return
    states = SafetyCase.State
    counts = SafetyCase.objects.exclude(state=states.CLOSED).aggregate(
        new=Count("pk", filter=Q(state=states.OPEN)),
        asked=Count("pk", filter=Q(state=states.ASKED)),
    )
    page = _path("admin:reviews_safetycase_changelist")
    hint = "nobody has written to them yet"
    yield Task("Skin reactions reported", hint, counts["new"], f"{page}?state__exact=open", "bad")
    hint = "asked, and not closed"
    yield Task("Reactions asked about", hint, counts["asked"], f"{page}?state__exact=asked", "info")


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
