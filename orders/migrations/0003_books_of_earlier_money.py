"""Put payments and refunds from before there was a ledger into it, oldest first."""

from django.db import migrations
from django.utils import timezone

from shop.lib.hash_chain import Link, seal


def post_earlier_money(apps, schema_editor):
    """Post what has no entry yet. Fees and disputes of that time come when Stripe is asked."""
    head_model = apps.get_model("books", "LedgerHead")
    entries = apps.get_model("books", "LedgerEntry").objects
    known = set(entries.values_list("key", flat=True))
    money = [fields for fields in earlier_money(apps) if fields["key"] not in known]
    if not money:
        return
    head, _ = head_model.objects.select_for_update().get_or_create(pk=1)
    last = Link(head.sequence, "", head.hash)
    now = timezone.now()
    for fields in money:
        # Named one by one, in the order of LedgerEntry.facts() as it is for good.
        facts = {**fields, "recorded_at": now}
        last = seal(last, facts)
        entries.create(
            **facts, sequence=last.sequence, previous_hash=last.previous_hash, hash=last.hash
        )
    head_model.objects.filter(pk=1).update(sequence=last.sequence, hash=last.hash)


def earlier_money(apps):
    """Return the facts of every payment, and of every refund that the gateway has taken, by time."""
    payments = apps.get_model("orders", "Payment").objects.select_related("order")
    refunds = apps.get_model("orders", "Refund").objects.filter(status__in=["sent", "settled"])
    found = [
        facts("payment", row, row.reference, row.amount_cents, row.received_at) for row in payments
    ]
    found += [
        facts("refund", row.payment, row.reference, -row.amount_cents, row.requested_at)
        for row in refunds.select_related("payment__order")
    ]
    return sorted((row for row in found if row["amount_cents"]), key=lambda row: row["happened_at"])


def facts(kind, payment, reference, amount_cents, happened_at):
    return {
        "kind": kind,
        "order_number": payment.order.number,
        "payment_reference": payment.reference,
        "reference": reference,
        "amount_cents": amount_cents,
        "currency": payment.currency.upper(),
        "key": f"{kind}:{reference}",
        "happened_at": happened_at,
    }


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_disputes_and_causes_of_refunds"),
        ("books", "0001_money_ledger"),
    ]

    operations = [migrations.RunPython(post_earlier_money, migrations.RunPython.noop)]
