"""Statements about health, each with its sources, a grade, two people and an end."""

import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("references", "0002_type_year_publisher_and_day_read"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="How posts cite it: key daily-amount is cited as [claim:daily-amount]. It stays.",
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
                    "text",
                    models.TextField(
                        help_text="One or two sentences, as you would defend them.",
                        verbose_name="statement",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("nutrient", "Nutrient fact"),
                            ("function", "Structure or function"),
                            ("disease", "Disease"),
                            ("product", "Product"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "population",
                    models.CharField(
                        help_text="For example: adults aged 65 and older.",
                        max_length=200,
                        verbose_name="about whom",
                    ),
                ),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("A", "A: strong"),
                            ("B", "B: fair"),
                            ("C", "C: weak"),
                            ("D", "D: opinion or unclear"),
                        ],
                        max_length=1,
                        verbose_name="evidence",
                    ),
                ),
                ("limits", models.TextField(verbose_name="what it does not say")),
                ("written_by", models.CharField(blank=True, editable=False, max_length=150)),
                ("written_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("approved_by", models.CharField(blank=True, editable=False, max_length=150)),
                ("approved_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("valid_until", models.DateField(blank=True, editable=False, null=True)),
                ("first_approved_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("withdrawn_by", models.CharField(blank=True, editable=False, max_length=150)),
                ("withdrawn_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("withdrawn_because", models.CharField(blank=True, editable=False, max_length=300)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ("key",),
                "permissions": (("approve_statement", "Can approve and withdraw statements"),),
            },
        ),
        migrations.CreateModel(
            name="HistoricalStatement",
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
                        help_text="How posts cite it: key daily-amount is cited as [claim:daily-amount]. It stays.",
                        max_length=40,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9-]+\\Z", "Small letters, digits and hyphens."
                            )
                        ],
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="One or two sentences, as you would defend them.",
                        verbose_name="statement",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("nutrient", "Nutrient fact"),
                            ("function", "Structure or function"),
                            ("disease", "Disease"),
                            ("product", "Product"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "population",
                    models.CharField(
                        help_text="For example: adults aged 65 and older.",
                        max_length=200,
                        verbose_name="about whom",
                    ),
                ),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("A", "A: strong"),
                            ("B", "B: fair"),
                            ("C", "C: weak"),
                            ("D", "D: opinion or unclear"),
                        ],
                        max_length=1,
                        verbose_name="evidence",
                    ),
                ),
                ("limits", models.TextField(verbose_name="what it does not say")),
                ("written_by", models.CharField(blank=True, editable=False, max_length=150)),
                ("written_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("approved_by", models.CharField(blank=True, editable=False, max_length=150)),
                ("approved_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("valid_until", models.DateField(blank=True, editable=False, null=True)),
                ("first_approved_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("withdrawn_by", models.CharField(blank=True, editable=False, max_length=150)),
                ("withdrawn_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("withdrawn_because", models.CharField(blank=True, editable=False, max_length=300)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("updated_at", models.DateTimeField(blank=True, editable=False)),
                ("history_change_reason", models.TextField(null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
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
                "verbose_name": "historical statement",
                "verbose_name_plural": "historical statements",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="StatementReference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "reference",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statement_rows",
                        to="references.reference",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reference_rows",
                        to="references.statement",
                    ),
                ),
            ],
            options={
                "ordering": ("position", "pk"),
            },
        ),
        migrations.AddField(
            model_name="statement",
            name="references",
            field=models.ManyToManyField(
                related_name="statements",
                through="references.StatementReference",
                to="references.reference",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementreference",
            constraint=models.UniqueConstraint(
                fields=("statement", "reference"), name="statement_reference_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("text", ""), _negated=True),
                    models.Q(("population", ""), _negated=True),
                    models.Q(("limits", ""), _negated=True),
                ),
                name="statement_has_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", ""),
                    models.Q(("approved_by", models.F("written_by")), _negated=True),
                    _connector="OR",
                ),
                name="statement_by_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved_at__isnull", True),
                        ("approved_by", ""),
                        ("valid_until__isnull", True),
                    ),
                    models.Q(
                        models.Q(("approved_by", ""), _negated=True),
                        models.Q(("written_by", ""), _negated=True),
                        ("approved_at__isnull", False),
                        ("valid_until__isnull", False),
                        ("first_approved_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="statement_approved_with_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("withdrawn_at__isnull", True),
                        ("withdrawn_because", ""),
                        ("withdrawn_by", ""),
                    ),
                    models.Q(
                        models.Q(("withdrawn_by", ""), _negated=True),
                        models.Q(("withdrawn_because", ""), _negated=True),
                        ("approved_at__isnull", True),
                        ("withdrawn_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="statement_withdrawn_with_reason",
            ),
        ),
    ]
