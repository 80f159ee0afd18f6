from django.db import migrations

from shop.lib.append_only import AppendOnly

# What may change of a review is where it stands; what may go of a version are its author's words.
STANDING = (
    *("state", "reason", "state_at", "photo_state", "photo_reason", "current_id"),
    *("email", "insider_label", "helpful_count", "is_promotable"),
    *("reports_reaction", "reports_no_effect", "rules_version", "sender_key"),
    *("stars", "skin_type", "worn_on", "held", "written_at"),
)
WORDS = (
    *("author_name", "title", "body", "skin_type", "worn_on", "held", "used_for"),
    *("words_hash", "words_print", "photo_digest"),
)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_reviews")]

    operations = [
        AppendOnly("Review", free_columns=STANDING),
        AppendOnly("ReviewVersion", erasable_columns=WORDS),
        AppendOnly("LogEntry"),
        AppendOnly("Flag", erasable_columns=("detail",)),
        AppendOnly("FairnessCheck"),
        AppendOnly("CampaignCode"),
        AppendOnly("SafetyEntry"),
    ]
