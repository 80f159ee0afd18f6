"""What staff write for the information pages, and what visitors write to staff."""

from pages.models.contact import ContactMessage
from pages.models.facts import DailyAmount, FoodSource
from pages.models.faq import FaqGroup, FaqItem
from pages.models.info import InfoPage, PageBlock
from pages.models.questions import AlreadySettled, VisitorQuestion
from pages.models.research import Estimate, Study, StudyTopic
from pages.models.starter import StarterRecord

__all__ = [
    "AlreadySettled",
    "ContactMessage",
    "DailyAmount",
    "Estimate",
    "FaqGroup",
    "FaqItem",
    "FoodSource",
    "InfoPage",
    "PageBlock",
    "StarterRecord",
    "Study",
    "StudyTopic",
    "VisitorQuestion",
]
