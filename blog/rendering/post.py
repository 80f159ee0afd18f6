"""A post as readers see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from blog import firewall, readability
from blog.models import Post
from blog.rendering.citations import Source
from blog.rendering.compiling import Compiled, compiled
from blog.rendering.contents import Entry, contents
from blog.rendering.filling import Credit, Draw, Filling, LinkedPost, Surroundings, draw_for_page

CONTENTS_FROM = 3  # fewer lines are no help


@dataclass(frozen=True)
class AnsweredQuestion:
    """A question of the post with its answer."""

    question: str
    answer: SafeString
    id: str


@dataclass(frozen=True)
class RenderedPost:
    """The parts of a post, made for one page. `prefix` begins all its anchors there."""

    post: Post
    html: SafeString
    takeaways: tuple[SafeString, ...]
    figure: SafeString
    contents: tuple[Entry, ...]
    questions: tuple[AnsweredQuestion, ...]
    sources: tuple[Source, ...]
    read_more: tuple[LinkedPost, ...]
    credits: tuple[Credit, ...]
    minutes: int
    is_closed: bool
    is_overdue: bool
    prefix: str = ""


@dataclass(frozen=True)
class Place:
    """Where a post is shown: which heading its h2 become, what begins its anchors and the links to them,
    and how its pictures are drawn.
    """

    level: int = 2
    prefix: str = ""
    address: str = ""
    draw: Draw = draw_for_page
    is_first: bool = True


OWN_PAGE = Place()


@dataclass(frozen=True)
class Texts:
    """The rich texts of a post, compiled."""

    body: Compiled
    answers: tuple[Compiled, ...]
    is_closed: bool

    @property
    def digests(self) -> set[str]:
        """The pictures that they show."""
        return set().union(*(text.digests for text in (self.body, *self.answers)))

    @property
    def posts(self) -> set[str]:
        """The slugs of the posts to which they lead."""
        return set().union(*(text.posts for text in (self.body, *self.answers)))


def texts_of(post: Post, *, level: int = 2) -> Texts:
    """Return the texts of a post whose tags and questions are at hand. The only way in for rich text:
    what the firewall closes stays closed on pages, in archives and in feeds.
    """
    is_closed = firewall.is_closed(post)
    frozen = tuple((row["text"], row["id"]) for row in post.heading_ids)
    return Texts(
        compiled(post.body, is_closed=is_closed, level=level, frozen=frozen),
        tuple(compiled(row.answer, is_closed=is_closed, level=0) for row in post.questions.all()),
        is_closed,
    )


def render_post(
    post: Post,
    *,
    now: datetime,
    around: Surroundings,
    draft: bool = False,
    place: Place = OWN_PAGE,
) -> RenderedPost:
    """Return the post ready to be shown. Asks the database nothing if its parts are at hand
    (blog.reading.with_parts); `around` comes from blog.reading.surroundings.

    The texts are filled in the order of the page, so that sources are numbered in it.
    """
    texts = texts_of(post, level=place.level)
    citations = around.citations(
        [row.reference for row in post.reference_rows.all()],
        prefix=place.prefix,
        address=place.address,
        is_draft=draft,
    )
    filling = Filling(around, citations, place.draw, place.prefix, place.address)
    takeaways = tuple(filling.line(row.text) for row in post.takeaways.all())
    figure = (
        filling.figure(post.main_picture, is_first=place.is_first)
        if post.main_picture
        else SafeString("")
    )
    body = filling.fill(texts.body)
    questions = _answered(post, texts, filling)
    lines = contents(texts.body.headings, post.left_out_of_contents)
    return RenderedPost(
        post=post,
        html=body,
        takeaways=takeaways,
        figure=figure,
        contents=lines if len(lines) >= CONTENTS_FROM else (),
        questions=questions,
        sources=citations.sources,
        read_more=_read_more(post, around),
        credits=tuple(dict.fromkeys(filling.credits)),
        minutes=minutes([texts.body, *texts.answers]),
        is_closed=texts.is_closed,
        is_overdue=post.is_overdue(now),
        prefix=place.prefix,
    )


def minutes(texts: Iterable[Compiled]) -> int:
    """Return how long it takes to read them, in whole minutes, one at least."""
    return max(1, readability.minutes(sum(text.words for text in texts)))


def _answered(post: Post, texts: Texts, filling: Filling) -> tuple[AnsweredQuestion, ...]:
    return tuple(
        AnsweredQuestion(row.question, filling.fill(answer), f"{filling.prefix}question-{number}")
        for number, (row, answer) in enumerate(
            zip(post.questions.all(), texts.answers, strict=True), start=1
        )
    )


def _read_more(post: Post, around: Surroundings) -> tuple[LinkedPost, ...]:
    found = (around.posts.get(row.slug) for row in post.read_more.all())
    return tuple(each for each in found if each and not each.is_overdue)
