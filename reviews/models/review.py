"""Reviews: what somebody wrote about a product, every version of it, and where it stands.

Who bought comes from the order line, computed by the database; where a review came from, its number and its
label of an incentive never change (triggers, shop/lib/append_only.py). What a person decides moves `state`,
through reviews/decisions.py alone.
"""

from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Cast, Concat

from orders.models import OrderLine
from products.models import Product
from reviews.models.wearing import Held, SkinType, UsedFor, WornOn
from shop.lib.tokens import new_nonce

MOST_STARS = 5


class Source(models.TextChoices):
    """How a review came to us."""

    REQUEST = "request", "Asked by email after delivery"
    SITE = "site", "Written on our site without being asked"
    IMPORT = "import", "Imported"


class Reason(models.TextChoices):
    """Why a review may be withheld: these and no others, whatever its stars (16 CFR 465.7(b))."""

    PRIVATE_DATA = "private_data", "Private data of a person"
    ABUSE = "abuse", "Abuse or discrimination"
    OFF_TOPIC = "off_topic", "Not about the product or the order"
    FAKE = "fake", "Signs that it is not real"
    UNLAWFUL_CLAIM = "unlawful_claim", "A claim about an illness or a medicine"


def _rating(label: str) -> "models.PositiveSmallIntegerField[int | None, int | None]":
    return models.PositiveSmallIntegerField(
        label,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_STARS)],
    )


def _cell() -> "models.GeneratedField":
    """Return the column of what filters combine, as reviews.counting.cell() writes it.

    The database keeps it, so that the few reviews behind many filters are found by one index.
    """
    verified = Case(When(order_line__isnull=False, then=Value("v")), default=Value("-"))
    photo = Case(When(photo_state="shown", then=Value("p")), default=Value("-"))
    bar = Value("|")
    return models.GeneratedField(
        expression=Concat(
            *(Cast("stars", models.CharField()), bar, verified, bar, photo),
            *(bar, "skin_type", bar, "worn_on", bar, "held"),
        ),
        output_field=models.CharField(max_length=50),
        db_persist=True,
    )


class ReviewQuerySet(models.QuerySet["Review"]):
    """Many reviews."""

    def shown(self) -> Self:
        """Reviews that everybody can read."""
        return self.filter(state=Review.State.SHOWN)

    def waiting(self) -> Self:
        """Reviews that wait for a person's decision, the oldest first."""
        return self.filter(state=Review.State.WAITING).order_by("number")

    def needing_a_person(self) -> Self:
        """Reviews whose words, or whose photo beside shown words, wait for somebody; the oldest first."""
        photo = Q(state=Review.State.SHOWN, photo_state=Review.PhotoState.WAITING)
        return self.filter(Q(state=Review.State.WAITING) | photo).order_by("number")

    def promotable(self) -> Self:
        """Shown reviews that may be quoted away from the list: no claim in them, nobody of ours, unpaid."""
        return self.shown().filter(is_promotable=True, insider_label="", incentive_label="")


