"""What visitors read on the information pages, and what staff answer them, for the claims check.

About and Research teach, with sources; the other pages belong to the shop. The titles of cited papers are
not ours and are left out.
"""

from collections.abc import Iterator

from claims.markdown_text import markdown_text
from claims.row_texts import Piece, RowTexts, as_words, citing, of_fields
from pages.models import (
    ContactMessage,
    DailyAmount,
    Estimate,
    FaqGroup,
    FaqItem,
    FoodSource,
    InfoPage,
    PageBlock,
    Study,
    StudyTopic,
)

CONTEXTS = {
    InfoPage.Slug.ABOUT: "blog",
    InfoPage.Slug.RESEARCH: "blog",
    InfoPage.Slug.FAQ: "faq",
}
SHOP = "patch"


def _page_context(page: InfoPage) -> str:
    return CONTEXTS.get(InfoPage.Slug(page.slug), SHOP) if page.slug else SHOP


def _item_context(item: FaqItem) -> str:
    # Beside the product an answer is the shop's own word on it.
    return SHOP if item.on_product_page else "faq"


def _question_pieces(item: FaqItem) -> Iterator[Piece]:
    # Read together: "Can it cure MS? No." says something else than its question alone.
    yield "answer", "Question and answer", f"{item.question} {markdown_text(item.answer)}"
    yield "slug", "Address", as_words(item.slug)


def _study_pieces(study: Study) -> Iterator[Piece]:
    mark = f" [@{study.reference.key}]" if study.reference_id else ""
    for field, label, text in _STUDY_FIELDS(study):
        yield field, label, citing(text, mark) if field in _CITED else text


_STUDY_FIELDS = of_fields("title", "slug", "participants_note", "finding", "limits")
_CITED = {"finding", "limits"}

INFO_PAGE = RowTexts(
    model=InfoPage,
    pieces=of_fields("title", "meta_title", "meta_description", markdown=("lead",)),
    context=_page_context,
)
PAGE_BLOCK = RowTexts(
    model=PageBlock,
    pieces=of_fields("heading", "key", markdown=("body",)),
    context=lambda block: _page_context(block.page),
    is_public=lambda block: block.is_published,
    related=("page",),
)
FAQ_GROUP = RowTexts(model=FaqGroup, pieces=of_fields("title", "slug"), context=lambda group: "faq")
FAQ_ITEM = RowTexts(
    model=FaqItem,
    pieces=_question_pieces,
    context=_item_context,
    is_public=lambda item: item.is_published,
)
STUDY_TOPIC = RowTexts(
    model=StudyTopic, pieces=of_fields("name", "slug"), context=lambda topic: "blog"
)
STUDY = RowTexts(
    model=Study,
    pieces=_study_pieces,
    context=lambda study: "blog",
    is_public=lambda study: study.is_published,
    related=("reference",),
)
ESTIMATE = RowTexts(
    model=Estimate,
    pieces=of_fields("label", "note"),
    context=lambda estimate: "blog",
    is_public=lambda estimate: estimate.study.is_published,
    edited_in=lambda estimate: estimate.study,
    related=("study",),
)
DAILY_AMOUNT = RowTexts(model=DailyAmount, pieces=of_fields("group"), context=lambda amount: "blog")
FOOD_SOURCE = RowTexts(
    model=FoodSource, pieces=of_fields("name", "serving", "note"), context=lambda food: "blog"
)
# Answers go out by mail; they are kept as long as the message is.
ANSWER = RowTexts(
    model=ContactMessage,
    pieces=of_fields("answer"),
    context=lambda message: SHOP,
    is_public=lambda message: bool(message.answer),
)
ROWS = (
    *(INFO_PAGE, PAGE_BLOCK, FAQ_GROUP, FAQ_ITEM, STUDY_TOPIC, STUDY, ESTIMATE),
    *(DAILY_AMOUNT, FOOD_SOURCE, ANSWER),
)
