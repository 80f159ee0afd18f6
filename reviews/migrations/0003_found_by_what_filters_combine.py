import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models

from shop.lib.append_only import AppendOnly

# As in 0002: on SQLite a new column builds the table anew, and its triggers are gone.
STANDING = (
    *("state", "reason", "state_at", "photo_state", "photo_reason", "current_id"),
    *("email", "insider_label", "helpful_count", "is_promotable"),
    *("reports_reaction", "reports_no_effect", "rules_version", "sender_key"),
    *("stars", "skin_type", "worn_on", "held", "written_at"),
)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_rows_that_only_grow")]

    operations = [
        migrations.RemoveIndex(
            model_name="review",
            name="review_newest",
        ),
        migrations.RemoveIndex(
            model_name="review",
            name="review_by_stars",
        ),
        migrations.RemoveIndex(
            model_name="review",
            name="review_helpful",
        ),
        migrations.AddField(
            model_name="review",
            name="cell",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Concat(
                    django.db.models.functions.comparison.Cast("stars", models.CharField()),
                    models.Value("|"),
                    models.Case(
                        models.When(order_line__isnull=False, then=models.Value("v")),
                        default=models.Value("-"),
                    ),
                    models.Value("|"),
                    models.Case(
                        models.When(photo_state="shown", then=models.Value("p")),
                        default=models.Value("-"),
                    ),
                    models.Value("|"),
                    "skin_type",
                    models.Value("|"),
                    "worn_on",
                    models.Value("|"),
                    "held",
                ),
                output_field=models.CharField(max_length=50),
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                fields=["product", "state", "-written_at", "-number"], name="review_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                fields=["product", "state", "-helpful_count", "-written_at", "-number"],
                name="review_helpful",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                fields=["product", "state", "-stars", "-written_at", "-number"],
                name="review_highest",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                fields=["product", "state", "stars", "-written_at", "-number"], name="review_lowest"
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                fields=["product", "state", "stars", "-helpful_count", "-written_at", "-number"],
                name="review_stars_helpful",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["product", "state", "cell"], name="review_by_cell"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("is_promotable", True)),
                fields=[
                    "product",
                    "state",
                    "insider_label",
                    "incentive_label",
                    "-written_at",
                    "-number",
                ],
                name="review_promotable",
            ),
        ),
        AppendOnly("Review", free_columns=STANDING),
    ]
