"""Plain words for the faults; no column changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stripe_sandbox", "0002_flaws_rolls_and_accounts")]

    operations = [
        migrations.AlterField(
            model_name="fault",
            name="kind",
            field=models.CharField(
                choices=[
                    ("error", "error, nothing done"),
                    ("error_after", "done, then an error"),
                    ("drop", "hang up, nothing done"),
                    ("drop_after", "done, then hang up"),
                    ("html", "HTML page, nothing done"),
                    ("empty", "empty, nothing done"),
                    ("delay", "wait, then as usual"),
                ],
                max_length=12,
            ),
        ),
    ]
