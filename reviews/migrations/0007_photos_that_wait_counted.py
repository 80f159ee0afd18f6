from collections import Counter
from datetime import UTC

from django.db import migrations


def count_waiting_photos(apps, schema_editor):
    """Count the photos that wait beside shown words, as reviews/counting.py does from now on."""
    head = apps.get_model("reviews", "LogHead").objects.filter(pk=1)
    head.select_for_update().first()  # whoever changes a count holds it too
    waiting = apps.get_model("reviews", "Review").objects.filter(
        state="shown", photo_state="waiting", current__isnull=False
    )
    found = Counter()
    for product, written_at in waiting.values_list("product", "current__written_at").iterator():
        found[product, f"waiting:{written_at.astimezone(UTC).date().isoformat()}"] += 1
    counts = apps.get_model("reviews", "ReviewCount").objects
    forget_waiting_photos(apps, schema_editor)
    counts.bulk_create(
        [
            counts.model(product_id=product, kind="photo", key=key, count=count)
            for (product, key), count in found.items()
        ]
    )


def forget_waiting_photos(apps, _schema_editor):
    """Drop what nothing counted before."""
    apps.get_model("reviews", "ReviewCount").objects.filter(kind="photo").delete()


class Migration(migrations.Migration):
    dependencies = [("reviews", "0006_a_safety_case_ends_with_an_outcome")]

    operations = [migrations.RunPython(count_waiting_photos, forget_waiting_photos)]
