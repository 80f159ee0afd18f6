"""Who sees that cards are tried out, and who switches attack mode. docs/staff.md has the roles."""

from importlib import import_module

from django.db import migrations

GRANTS = {"Order desk": ("view",), "Manager": ("view", "switch_attackmode")}

find_permission = import_module("shop.migrations.0001_staff_groups")._permission


def grant(apps, schema_editor):
    """Give the groups what they need, where they are still there. Harmless when done already."""
    alias = schema_editor.connection.alias
    groups = apps.get_model("auth", "Group").objects.using(alias)
    for group in groups.filter(name__in=GRANTS):
        for action in GRANTS[group.name]:
            group.permissions.add(find_permission(apps, alias, "orders.attackmode", action))


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0003_who_sees_the_ledger"),
        ("orders", "0007_declines_and_attack_mode"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
