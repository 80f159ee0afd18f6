"""Sources moved into an app of their own; who might edit them may go on. docs/staff.md has the roles."""

from importlib import import_module

from django.db import migrations

GROUPS = ("Author", "Manager")

find_permission = import_module("shop.migrations.0001_staff_groups")._permission


def grant(apps, schema_editor):
    """Give the groups what they had on the old model, and drop what no model stands behind."""
    alias = schema_editor.connection.alias
    groups = apps.get_model("auth", "Group").objects.using(alias)
    for group in groups.filter(name__in=GROUPS):
        for action in ("view", "add", "change"):
            group.permissions.add(find_permission(apps, alias, "references.reference", action))
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(alias)
    kinds.filter(app_label="pages", model__in=("reference", "historicalreference")).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0004_who_switches_attack_mode"),
        ("references", "0001_taken_over_from_pages"),
        ("pages", "0002_references_moved_out"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
