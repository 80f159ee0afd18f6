"""The roles of staff. docs/staff.md has the same table for people; superusers may change both later."""

from django.db import migrations

READ = ("view",)
WRITE = ("view", "add", "change")
KEEP = ("view", "add", "change", "delete")

CONTENT = {
    "pages.infopage": WRITE,
    "pages.pageblock": WRITE,
    "pages.faqgroup": WRITE,
    "pages.faqitem": WRITE,
    "pages.studytopic": WRITE,
    "pages.study": WRITE,
    "pages.estimate": WRITE,
    "pages.dailyamount": WRITE,
    "pages.foodsource": WRITE,
    "policies.policy": ("view", "change"),
    "policies.policyversion": WRITE,
}
DESK = {
    "orders.order": ("view", "ship_order", "resend_mail", "change_order_address"),
    "pages.contactmessage": ("view", "answer_contactmessage"),
    "post_office.email": ("view", "change"),
    "products.product": READ,
    "products.variant": READ,
    "products.reservation": READ,
    "products.stockmovement": READ,
}
MANAGEMENT = {
    "orders.order": ("cancel_order", "refund_order", "review_order"),
    "orders.discountcode": KEEP,
    "orders.shippingmethod": KEEP,
    "orders.shippingrate": KEEP,
    "orders.taxrate": KEEP,
    "orders.webhookdelivery": READ,
    "products.product": WRITE,
    "products.variant": WRITE,
    "products.ingredient": KEEP,
    "products.productimage": KEEP,
    "products.saleblock": KEEP,
    # Booking a movement is how the stock changes; a movement itself never does.
    "products.stockmovement": ("view", "add"),
    "accounts.user": READ,
}
GROUPS = {
    "Author": [CONTENT],
    "Order desk": [DESK],
    "Manager": [CONTENT, DESK, MANAGEMENT],
}


def make_groups(apps, schema_editor):
    """Make the groups and give them their permissions. Harmless when done already."""
    alias = schema_editor.connection.alias
    group_model = apps.get_model("auth", "Group")
    for name, tables in GROUPS.items():
        group, _ = group_model.objects.using(alias).get_or_create(name=name)
        for table in tables:
            for label, actions in table.items():
                for action in actions:
                    group.permissions.add(_permission(apps, alias, label, action))


def remove_groups(apps, schema_editor):
    """Take the groups away; the permissions are not ours."""
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name__in=GROUPS).delete()


def _permission(apps, alias, label, action):
    """Find the permission. Django makes them after all migrations, so on a new database we do."""
    app_label, model_name = label.split(".")
    model = apps.get_model(app_label, model_name)
    own = dict(model._meta.permissions)
    if action in own:
        codename, name = action, own[action]
    else:
        codename = f"{action}_{model_name}"
        name = f"Can {action} {model._meta.verbose_name}"
    content_type, _ = (
        apps.get_model("contenttypes", "ContentType")
        .objects.using(alias)
        .get_or_create(app_label=app_label, model=model_name)
    )
    permission, _ = (
        apps.get_model("auth", "Permission")
        .objects.using(alias)
        .get_or_create(content_type=content_type, codename=codename, defaults={"name": name})
    )
    return permission


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("orders", "0001_initial"),
        ("pages", "0001_initial"),
        ("policies", "0001_initial"),
        ("post_office", "0014_alter_email_recipient_delivery_status_and_more"),
        ("products", "0001_initial"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]
