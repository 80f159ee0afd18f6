"""The forms of the texts that staff publish: what the claims check flags is not published."""

from claims.form_checks import ClaimsForm
from pages import published_texts
from pages.models import (
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


class InfoPageForm(ClaimsForm[InfoPage]):
    """The top of a page."""

    claims_texts = published_texts.INFO_PAGE


class PageBlockForm(ClaimsForm[PageBlock]):
    """A section of a page."""

    claims_texts = published_texts.PAGE_BLOCK


class FaqGroupForm(ClaimsForm[FaqGroup]):
    """Questions that belong together."""

    claims_texts = published_texts.FAQ_GROUP


class FaqItemForm(ClaimsForm[FaqItem]):
    """A question with its answer."""

    claims_texts = published_texts.FAQ_ITEM


class StudyTopicForm(ClaimsForm[StudyTopic]):
    """What studies are about."""

    claims_texts = published_texts.STUDY_TOPIC


class StudyForm(ClaimsForm[Study]):
    """What a study did and found."""

    claims_texts = published_texts.STUDY


class EstimateForm(ClaimsForm[Estimate]):
    """A result in a chart."""

    claims_texts = published_texts.ESTIMATE


class DailyAmountForm(ClaimsForm[DailyAmount]):
    """A row of the table of daily amounts."""

    claims_texts = published_texts.DAILY_AMOUNT


class FoodSourceForm(ClaimsForm[FoodSource]):
    """A row of the table of foods."""

    claims_texts = published_texts.FOOD_SOURCE
