import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import products.models.alerts


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0004_stock_counts"),
    ]

    operations = [
        migrations.CreateModel(
            name="BackInStockAlert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                (
                    "token",
                    models.CharField(
                        default=products.models.alerts.new_token,
                        editable=False,
                        max_length=64,
                        unique=True,
                    ),
                ),
                ("consent_text", models.TextField()),
                ("consent_sha256", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="products.variant",
                    ),
                ),
            ],
            options={
                "ordering": ("confirmed_at", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        models.F("variant"),
                        condition=models.Q(("mailed_at", None)),
                        name="one_open_alert_per_pack_and_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("consent_text", ""), _negated=True),
                        name="alert_has_consent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mailed_at", None), ("confirmed_at__isnull", False), _connector="OR"
                        ),
                        name="alert_mailed_only_when_confirmed",
                    ),
                ],
            },
        ),
    ]
