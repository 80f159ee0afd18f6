"""Who writes posts, who reviews and who publishes them. docs/staff.md has the roles for people."""

from importlib import import_module

from django.db import migrations

READ = ("view",)
WRITE = ("view", "add", "change")
KEEP = ("view", "add", "change", "delete")

RECORDS = {
    "blog.revision": READ,
    "blog.reviewrecord": READ,
    "blog.postevent": READ,
    "blog.archivedcomment": READ,
}
# Rows inside a post: whoever writes it takes a question out again.
PARTS = {
    "blog.postauthor": KEEP,
    "blog.postreference": KEEP,
    "blog.question": KEEP,
    "blog.takeaway": KEEP,
    "blog.readmorelink": KEEP,
}
WRITING = {
    "blog.post": (*WRITE, "submit_post"),
    **PARTS,
    **RECORDS,
    "blog.picture": WRITE,
    "blog.tag": ("view", "add"),
    "blog.category": READ,
    "blog.series": ("view", "add"),
    "blog.person": READ,
    "references.reference": WRITE,
}
REVIEWING = {
    "blog.post": (*READ, "review_post"),
    **dict.fromkeys(PARTS, READ),
    **RECORDS,
    "blog.picture": READ,
    "blog.tag": READ,
    "blog.category": READ,
    "blog.series": READ,
    "blog.person": READ,
    "references.reference": READ,
}
SORTING = {
    "blog.picture": KEEP,
    "blog.tag": KEEP,
    "blog.category": KEEP,
    "blog.series": KEEP,
    "blog.person": WRITE,
}
PUBLISHING = {"blog.post": ("publish_post",)}
NEW = ("Editor", "Reviewer", "Publisher")
GROUPS = {
    "Author": [WRITING],
    "Editor": [WRITING, SORTING],
    "Reviewer": [REVIEWING],
    "Publisher": [WRITING, REVIEWING, SORTING, PUBLISHING],
    "Manager": [WRITING, REVIEWING, SORTING, PUBLISHING, {"blog.post": ("delete",)}],
}

find_permission = import_module("shop.migrations.0001_staff_groups")._permission


def grant(apps, schema_editor):
    """Make the new groups and give all what they need, where they are still there. Harmless when done."""
    alias = schema_editor.connection.alias
    groups = apps.get_model("auth", "Group").objects.using(alias)
    for name in NEW:
        groups.get_or_create(name=name)
    for group in groups.filter(name__in=GROUPS):
        for table in GROUPS[group.name]:
            for label, actions in table.items():
                for action in actions:
                    group.permissions.add(find_permission(apps, alias, label, action))


def remove_groups(apps, schema_editor):
    """Take the new groups away; the others keep what they have."""
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name__in=NEW).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0006_who_keeps_old_addresses"),
        ("blog", "0001_posts"),
    ]

    operations = [migrations.RunPython(grant, remove_groups)]
