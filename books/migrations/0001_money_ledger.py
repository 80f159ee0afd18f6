"""The money ledger, which the database itself lets only grow."""

from django.db import migrations, models

from shop.lib.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField(unique=True, verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("payment", "Payment"),
                            ("fee", "Stripe's fee"),
                            ("refund", "Refund"),
                            ("refund_failed", "Refund came back"),
                            ("dispute", "Dispute: money taken"),
                            ("dispute_won", "Dispute: money returned"),
                            ("dispute_fee", "Stripe's fee for a dispute"),
                        ],
                        max_length=16,
                    ),
                ),
                ("order_number", models.CharField(max_length=12)),
                (
                    "payment_reference",
                    models.CharField(
                        help_text="The gateway's id of the payment that this belongs to.",
                        max_length=120,
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        help_text="The gateway's id of the thing itself, such as the refund.",
                        max_length=120,
                    ),
                ),
                ("amount_cents", models.BigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(max_length=3)),
                ("key", models.CharField(max_length=160, unique=True)),
                ("happened_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "verbose_name_plural": "ledger entries",
                "ordering": ("sequence",),
                "indexes": [
                    models.Index(fields=["order_number"], name="ledger_by_order"),
                    models.Index(fields=["payment_reference"], name="ledger_by_payment"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sequence__gte", 1)), name="ledger_counts_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("key", ""), _negated=True), name="ledger_entry_has_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount_cents__gt", 0),
                                ("kind__in", ["payment", "refund_failed", "dispute_won"]),
                            ),
                            models.Q(
                                ("amount_cents__lt", 0), ("kind__in", ["fee", "refund", "dispute"])
                            ),
                            models.Q(
                                ("kind", "dispute_fee"),
                                models.Q(("amount_cents", 0), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="ledger_sign_fits_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerHead",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("sequence", models.PositiveBigIntegerField(default=0)),
                (
                    "hash",
                    models.CharField(
                        default="0000000000000000000000000000000000000000000000000000000000000000",
                        max_length=64,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="ledger_has_one_head"
                    )
                ],
            },
        ),
        AppendOnly("LedgerEntry"),
    ]
