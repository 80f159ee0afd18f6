import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0006_links_asked_for"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="orderevent",
            name="type",
            field=models.CharField(
                choices=[
                    ("placed", "Order placed"),
                    ("payment_started", "Sent to the payment page"),
                    ("payment_unavailable", "The payment page could not be reached"),
                    ("payment_received", "Payment received"),
                    ("payment_failed", "Payment failed"),
                    ("card_declined", "Card declined"),
                    ("payment_returned", "Payment to be sent back"),
                    ("payment_accepted", "Payment accepted as it is"),
                    ("paid", "Order paid"),
                    ("needs_review", "Needs review"),
                    ("reviewed", "Review settled"),
                    ("shipped", "Parcel shipped"),
                    ("cancelled", "Order canceled"),
                    ("expired", "Payment window closed"),
                    ("refund_requested", "Refund requested"),
                    ("refund_settled", "Refund sent"),
                    ("refund_failed", "Refund failed"),
                    ("refund_in_doubt", "Refund in doubt"),
                    ("dispute_opened", "Payment disputed"),
                    ("dispute_updated", "Dispute moved on"),
                    ("dispute_won", "Dispute won"),
                    ("dispute_lost", "Dispute lost"),
                    ("dispute_closed", "Inquiry closed"),
                    ("dispute_due", "Answer to a dispute is due"),
                    ("fraud_warned", "Early fraud warning"),
                    ("fraud_decided", "Fraud warning decided"),
                    ("address_changed", "Address changed"),
                    ("email_changed", "Email changed, new link"),
                    ("tracking_corrected", "Tracking corrected"),
                    ("mail_resent", "Mail sent again"),
                    ("note_added", "Note"),
                ],
                max_length=24,
            ),
        ),
        migrations.CreateModel(
            name="Decline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        help_text="The gateway's id of the charge that failed.",
                        max_length=120,
                        unique=True,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="The gateway's word for why.", max_length=60
                    ),
                ),
                ("declined_at", models.DateTimeField(db_index=True)),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="declines",
                        to="orders.paymentattempt",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AttackMode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_on", models.BooleanField(default=True)),
                ("is_automatic", models.BooleanField(default=False)),
                ("started_at", models.DateTimeField()),
                ("start_reason", models.CharField(max_length=200)),
                (
                    "alarmed_at",
                    models.DateTimeField(
                        help_text="When declines were last as many as in an attack."
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=200)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "attack mode",
                "verbose_name_plural": "attack mode",
                "ordering": ("-started_at", "-pk"),
                "permissions": (("switch_attackmode", "Can switch attack mode on and off"),),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_on", True)),
                        fields=("is_on",),
                        name="one_attack_mode_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("is_on", True)),
                            models.Q(("ended_at__isnull", False), ("is_on", False)),
                            _connector="OR",
                        ),
                        name="attack_mode_on_or_ended",
                    ),
                ],
            },
        ),
    ]
