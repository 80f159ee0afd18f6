from django.db import migrations

from shop.lib.append_only import AppendOnly


class Migration(migrations.Migration):
    # A note quotes the author: it goes with their words when they ask for that (reviews/erasing.py).
    dependencies = [("reviews", "0003_found_by_what_filters_combine")]

    operations = [AppendOnly("LogEntry", erasable_columns=("note",))]
