from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pages", "0002_references_moved_out")]

    operations = [
        migrations.AddField(
            model_name="faqitem",
            name="on_product_page",
            field=models.BooleanField(
                default=False,
                help_text="There the stricter rules for texts of the shop hold: nothing about the body, no source.",
                verbose_name="Shown on the product page too",
            ),
        ),
        migrations.AddField(
            model_name="historicalfaqitem",
            name="on_product_page",
            field=models.BooleanField(
                default=False,
                help_text="There the stricter rules for texts of the shop hold: nothing about the body, no source.",
                verbose_name="Shown on the product page too",
            ),
        ),
    ]
