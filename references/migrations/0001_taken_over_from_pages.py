"""Sources move down the staircase: posts cite them too, and may not know the information pages."""

import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


def renamed(old, new):
    """Return the statements that hand the tables over; the rows stay where they are."""
    return [
        f'ALTER TABLE "{old}_{table}" RENAME TO "{new}_{table}"'
        for table in ("reference", "historicalreference")
    ]


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("pages", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(renamed("pages", "references"), renamed("references", "pages")),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Reference",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "key",
                            models.CharField(
                                help_text="How texts cite it: key r5 is cited as [@r5] on pages, as [ref:r5] in posts.",
                                max_length=40,
                                unique=True,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[a-z0-9-]+\\Z", "Small letters, digits and hyphens."
                                    )
                                ],
                            ),
                        ),
                        (
                            "citation",
                            models.TextField(
                                help_text="Authors. Title. Journal year;volume:pages."
                            ),
                        ),
                        (
                            "doi",
                            models.CharField(
                                blank=True,
                                help_text="For example 10.1002/…",
                                max_length=120,
                                verbose_name="DOI",
                            ),
                        ),
                        ("pmid", models.CharField(blank=True, max_length=12, verbose_name="PMID")),
                        (
                            "link",
                            models.URLField(
                                blank=True,
                                help_text="Used where there is no DOI.",
                                verbose_name="other link",
                            ),
                        ),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                    ],
                    options={
                        "ordering": ("key",),
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalReference",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "key",
                            models.CharField(
                                db_index=True,
                                help_text="How texts cite it: key r5 is cited as [@r5] on pages, as [ref:r5] in posts.",
                                max_length=40,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[a-z0-9-]+\\Z", "Small letters, digits and hyphens."
                                    )
                                ],
                            ),
                        ),
                        (
                            "citation",
                            models.TextField(
                                help_text="Authors. Title. Journal year;volume:pages."
                            ),
                        ),
                        (
                            "doi",
                            models.CharField(
                                blank=True,
                                help_text="For example 10.1002/…",
                                max_length=120,
                                verbose_name="DOI",
                            ),
                        ),
                        ("pmid", models.CharField(blank=True, max_length=12, verbose_name="PMID")),
                        (
                            "link",
                            models.URLField(
                                blank=True,
                                help_text="Used where there is no DOI.",
                                verbose_name="other link",
                            ),
                        ),
                        ("updated_at", models.DateTimeField(blank=True, editable=False)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical reference",
                        "verbose_name_plural": "historical references",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ],
        ),
    ]
