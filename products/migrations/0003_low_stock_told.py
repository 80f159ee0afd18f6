from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0002_reservations_of_somebody"),
    ]

    operations = [
        migrations.AddField(
            model_name="variant",
            name="low_stock_told_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
