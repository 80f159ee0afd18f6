"""What an author may tell of how a patch was worn."""

from django.db import models


class SkinType(models.TextChoices):
    """What somebody says of their skin."""

    NORMAL = "normal", "Normal"
    DRY = "dry", "Dry"
    OILY = "oily", "Oily"
    MIXED = "mixed", "Mixed"
    SENSITIVE = "sensitive", "Sensitive"


class WornOn(models.TextChoices):
    """Where a patch was worn."""

    EAR = "ear", "Behind the ear"
    WRIST = "wrist", "Inner wrist"
    ARM = "arm", "Upper arm"
    SHOULDER = "shoulder", "Shoulder or back"
    HIP = "hip", "Hip or belly"
    OTHER = "other", "Somewhere else"


class Held(models.TextChoices):
    """How long a patch held."""

    UNDER_2 = "under-2", "Less than 2 hours"
    UNDER_8 = "2-8", "2 to 8 hours"
    UNDER_16 = "8-16", "8 to 16 hours"
    UNDER_24 = "16-24", "16 to 24 hours"
    DAY = "24", "24 hours or longer"


class UsedFor(models.TextChoices):
    """For how long somebody has used the product."""

    FIRST = "first", "This was the first patch"
    WEEKS = "weeks", "A few weeks"
    MONTHS = "months", "A few months"
    LONGER = "longer", "Half a year or longer"
