"""The specification of "money is never lost, stock is never sold twice", line by line, and what proves it.

INVARIANTS are the twelve that a shop must keep; JOURNEYS are what it must pass on a simulated Stripe. A
line whose test was renamed, removed or skipped fails here: then say what proves it now, or write it.
"""

import pytest

from orders.gateways.stripe_requests import checkout_params
from orders.webhooks import HANDLERS
from tests.orders.test_gateway import make_request
from tests.specification import why_no_proof

INVARIANTS = {
    1: (
        "Sum(stock movements) = on hand; available = on hand − live holds − unshipped allocations ≥ 0,"
        " enforced by a conditional UPDATE or lock and a CHECK constraint",
        """
        products/test_stock_ledger.py::test_the_sum_of_the_movements_is_the_stock_on_hand_over_whole_lives
        products/test_stock_ledger.py::test_only_the_stock_module_writes_what_is_on_hand_or_promised
        products/test_stock.py::test_the_database_itself_refuses_a_false_variant
        products/test_stock_race.py::test_the_last_packs_are_promised_exactly_once
        products/test_stock_race.py::test_without_the_guard_only_the_constraint_stops_the_eleventh_buyer
        orders/test_audit_stock.py::test_a_planted_fault_is_found
        """,
    ),
    2: (
        "N parallel buyers, k units → exactly k paid orders, N−k clean refusals, no captured money"
        " without an order; seen to fail with the guard removed",
        """
        races/test_last_packs.py::test_fifty_buyers_of_the_last_ten_packs_make_exactly_ten_paid_orders
        races/test_last_packs.py::test_without_the_check_in_the_update_only_the_constraint_stops_the_eleventh_buyer
        races/test_last_packs.py::test_without_any_guard_the_same_race_sells_fifty_packs_of_ten
        """,
    ),
    3: (
        "Any permutation, duplication or loss of {return page, webhook, reconciler} ends in the same"
        " state (property test over orderings)",
        """
        histories/test_histories.py::test_the_three_doors_in_any_order_doubled_or_lost_lead_to_one_end
        histories/test_histories.py::test_whatever_happens_money_orders_and_packs_agree_at_the_end
        orders/test_money_invariants.py::test_any_order_repetition_or_loss_of_the_three_doors_ends_in_the_same_state
        """,
    ),
    4: (
        "Crash after the charge and before commit → repaired by the reconciler within one run; never a"
        " second charge (key stored before the call)",
        """
        crash/test_killed_shop.py::test_who_is_killed_loses_nothing_and_doubles_nothing
        crash/test_killed_processes.py::test_a_server_killed_while_it_asks_stripe_leaves_an_order_that_is_paid_once
        crash/test_fault_points.py::test_at_every_point_somebody_dies_in_a_test
        orders/test_payments.py::test_the_key_is_stored_before_stripe_is_asked
        orders/test_payments.py::test_when_stripe_did_it_and_the_answer_was_lost_the_same_key_finds_the_same_page
        """,
    ),
    5: (
        "Refund key stored before the call; unknown outcome = in doubt, never failed; resolved by asking"
        " Stripe",
        """
        orders/test_refunds.py::test_row_and_key_exist_before_stripe_is_asked
        orders/test_refunds.py::test_a_refund_in_doubt_is_asked_again_with_the_same_key_and_happens_once
        orders/test_refunds.py::test_after_a_day_in_doubt_stripe_is_asked_what_it_knows
        orders/test_refused_refunds.py::test_one_in_doubt_is_looked_up_when_asking_again_is_refused
        orders/test_refused_refunds.py::test_a_refusal_takes_nothing_back_that_a_webhook_has_settled_meanwhile
        crash/test_killed_shop.py::test_a_refund_is_asked_for_with_the_key_that_was_written_before_the_crash
        """,
    ),
    6: (
        "Paid − refunded − disputed = ledger total for every order; ledger rows never change (DB trigger"
        " or revoked UPDATE)",
        """
        orders/test_audit.py::test_a_shop_in_order_has_no_findings
        orders/test_audit.py::test_a_planted_fault_is_found
        orders/test_books_of_refunds.py::test_payment_fee_and_refunds_are_what_stripes_balance_says
        orders/test_disputes.py::test_the_books_hold_for_parts_refunded_and_parts_disputed
        books/test_append_only.py::test_sql_cannot_change_the_ledger
        books/test_chain.py::test_a_change_of_any_field_is_found
        """,
    ),
    7: (
        "Late payment on an expired order: either stock is still there → paid; or automatic full refund"
        " + mail. Never silent",
        """
        orders/test_payments_that_misfit.py::test_a_late_payment_with_stock_left_is_a_paid_order
        orders/test_payments_that_misfit.py::test_a_late_payment_without_stock_goes_back_in_full_with_a_mail
        """,
    ),
    8: (
        "No network call while a row lock is held; locks taken in one global order",
        """
        orders/test_money_invariants.py::test_stripe_is_never_asked_while_a_lock_is_held
        orders/test_money_invariants.py::test_a_question_under_a_lock_is_noticed_in_every_test_that_has_a_stripe
        races/test_lock_order.py::test_locks_are_taken_in_one_order_by_every_use_case
        products/test_stock_race.py::test_buyers_of_two_packs_in_opposite_order_do_not_block_each_other
        """,
    ),
    9: (
        "SMTP down for an hour loses no order and no mail",
        """
        outbox/test_mail_server_away.py::test_an_order_is_placed_paid_and_shown_while_mail_is_down_for_an_hour
        outbox/test_mail_server_away.py::test_a_server_that_goes_away_in_the_middle_of_a_round_loses_nothing
        crash/test_killed_mail.py::test_one_mail_that_nobody_takes_does_not_hold_up_the_others
        orders/test_notifications.py::test_the_mail_is_part_of_the_work_it_tells_about
        """,
    ),
    10: (
        "Query counts of product, cart, checkout, order list are constant in the number of rows",
        """
        products/test_views.py::test_more_rows_cost_no_more_queries
        orders/test_cart_views.py::test_looking_at_the_cart_reads_little_and_writes_nothing
        orders/test_checkout_views.py::test_looking_at_the_checkout_reads_little_and_writes_nothing
        orders/test_order_views.py::test_looking_at_an_order_reads_little_and_writes_nothing
        orders/test_admin_list.py::test_more_orders_cost_no_more_queries
        """,
    ),
    11: (
        "A price change between page and pay is shown, not charged",
        """
        orders/test_checkout_totals.py::test_a_price_that_changed_meanwhile_is_shown_not_charged
        orders/test_checkout.py::test_a_price_that_changed_after_the_quote_stops_the_order
        """,
    ),
    12: (
        "Guest link: constant-time compare, rotating, no enumeration by order number",
        """
        shop/test_tokens.py::test_the_beginning_finds_a_row_and_only_the_whole_opens_it
        shop/test_tokens.py::test_a_wrong_guess_is_as_much_work_as_an_unknown_one
        shop/test_tokens.py::test_no_row_is_looked_up_by_its_whole_token
        orders/test_guest_links.py::test_a_dead_link_answers_like_one_that_never_was
        orders/test_guest_links.py::test_the_new_link_goes_to_the_new_address_only
        orders/test_enumeration.py::test_a_number_opens_nothing
        """,
    ),
}

