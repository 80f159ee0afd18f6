"""Who counts the stock, and who may read what was counted. docs/staff.md has the roles for people."""

from importlib import import_module

from django.db import migrations

GRANTS = {
    "Order desk": {"products.stockcount": ("view",)},
    "Manager": {"products.stockcount": ("view", "count_stock")},
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
        ("shop", "0001_staff_groups"),
        ("products", "0004_stock_counts"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
