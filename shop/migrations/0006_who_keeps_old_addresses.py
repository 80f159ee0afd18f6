"""Who keeps the redirects and the list of lost addresses. docs/staff.md has the roles for people."""

from importlib import import_module

from django.db import migrations

GRANTS = {
    "Author": {"redirects.redirect": ("view",), "redirects.notfound": ("view",)},
    "Manager": {
        "redirects.redirect": ("view", "add", "change", "delete"),
        "redirects.notfound": ("view", "change", "delete"),
    },
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
        ("shop", "0005_who_keeps_the_sources"),
        ("redirects", "0001_redirects_and_lost_addresses"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