class Review(models.Model):
    """One submission with its public number. `stars` and the facts below it are those of `current`."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", "Waiting for a decision"
        SHOWN = "shown", "Shown"
        WITHHELD = "withheld", "Withheld"
        WITHDRAWN = "withdrawn", "Withdrawn by its author"

    class PhotoState(models.TextChoices):
        """Where its photo stands; the text does not wait for it."""

        NONE = "none", "No photo"
        WAITING = "waiting", "Photo waits for a look"
        SHOWN = "shown", "Photo shown"
        WITHHELD = "withheld", "Photo withheld"

    TRANSITIONS: ClassVar[dict[str, set[str]]] = {
        State.WAITING: {State.WAITING, State.SHOWN, State.WITHHELD, State.WITHDRAWN},
        State.SHOWN: {State.WAITING, State.SHOWN, State.WITHHELD, State.WITHDRAWN},
        State.WITHHELD: {State.WAITING, State.SHOWN, State.WITHHELD, State.WITHDRAWN},
        # Its author may bring it back by writing it anew.
        State.WITHDRAWN: {State.WAITING, State.SHOWN, State.WITHHELD},
    }

    # What never changes.
    number = models.PositiveBigIntegerField("public number", unique=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    order_line = models.OneToOneField(
        OrderLine, models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_verified = models.GeneratedField(
        expression=Q(order_line__isnull=False),  # type: ignore[arg-type]  # Django takes one
        output_field=models.BooleanField(),
        db_persist=True,
        verbose_name="bought here",
    )
    source = models.CharField(max_length=10, choices=Source.choices)
    invitation = models.OneToOneField(
        "Invitation", models.PROTECT, null=True, blank=True, related_name="review"
    )
    incentive_label = models.CharField(max_length=160, blank=True)
    received_at = models.DateTimeField()
    is_demo = models.BooleanField("invented for the demo", default=False)
    nonce = models.CharField(max_length=24, default=new_nonce)
    # Of imported ones: where it stood, and what shows that.
    origin = models.CharField(max_length=120, blank=True)
    origin_date = models.DateField(null=True, blank=True)
    proof = models.TextField(blank=True)

    # Where it stands.
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    state_at = models.DateTimeField()
    photo_state = models.CharField(
        max_length=10, choices=PhotoState.choices, default=PhotoState.NONE
    )
    photo_reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    current = models.ForeignKey(
        "ReviewVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    email = models.EmailField(blank=True)
    insider_label = models.CharField(max_length=80, blank=True)
    helpful_count = models.PositiveIntegerField(default=0)
    is_promotable = models.BooleanField(default=False)
    reports_reaction = models.BooleanField(default=False)
    reports_no_effect = models.BooleanField(default=False)
    rules_version = models.CharField(max_length=64, blank=True)
    # A daily-salted HMAC of the sender's network, never the address itself (throttle.limits).
    sender_key = models.CharField(max_length=64, blank=True)

    # Copies of the current version's facts, to filter and sort by.
    stars = models.PositiveSmallIntegerField()
    skin_type = models.CharField(max_length=10, choices=SkinType.choices, blank=True)
    worn_on = models.CharField(max_length=10, choices=WornOn.choices, blank=True)
    held = models.CharField(max_length=10, choices=Held.choices, blank=True)
    written_at = models.DateTimeField(help_text="Its last version; of an imported one, its day.")
    cell = _cell()

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        permissions = (
            ("moderate_review", "Can decide on reviews"),
            ("reply_review", "Can reply to reviews"),
            ("export_review", "Can import and export reviews"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(stars__gte=1, stars__lte=MOST_STARS), name="review_one_to_five_stars"
            ),
            models.CheckConstraint(
                condition=Q(state="withheld", reason__in=[reason.value for reason in Reason])
                | (~Q(state="withheld") & Q(reason="")),
                name="review_withheld_with_listed_reason",
            ),
            models.CheckConstraint(
                condition=Q(photo_state="withheld", photo_reason__in=[one.value for one in Reason])
                | (~Q(photo_state="withheld") & Q(photo_reason="")),
                name="review_photo_withheld_with_listed_reason",
            ),
            # Nothing but an order of ours makes a buyer of somebody, and a request is sent to buyers only.
            models.CheckConstraint(
                condition=~Q(source="request") | Q(order_line__isnull=False),
                name="review_asked_for_is_a_buyers",
            ),
            models.CheckConstraint(
                condition=~Q(source="site") | Q(order_line__isnull=True),
                name="review_of_the_open_form_is_unverified",
            ),
            models.CheckConstraint(
                condition=~Q(source="import") | (~Q(origin="") & Q(origin_date__isnull=False)),
                name="review_imported_names_its_origin",
            ),
        )
        # What the pages of reviews read, each down to its last column: a page far behind needs no sorting.
        indexes = (
            models.Index(
                fields=["product", "state", "-written_at", "-number"], name="review_newest"
            ),
            models.Index(
                fields=["product", "state", "-helpful_count", "-written_at", "-number"],
                name="review_helpful",
            ),
            models.Index(
                fields=["product", "state", "-stars", "-written_at", "-number"],
                name="review_highest",
            ),
            models.Index(
                fields=["product", "state", "stars", "-written_at", "-number"],
                name="review_lowest",
            ),
            models.Index(
                fields=["product", "state", "stars", "-helpful_count", "-written_at", "-number"],
                name="review_stars_helpful",
            ),
            models.Index(fields=["product", "state", "cell"], name="review_by_cell"),
            models.Index(
                fields=[
                    *("product", "state", "insider_label", "incentive_label"),
                    *("-written_at", "-number"),
                ],
                condition=Q(is_promotable=True),
                name="review_promotable",
            ),
            models.Index(fields=["state", "number"], name="review_by_state"),
            models.Index(
                fields=["state_at"], condition=Q(state="waiting"), name="review_waiting_since"
            ),
        )

    def __str__(self) -> str:
        return f"Review {self.number}"

    @property
    def is_shown(self) -> bool:
        """Whether everybody can read it."""
        return self.state == Review.State.SHOWN

    @property
    def is_never_held(self) -> bool:
        """Whether it tells of no effect or of a skin reaction: then only what the law forbids holds it."""
        return self.reports_reaction or self.reports_no_effect


class ReviewVersion(models.Model):
    """A review as its author wrote it at one time. Kept for good; its words can be erased, never changed.

    `words_hash` is the SHA-256 of its normalized words, `words_print` a 64-bit similarity hash in hexadecimal
    (reviews/duplicates.py); `body` has no web addresses any more, `links_removed` counts them.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="versions")
    place = models.PositiveSmallIntegerField("version")
    written_at = models.DateTimeField()
    author_name = models.CharField("name", max_length=60, blank=True)
    stars = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_STARS)]
    )
    title = models.CharField(max_length=120, blank=True)
    body = models.TextField("review", blank=True)
    sticking = _rating("sticking")
    skin_comfort = _rating("skin comfort")
    ease_of_use = _rating("ease of use")
    value = _rating("value")
    skin_type = models.CharField(max_length=10, choices=SkinType.choices, blank=True)
    worn_on = models.CharField(max_length=10, choices=WornOn.choices, blank=True)
    held = models.CharField(max_length=10, choices=Held.choices, blank=True)
    used_for = models.CharField(max_length=10, choices=UsedFor.choices, blank=True)
    skin_reacted = models.BooleanField(null=True, blank=True)
    links_removed = models.PositiveSmallIntegerField(default=0)
    words_hash = models.CharField(max_length=64, blank=True)
    words_print = models.CharField(max_length=16, blank=True)
    photo_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("review", "place")
        constraints = (
            models.UniqueConstraint(fields=["review", "place"], name="review_version_once"),
            models.CheckConstraint(
                condition=Q(stars__gte=1, stars__lte=MOST_STARS), name="version_one_to_five_stars"
            ),
        )
        indexes = (
            models.Index(fields=["words_hash"], name="version_by_words"),
            models.Index(fields=["-written_at"], name="version_newest"),
        )

    def __str__(self) -> str:
        return f"{self.review_id}, version {self.place}"

    @property
    def is_erased(self) -> bool:
        """Whether its words were taken away at its author's wish."""
        return not self.body and not self.author_name


