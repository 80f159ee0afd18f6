"""Who handles money may look into the ledger. docs/staff.md has the roles for people."""

from importlib import import_module

from django.db import migrations

find_permission = import_module("shop.migrations.0001_staff_groups")._permission


def grant(apps, schema_editor):
    """Let managers see the ledger, where there still are managers. Harmless when done already."""
    alias = schema_editor.connection.alias
    groups = apps.get_model("auth", "Group").objects.using(alias)
    for group in groups.filter(name="Manager"):
        group.permissions.add(find_permission(apps, alias, "books.ledgerentry", "view"))


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0002_who_counts_the_stock"),
        ("books", "0001_money_ledger"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
