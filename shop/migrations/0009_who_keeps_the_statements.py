"""Who writes statements about health and who approves them. docs/references.md says what they are."""

from importlib import import_module

from django.db import migrations

WRITING = {"references.statement": ("view", "add", "change")}
# Nobody approves what they wrote: the database refuses it.
APPROVING = {"references.statement": ("view", "approve_statement")}
GRANTS = {
    "Author": [WRITING],
    "Editor": [WRITING],
    "Reviewer": [APPROVING],
    "Publisher": [WRITING, APPROVING],
    "Manager": [WRITING, APPROVING],
}

find_permission = import_module("shop.migrations.0001_staff_groups")._permission


def grant(apps, schema_editor):
    """Give the groups what they need, where they are still there. Harmless when done already."""
    alias = schema_editor.connection.alias
    groups = apps.get_model("auth", "Group").objects.using(alias)
    for group in groups.filter(name__in=GRANTS):
        for table in GRANTS[group.name]:
            for label, actions in table.items():
                for action in actions:
                    group.permissions.add(find_permission(apps, alias, label, action))


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0008_who_decides_on_claims"),
        ("references", "0003_statements"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
