"""The database itself refuses to change or remove a stock movement."""

from django.db import migrations

from shop.lib.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0005_back_in_stock_alerts"),
    ]

    # Deleting a user empties `actor`; everything else stays as it was written.
    operations = [AppendOnly("StockMovement", free_columns=("actor_id",))]
