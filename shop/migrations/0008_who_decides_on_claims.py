"""Who sees the claims queue, who asks to let a sentence stand, who decides. docs/claims.md says what that is."""

from importlib import import_module

from django.db import migrations

ASKING = {
    "claims.standingfinding": ("view",),
    "claims.override": ("view", "request_override"),
}
# Nobody decides on what they asked for: the database refuses it.
DECIDING = {**ASKING, "claims.override": ("view", "request_override", "decide_override")}
GRANTS = {
    **dict.fromkeys(("Author", "Editor", "Reviewer"), ASKING),
    **dict.fromkeys(("Publisher", "Manager"), DECIDING),
}

find_permission = import_module("shop.migrations.0001_staff_groups")._permission


def grant(apps, schema_editor):
    """Give the groups what they need, where they are still there. Harmless when done already."""
    alias = schema_editor.connection.alias
    groups = apps.get_model("auth", "Group").objects.using(alias)
    for group in groups.filter(name__in=GRANTS):
        for label, actions in GRANTS[group.name].items():
            for action in actions:
                group.permissions.add(find_permission(apps, alias, label, action))


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0007_who_writes_reviews_and_publishes"),
        ("claims", "0003_names_for_staff"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
