"""A code that a review has earned stays as it was promised: nobody of the shop takes it back."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from orders import discounts
from orders.models import DiscountCode
from orders.promised_codes import CodePromised
from tests.factories import make_discount_code, make_order
from tests.orders.admin_steps import log_in, words_of
from tests.reviews.makers import NOW, make_content, make_review
from tests.reviews.test_campaigns import make_campaign, make_promised

pytestmark = pytest.mark.django_db

CODES = "/admin/orders/discountcode/"
ALL = tuple(f"orders.{verb}_discountcode" for verb in ("view", "add", "change", "delete"))
WORTH_LESS = {"code": "THANKS-NOTHING", "percent_basis_points": "1", "max_uses": "1"}
STAYS = "Somebody has earned it with a review, whatever it says. So it stays as it is."


def earned(stars=1):
    """The code that a review has earned, and its campaign."""
    campaign = make_campaign(name="Autumn")
    make_review(make_content(stars=stars), invitation=make_promised(campaign))
    return DiscountCode.objects.get(), campaign


def stored(code):
    return DiscountCode.objects.values().get(pk=code.pk)


def delete_past_django(code):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM orders_discountcode WHERE id = %s", [code.pk])
    connection.check_constraints()


@pytest.mark.parametrize("stars", [1, 5])
def test_an_earned_code_is_only_looked_at_and_leads_to_its_campaign(stars):
    code, campaign = earned(stars)
    client, _ = log_in(*ALL)

    page = client.get(f"{CODES}{code.pk}/change/")

    assert page.status_code == 200
    words = words_of(page)
    assert f"{STAYS} Campaign “Autumn”" in words
    assert f'href="/admin/reviews/campaign/{campaign.pk}/change/"' in page.content.decode()
    assert (code.code in words, "10 %" in words, "0 of 1" in words) == (True, True, True)
    html = page.content.decode()
    assert 'name="is_active"' not in html
    assert 'name="_save"' not in html


@pytest.mark.parametrize("typed", [WORTH_LESS, {**WORTH_LESS, "is_active": "on"}])
def test_staff_can_neither_change_nor_switch_it_off(typed):
    code, _ = earned()
    client, _ = log_in(*ALL)
    before = stored(code)

    assert client.post(f"{CODES}{code.pk}/change/", typed).status_code == 403

    assert stored(code) == before


def test_staff_cannot_delete_it_alone_or_with_others():
    code, _ = earned()
    client, _ = log_in(*ALL)

    one = client.post(f"{CODES}{code.pk}/delete/", {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [code.pk], "post": "yes"}
    client.post(CODES, chosen)

    assert one.status_code == 403
    assert DiscountCode.objects.filter(pk=code.pk).exists()


def test_a_code_that_nobody_was_promised_can_be_changed_and_deleted():
    earned()
    other = make_discount_code("SPRING", amount_cents=500)
    client, _ = log_in(*ALL)
    typed = {"code": "SUMMER", "amount_cents": "4.00"}

    page = client.get(f"{CODES}{other.pk}/change/")
    assert client.post(f"{CODES}{other.pk}/change/", typed).status_code == 302

    assert STAYS not in words_of(page)
    other.refresh_from_db()
    assert (other.code, other.amount_cents, other.is_active) == ("SUMMER", 400, False)
    assert client.post(f"{CODES}{other.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not DiscountCode.objects.filter(pk=other.pk).exists()


def test_the_model_refuses_to_save_it_anew_and_the_database_to_delete_it():
    code, _ = earned()
    before = stored(code)

    code.is_active = False
    with pytest.raises(CodePromised, match="So it stays as it is"):
        code.save()
    with pytest.raises(ProtectedError):
        code.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        delete_past_django(code)

    assert stored(code) == before


def test_an_earned_code_is_still_used_and_given_back():
    code, _ = earned()
    order = make_order()

    discounts.take(code, order)
    assert stored(code)["uses"] == 1

    discounts.give_back(order)
    assert stored(code)["uses"] == 0
    assert discounts.amount_off(discounts.find(code.code), items_cents=6000, now=NOW) == 600