JOURNEYS = {
    "happy path": """
        flows/test_buying.py::test_a_purchase_from_the_first_look_to_the_money_back
        browser/test_purchase_journey.py::test_a_whole_purchase_in_every_look""",
    "decline then success in one session": """
        orders/test_payments.py::test_a_declined_card_leaves_order_and_page_as_they_are
        orders/test_declines.py::test_a_good_card_before_the_page_is_closed_wins""",
    "3DS fail then pass": """
        orders/test_payments.py::test_three_d_secure_failed_and_then_passed_is_one_payment""",
    "delayed method both ways": """
        orders/test_bank_debits.py::test_while_the_bank_thinks_the_order_waits_with_its_packs
        orders/test_bank_debits.py::test_the_bank_pays_and_the_order_is_paid_once
        orders/test_bank_debits.py::test_the_bank_refuses_and_the_packs_are_free_again_with_a_mail""",
    "100 % code": """
        orders/test_checkout_totals.py::test_an_order_that_costs_nothing_needs_no_payment_page""",
    "promo + shipping totals": """
        orders/test_payments.py::test_stripe_asks_for_the_total_that_the_customer_saw
        orders/test_totals.py::test_the_parts_add_up_to_the_total""",
    "JPY": """
        orders/test_yen.py::test_yen_are_charged_recorded_and_paid_back_without_a_factor_of_a_hundred""",
    "expire and stock return": """
        orders/test_payment_pages.py::test_an_expired_session_ends_the_order_and_gives_everything_back
        orders/test_webhooks.py::test_an_expired_session_expires_the_order""",
    "pay at the last second": """
        orders/test_payment_pages.py::test_paid_in_the_pages_last_second_although_our_hold_is_over_by_our_clock
        orders/test_payment_pages.py::test_closing_a_page_that_was_paid_a_moment_before_brings_the_order_back_paid
        races/test_staff_at_once.py::test_cancelling_and_paying_an_unpaid_order_at_once_loses_no_money""",
    "two tabs": """
        browser/test_purchase_journey.py::test_two_tabs_with_the_same_cart_pay_once
        races/test_money_at_once.py::test_many_tabs_that_ask_for_the_payment_page_at_once_get_one""",
    "session replaced": """
        orders/test_checkout_once.py::test_a_changed_order_closes_the_page_of_the_one_before
        browser/test_purchase_journey.py::test_two_tabs_that_change_their_mind_pay_once_and_for_the_newer_order""",
    "webhook first, page first, both at once": """
        orders/test_money_invariants.py::test_any_order_repetition_or_loss_of_the_three_doors_ends_in_the_same_state
        races/test_money_at_once.py::test_webhook_return_page_and_check_at_once_end_as_one""",
    "duplicate and shuffled events": """
        orders/test_webhooks.py::test_the_same_delivery_many_times_and_a_second_event_of_it_are_harmless
        orders/test_webhooks.py::test_events_out_of_order_end_the_same
        races/test_money_at_once.py::test_the_same_webhook_24_times_at_once_records_one_payment""",
    "lost webhook found by reconcile": """
        orders/test_reconcile.py::test_a_lost_webhook_is_made_up_for_once
        orders/test_reconcile_everything.py::test_a_lost_webhook_is_found_in_the_list_and_handled_once""",
    "dropped connection on create": """
        orders/test_payments.py::test_when_stripe_did_it_and_the_answer_was_lost_the_same_key_finds_the_same_page
        orders/test_reconcile.py::test_an_order_paid_on_a_page_we_never_heard_of_is_paid""",
    "secret roll": """
        orders/test_webhooks.py::test_while_a_secret_is_rolled_over_both_are_good
        sandbox/test_steering.py::test_a_rolled_secret_signs_along_until_its_time""",
    "forged, old and future signatures": """
        orders/test_webhooks.py::test_a_signature_that_is_not_stripes_is_answered_400""",
    "partial, full, over and failed refund": """
        orders/test_refunds.py::test_several_refunds_add_up_to_the_payment_and_no_further
        orders/test_refunds.py::test_nothing_and_too_much_are_refused_and_leave_no_row
        orders/test_refunds.py::test_a_refund_that_fails_after_it_was_settled_can_be_made_again
        races/test_money_at_once.py::test_of_refunds_of_everything_at_once_one_is_made""",
    "Dashboard refund": """
        orders/test_refunded_packs.py::test_a_refund_made_in_the_dashboard_is_taken_over_once
        orders/test_reconcile_everything.py::test_refunds_made_and_failed_at_stripe_are_found_without_any_event
        races/test_money_at_once.py::test_a_dashboard_refund_told_many_times_at_once_gets_one_row""",
    "dispute won and lost": """
        orders/test_disputes.py::test_dispute_won
        orders/test_disputes.py::test_dispute_lost_before_shipping_is_put_on_review_and_does_not_ship
        orders/test_disputed_orders.py::test_nothing_ships_goes_back_or_is_canceled_while_the_bank_holds_the_money
        races/test_disputes_at_once.py::test_no_parcel_leaves_after_bad_news_that_arrive_at_the_same_moment""",
    # The one line that has nothing to prove: packs are sold one order at a time, nothing renews, and
    # there is no portal in which to cancel. Should that change, this test is the first to be wrong.
    "subscribe, renew, fail, recover, cancel both ways, portal": """
        test_specification.py::test_the_shop_sells_no_subscriptions""",
    "foreign event ignored": """
        orders/test_webhooks.py::test_another_shops_session_on_the_same_account_is_ignored
        orders/test_webhooks.py::test_a_refund_of_a_payment_that_is_not_ours_is_none_of_our_business
        orders/test_disputes.py::test_disputes_of_other_shops_on_the_account_are_left_alone""",
    "sandbox down while shop stays usable": """
        pages_everywhere/test_without_stripe.py::test_a_page_is_shown_without_asking_stripe
        pages_everywhere/test_without_stripe.py::test_a_cart_is_filled_changed_and_discounted_without_asking_stripe
        flows/test_stripe_away.py::test_the_buyer_is_told_plainly_and_pays_the_same_order_when_stripe_is_back
        orders/test_gateway_turns.py::test_only_some_calls_wait_for_a_stripe_that_hangs""",
}