class ReviewPhoto(models.Model):
    """The photo of one version, encoded anew (shop/lib/pictures.py); several versions may share its files."""

    version = models.OneToOneField(ReviewVersion, models.PROTECT, related_name="photo")
    digest = models.CharField(max_length=64)
    file = models.FileField(upload_to="reviews/")
    alt = models.CharField("what it shows", max_length=160, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    renditions: "models.JSONField[Any, Any]" = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"Photo {self.digest}"


class StaffReply(models.Model):
    """The one answer of the shop below a review: dated, and signed with a role."""

    review = models.OneToOneField(Review, models.PROTECT, related_name="reply")
    body = models.TextField("reply", max_length=1000)
    role = models.CharField(max_length=60, help_text="Who speaks, such as “Customer care”.")
    by = models.CharField(max_length=150, editable=False)
    replied_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name_plural = "staff replies"

    def __str__(self) -> str:
        return f"Reply to review {self.review_id}"


class HelpfulVote(models.Model):
    """One visitor's word that a review helped. `voter` is a hash of a random token in their cookie."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="votes")
    voter = models.CharField(max_length=64)
    voted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["review", "voter"], name="one_vote_for_each_visitor"),
        )

    def __str__(self) -> str:
        return f"Vote for review {self.review_id}"


class Flag(models.Model):
    """What a rule noticed about one version, for the person who decides. No rule knows the stars."""

    class Kind(models.TextChoices):
        """What was noticed."""

        CLAIM = "claim", "Says something about an illness or a medicine"
        OTHER_CLAIM = "other_claim", "Says something that we may not repeat"
        PRIVATE_DATA = "private_data", "May hold private data"
        LINKS = "links", "Web addresses were taken out"
        DUPLICATE = "duplicate", "Much like another review"
        BURST = "burst", "Came with many others in a short time"
        UNVERIFIED = "unverified", "Not matched with an order"
        INSIDER = "insider", "Written by somebody of ours"

    version = models.ForeignKey(ReviewVersion, models.PROTECT, related_name="flags")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    detail = models.TextField(blank=True)
    flagged_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["version", "kind"], name="flag_once_for_each_kind"),
        )

    def __str__(self) -> str:
        return self.get_kind_display()
