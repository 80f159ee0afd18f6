"""Who decides on reviews, who replies, who handles reported reactions. docs/staff.md has the roles for people."""

from importlib import import_module

from django.db import migrations

# A sentence is let stand by somebody else: whoever moderates may only ask for it.
DECIDING = {
    "reviews.review": ("view", "moderate_review", "reply_review"),
    "claims.standingfinding": ("view",),
    "claims.override": ("view", "request_override"),
}
# What people tell of their health is read by few.
SAFETY = {"reviews.safetycase": ("view", "handle_safetycase")}
ANSWERING = {
    "reviews.review": ("view", "reply_review"),
    "pages.visitorquestion": ("view", "answer_visitorquestion"),
}
KEEPING = {
    "reviews.review": ("export_review",),
    "reviews.campaign": ("view", "add", "change", "delete"),
    "reviews.insider": ("view", "add", "change", "delete"),
    "reviews.invitation": ("view",),
    "reviews.mailstop": ("view",),
}
NEW = "Moderator"
GROUPS = {
    NEW: [DECIDING],
    "Order desk": [ANSWERING, SAFETY],
    # Not DECIDING: an export and the outbox tell what whoever decides must not know.
    "Manager": [ANSWERING, SAFETY, KEEPING],
}

find_permission = import_module("shop.migrations.0001_staff_groups")._permission


def grant(apps, schema_editor):
    """Make the new group and give all what they need, where they are still there. Harmless when done."""
    alias = schema_editor.connection.alias
    groups = apps.get_model("auth", "Group").objects.using(alias)
    groups.get_or_create(name=NEW)
    for group in groups.filter(name__in=GROUPS):
        for table in GROUPS[group.name]:
            for label, actions in table.items():
                for action in actions:
                    group.permissions.add(find_permission(apps, alias, label, action))


def remove_group(apps, schema_editor):
    """Take the new group away; the others keep what they have."""
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name=NEW).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0009_who_keeps_the_statements"),
        ("claims", "0003_names_for_staff"),
        ("pages", "0004_visitors_questions"),
        ("reviews", "0001_reviews"),
    ]

    operations = [migrations.RunPython(grant, remove_group)]
