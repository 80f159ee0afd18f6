"""Authors answer questions of visitors too: an answer is a row of the FAQ. The others got it with 0010."""

from importlib import import_module

from django.db import migrations

ANSWERING = ("view", "answer_visitorquestion")
GROUP = "Author"

find_permission = import_module("shop.migrations.0001_staff_groups")._permission


def grant(apps, schema_editor):
    """Give authors what they need, where they are still there. Harmless when done already."""
    alias = schema_editor.connection.alias
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name=GROUP):
        for action in ANSWERING:
            permission = find_permission(apps, alias, "pages.visitorquestion", action)
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0010_who_decides_on_reviews"),
        ("pages", "0004_visitors_questions"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
