import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pages", "0003_answers_beside_the_product")]

    operations = [
        migrations.AlterField(
            model_name="historicalinfopage",
            name="slug",
            field=models.SlugField(
                choices=[
                    ("home", "Home"),
                    ("about", "About Vitamin B12"),
                    ("research", "Research"),
                    ("faq", "FAQ"),
                    ("contact", "Contact Us"),
                    ("contact-thanks", "Contact Us: thank you"),
                    ("ask", "Ask a question"),
                    ("ask-sent", "Ask a question: thank you"),
                    ("site-map", "Site Map"),
                ]
            ),
        ),
        migrations.AlterField(
            model_name="infopage",
            name="slug",
            field=models.SlugField(
                choices=[
                    ("home", "Home"),
                    ("about", "About Vitamin B12"),
                    ("research", "Research"),
                    ("faq", "FAQ"),
                    ("contact", "Contact Us"),
                    ("contact-thanks", "Contact Us: thank you"),
                    ("ask", "Ask a question"),
                    ("ask-sent", "Ask a question: thank you"),
                    ("site-map", "Site Map"),
                ],
                unique=True,
            ),
        ),
        migrations.CreateModel(
            name="VisitorQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question", models.CharField(max_length=300)),
                ("name", models.CharField(blank=True, max_length=80)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("asked_at", models.DateTimeField()),
                ("sender_key_hash", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("answered", "Answered"),
                            ("declined", "Declined"),
                        ],
                        default="new",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("settled_by", models.CharField(blank=True, editable=False, max_length=150)),
                (
                    "decline_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("private_data", "Private data in it"),
                            ("abuse", "Abuse or advertising"),
                            ("not_about_us", "Not about the shop or the patch"),
                            ("medical", "Asks for medical advice"),
                            ("reaction", "Tells of a skin reaction"),
                            ("asked_already", "Asked already"),
                        ],
                        editable=False,
                        max_length=16,
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=300,
                        verbose_name="note for colleagues",
                    ),
                ),
                (
                    "faq_item",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="asked_as",
                        to="pages.faqitem",
                        verbose_name="answered in",
                    ),
                ),
            ],
            options={
                "ordering": ("-asked_at", "-pk"),
                "permissions": (
                    ("answer_visitorquestion", "Can answer and decline visitors' questions"),
                ),
                "indexes": [models.Index(fields=["state", "asked_at"], name="question_waiting")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("state", "new")),
                            models.Q(
                                ("settled_at__isnull", False),
                                ("state__in", ["answered", "declined"]),
                            ),
                            _connector="OR",
                        ),
                        name="question_settled_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "declined"),
                                models.Q(("decline_reason", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "declined"), _negated=True),
                                ("decline_reason", ""),
                            ),
                            _connector="OR",
                        ),
                        name="question_declined_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "answered"), ("faq_item__isnull", True), _connector="OR"
                        ),
                        name="question_answer_is_answered",
                    ),
                ],
            },
        ),
    ]
