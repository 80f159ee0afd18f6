"""Sources are rows of the app `references` now; its first migration takes the tables over."""

import django.db.models.deletion
from django.db import migrations, models


def follow(apps, schema_editor):
    """Know what was loaded from our files under the model's new name."""
    records = apps.get_model("pages", "StarterRecord").objects.using(schema_editor.connection.alias)
    records.filter(kind="pages.reference").update(kind="references.reference")


def go_back(apps, schema_editor):
    """Undo `follow`."""
    records = apps.get_model("pages", "StarterRecord").objects.using(schema_editor.connection.alias)
    records.filter(kind="references.reference").update(kind="pages.reference")


def of_history():
    return models.ForeignKey(
        blank=True,
        db_constraint=False,
        null=True,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to="references.reference",
    )


def of_row():
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="references.reference")


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0001_initial"),
        ("references", "0001_taken_over_from_pages"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="study",
                    name="reference",
                    field=models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="study",
                        to="references.reference",
                    ),
                ),
                migrations.AlterField("foodsource", "reference", of_row()),
                migrations.AlterField("dailyamount", "reference", of_row()),
                migrations.AlterField("historicalfoodsource", "reference", of_history()),
                migrations.AlterField("historicaldailyamount", "reference", of_history()),
                migrations.AlterField("historicalstudy", "reference", of_history()),
                migrations.DeleteModel("HistoricalReference"),
                migrations.DeleteModel("Reference"),
            ],
        ),
        migrations.RunPython(follow, go_back),
    ]