LINES = {
    **{f"{number}. {words}": proof for number, (words, proof) in INVARIANTS.items()},
    **JOURNEYS,
}


@pytest.mark.parametrize("words", LINES)
def test_each_line_of_the_specification_is_proved_by_a_test(words):
    named = LINES[words].split()
    assert named, "no test at all"
    assert [wrong for one in named if (wrong := why_no_proof(one))] == []
    assert len(named) == len(set(named))


def test_the_specification_is_there_whole():
    assert list(INVARIANTS) == list(range(1, 13))
    assert len(JOURNEYS) == 23


def test_a_proof_that_is_gone_or_skipped_would_be_noticed(tmp_path):
    gone = "orders/test_yen.py::test_yen_are_free"
    assert why_no_proof(gone) == f"{gone} does not exist"
    assert why_no_proof(gone.replace("yen.py", "dollars.py"))
    module = tmp_path / "test_some.py"
    module.write_text(
        "@pytest.mark.skip('later')\ndef test_skipped(): assert True\ndef test_stub(): pass\n"
    )
    assert why_no_proof(f"{module}::test_skipped").endswith("is skipped")
    assert why_no_proof(f"{module}::test_stub").endswith("is a stub")


@pytest.mark.parametrize(
    ("marks", "is_proof"),
    [
        ("pytest.mark.skip", False),
        ("[pytest.mark.django_db, pytest.mark.xfail(strict=False)]", False),
        ("[pytest.mark.race, pytest.mark.django_db]", True),
    ],
)
def test_a_module_that_is_skipped_proves_nothing(tmp_path, marks, is_proof):
    module = tmp_path / "test_all.py"
    module.write_text(f"pytestmark = {marks}\ndef test_one(): assert True\n")
    assert (why_no_proof(f"{module}::test_one") == "") is is_proof


def test_the_shop_sells_no_subscriptions():
    """So nothing of Stripe's about them can arrive, and there is nothing to renew or to cancel."""
    assert checkout_params(make_request())["mode"] == "payment"
    beginnings = ("invoice.", "customer.subscription.", "billing_portal.")
    assert [handled for handled in HANDLERS if handled.startswith(beginnings)] == []
