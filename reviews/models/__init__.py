"""Reviews, the log of what became of them, and how they are asked for."""

from reviews.models.asking import Campaign, CampaignCode, Insider, Invitation, MailStop
from reviews.models.log import FairnessCheck, LogEntry, LogHead, ReviewCount
from reviews.models.review import (
    Flag,
    HelpfulVote,
    Reason,
    Review,
    ReviewPhoto,
    ReviewVersion,
    Source,
    StaffReply,
)
from reviews.models.safety import SafetyCase, SafetyEntry
from reviews.models.wearing import Held, SkinType, UsedFor, WornOn

__all__ = [
    "Campaign",
    "CampaignCode",
    "FairnessCheck",
    "Flag",
    "Held",
    "HelpfulVote",
    "Insider",
    "Invitation",
    "LogEntry",
    "LogHead",
    "MailStop",
    "Reason",
    "Review",
    "ReviewCount",
    "ReviewPhoto",
    "ReviewVersion",
    "SafetyCase",
    "SafetyEntry",
    "SkinType",
    "Source",
    "StaffReply",
    "UsedFor",
    "WornOn",
]
