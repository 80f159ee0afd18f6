"""The specification of "customer reviews that nobody can bend", clause by clause, and what proves each.

PARTS are the sections of the issue. FACTS are the rows of content.md section 3 that are not among them, by
their numbers. A clause whose test was renamed, removed or skipped fails here.
"""

import pytest

from tests.specification import why_no_proof

WRITING = {
    "a mail some days after delivery, default 21": """
        reviews/test_invitations.py::test_a_request_is_due_three_weeks_after_the_estimated_delivery
        reviews/test_invitations.py::test_a_recorded_delivery_counts_before_the_estimate
        orders/test_deliveries.py::test_a_delivery_is_recorded_once_with_its_event""",
    "one reminder": """
        reviews/test_invitations_mails.py::test_one_reminder_follows_two_weeks_later
        races/test_review_requests_at_once.py::test_runs_at_once_send_every_reminder_once""",
    "all buyers alike": """
        reviews/test_invitations.py::test_buyers_of_all_kinds_are_asked_alike_at_the_same_time
        reviews/test_invitations.py::test_somebody_who_gave_one_dot_is_asked_after_the_next_order
        reviews/test_invitations.py::test_no_event_of_an_order_but_its_delivery_and_its_email_touches_a_request""",
    "one-click stop": """
        reviews/test_stop.py::test_mail_program_stops_with_one_request_from_anywhere
        reviews/test_invitations_mails.py::test_one_click_ends_all_requests_to_an_address
        races/test_review_requests_at_once.py::test_nobody_is_asked_after_a_stop_however_close_it_was""",
    "a signed personal link": """
        reviews/test_own.py::test_only_a_signed_link_of_a_review_opens_it
        reviews/test_writing_invited.py::test_wrong_token_is_no_page
        reviews/test_writing_invited.py::test_link_that_has_ended_leads_to_the_open_form""",
    "an open form, never marked verified": """
        reviews/test_writing.py::test_review_is_stored_as_unverified_and_its_author_led_to_their_own_page
        reviews/test_writing.py::test_nobody_can_set_what_comes_from_the_order""",
    "stars as radios, title, text, attribute ratings, skin type, where worn, hours it held": """
        reviews/test_writing.py::test_rating_is_five_radio_buttons_in_a_group_with_words
        reviews/test_writing.py::test_only_rating_words_name_and_address_are_asked_for
        reviews/test_views.py::test_a_card_says_who_when_how_it_came_and_what_was_worn""",
    "photo checked, EXIF stripped, re-encoded": """
        reviews/test_writing_photos.py::test_stored_files_tell_neither_place_nor_camera
        reviews/test_writing_photos.py::test_hostile_file_is_refused_at_its_field_and_leaves_nothing
        reviews/test_writing_photos.py::test_script_behind_a_picture_is_not_stored
        browser/test_review_story.py::test_a_review_goes_its_whole_way""",
    "no log-in": """
        reviews/test_writing.py::test_form_needs_no_token_and_no_cookie
        reviews/test_own.py::test_page_is_for_its_author_alone""",
    "verified buyer comes from the order line alone, and nobody can set it": """
        reviews/test_log_standing.py::test_bought_here_comes_from_the_order_line_and_cannot_be_set
        reviews/test_log_standing.py::test_what_never_changes_of_a_review_is_refused_by_the_database
        reviews/test_log_standing.py::test_a_buyer_who_bought_something_else_is_found
        reviews/test_importing.py::test_no_column_makes_a_buyer_or_shows_a_review""",
    "reviewers may edit or withdraw; the history stays": """
        reviews/test_own_changes.py::test_new_version_takes_the_place_of_the_old_one_which_stays
        reviews/test_own.py::test_taking_it_back_asks_first_and_keeps_the_log
        reviews/test_own.py::test_all_versions_are_there_with_their_old_ratings
        reviews/test_log_standing.py::test_words_can_be_emptied_and_never_rewritten""",
}

READING = {
    "average with count, histogram whose bars are filters": """
        reviews/test_views.py::test_average_histogram_and_attributes_stand_there_as_words
        reviews/test_summary.py::test_a_bar_leads_to_its_reviews_and_an_empty_one_nowhere
        reviews/test_summary.py::test_a_rating_is_exact_and_rounded_once""",
    "attribute averages with spread and sample size": """
        reviews/test_summary.py::test_an_attribute_tells_its_spread_and_how_many_answered""",
    "sort and filter by plain links, paging": """
        reviews/test_views.py::test_filters_combine_and_each_can_be_taken_off
        reviews/test_views.py::test_every_order_is_what_it_says
        reviews/test_views.py::test_pages_follow_each_other_and_end
        reviews/test_views.py::test_only_pages_of_the_whole_list_are_for_search_engines""",
    "verified and source labels, incentive and insider labels": """
        reviews/test_views.py::test_a_card_says_who_when_how_it_came_and_what_was_worn
        reviews/test_views.py::test_labels_stand_beside_the_dots
        reviews/test_views.py::test_an_imported_review_says_where_it_stood_and_bears_its_own_day
        reviews/test_labels.py::test_earlier_reviews_of_somebody_who_becomes_known_are_labelled_once""",
    "one dated staff reply": """
        reviews/test_replying.py::test_a_reply_is_dated_signed_on_record_and_told_once
        reviews/test_views.py::test_a_changed_review_says_so_and_a_reply_is_dated_and_signed""",
    "helpful votes, one per visitor token, rate-limited": """
        reviews/test_voting.py::test_a_vote_counts_and_a_second_one_of_the_same_visitor_does_not
        reviews/test_voting.py::test_a_network_votes_thirty_times_an_hour
        reviews/test_voting.py::test_no_page_of_reviews_sets_the_cookie_or_varies_on_it
        races/test_votes_at_once.py::test_a_visitor_counts_once_however_many_windows_vote_together""",
    "questions and answers where answers become FAQ rows": """
        pages/test_questions.py::test_an_answer_becomes_the_last_row_of_its_group
        pages/test_admin_questions.py::test_an_answer_is_published_found_by_the_search_and_sent
        pages/test_asking.py::test_a_question_is_taken_in_one_line_and_shown_to_nobody""",
    "an empty state that asks for nothing false": """
        reviews/test_views.py::test_without_reviews_there_is_no_rating_and_no_dot
        reviews/test_product_part.py::test_without_reviews_nothing_is_told_and_nothing_is_shown
        reviews/test_product_part.py::test_home_and_site_map_say_nothing_while_there_is_no_review""",
    "4.5 out of 5, 132 reviews, as text": """
        reviews/test_views.py::test_average_histogram_and_attributes_stand_there_as_words""",
    "JSON-LD on the Product only, from what the page shows; none without reviews": """
        reviews/test_product_part.py::test_every_value_told_stands_on_the_visible_page
        reviews/test_product_part.py::test_rating_and_reviews_are_told_as_the_page_shows_them
        reviews/test_views.py::test_there_is_no_structured_rating_on_this_page
        reviews/test_product_part.py::test_without_reviews_nothing_is_told_and_nothing_is_shown""",
}

MODERATING = {
    "one path for one to five stars": """
        reviews/test_decisions.py::test_the_rules_treat_five_ratings_alike
        reviews/test_decisions_blind.py::test_no_module_that_decides_touches_a_rating
        reviews/test_decisions_blind.py::test_the_search_for_ratings_bites
        reviews/test_writing.py::test_every_rating_stands_the_same""",
    "the stars are hidden at the moment of decision": """
        reviews/test_admin_deciding.py::test_two_reviews_that_differ_only_in_ratings_have_the_same_page
        reviews/test_admin_reviews.py::test_the_list_tells_state_source_and_what_was_noticed_and_no_rating
        reviews/test_admin_reviews.py::test_no_lookup_narrows_the_list_by_a_rating_or_by_anything_but_its_filters
        reviews/test_decisions_blind.py::test_no_template_of_the_decision_shows_a_rating""",
    "hidden also from whoever decides anew: two people do": """
        reviews/test_second_look.py::test_words_that_everybody_has_read_are_withheld_by_two
        reviews/test_second_look.py::test_what_was_withheld_is_shown_by_two_and_with_a_note_only
        reviews/test_second_look.py::test_where_no_second_person_agrees_it_is_as_it_was
        reviews/test_second_look.py::test_the_log_itself_proves_that_two_decided
        reviews/test_second_look_ways.py::test_nobody_asks_anew_whenever_the_author_changes_a_word
        reviews/test_second_look_ways.py::test_a_claim_that_two_let_stand_is_no_way_to_bury_what_one_would_withhold
        reviews/test_admin_reviews.py::test_the_record_shows_ratings_only_to_whoever_cannot_decide_on_it
        reviews/test_admin_deciding.py::test_a_shown_review_is_withheld_by_two_on_the_same_page""",
    "withholding only with a listed, neutral reason": """
        reviews/test_decisions.py::test_reasons_are_only_those_that_can_be_true
        reviews/test_decisions.py::test_withholding_that_is_not_possible_changes_nothing
        reviews/test_admin_deciding.py::test_the_page_says_what_a_reason_covers_and_that_a_rating_is_none""",
    "waiting is no way to withhold": """
        reviews/test_decisions.py::test_overdue_are_shown_that_wait_only_for_an_order
        reviews/test_bursts.py::test_a_burst_is_shown_by_itself_four_times_later_than_others
        shop/test_today_reviews.py::test_a_review_that_waited_too_long_is_urgent""",
    "the author is told and can edit": """
        reviews/test_decisions.py::test_withholding_names_reason_and_words_and_tells_the_author_once
        reviews/test_own_changes.py::test_withheld_review_is_shown_when_its_author_takes_the_sentence_out""",
    "append-only history of every decision": """
        reviews/test_decisions.py::test_every_entry_of_a_person_names_them
        reviews/test_admin_reviews.py::test_the_record_tells_every_decision_with_who_when_and_why
        reviews/test_log_standing.py::test_no_entry_and_no_flag_can_be_rewritten
        reviews/test_log_standing.py::test_no_row_of_the_record_can_be_deleted""",
    "public figures: received, shown, withheld by reason and by stars": """
        reviews/test_numbers.py::test_the_figures_are_those_of_the_counts
        reviews/test_numbers.py::test_every_number_stands_there_with_its_rating_and_why_it_is_held_back""",
    "a nightly check that withholding does not depend on stars beyond chance": """
        reviews/test_fairness.py::test_a_shop_that_withholds_by_chance_is_fair
        reviews/test_fairness.py::test_a_person_who_withholds_low_ratings_is_found_by_name_and_by_reason
        reviews/test_fairness.py::test_low_ratings_that_are_left_waiting_are_found
        reviews/test_chance.py::test_a_fair_shop_is_seldom_suspected
        reviews/test_chance.py::test_one_star_withheld_three_times_as_often_is_found_in_500_reviews
        shop/test_review_proof.py::test_a_review_tampered_with_is_an_error_and_fairness_is_looked_at_all_the_same""",
    "a hash-chained public number per submission": """
        reviews/test_log.py::test_a_change_of_any_public_fact_breaks_its_hash
        reviews/test_log.py::test_a_rolled_back_submission_leaves_no_number_behind
        races/test_reviews_at_once.py::test_twenty_submissions_at_once_get_twenty_numbers_without_a_gap""",
    "a page that proves none has vanished": """
        reviews/test_numbers.py::test_the_recipe_on_the_page_is_the_one_that_is_tested_here
        reviews/test_numbers.py::test_the_recipe_finds_tampering
        reviews/test_numbers.py::test_words_names_and_who_decided_stay_out
        reviews/test_log.py::test_a_submission_that_vanished_with_all_its_traces_is_found
        shop/test_verify_reviews.py::test_a_noted_head_that_is_gone_is_told""",
}

HEALTH = {
    "the claims check runs on every review": """
        reviews/test_illness_talk.py::test_claims_are_found_and_telling_is_left_alone
        reviews/test_importing.py::test_the_rules_hold_for_imported_words
        reviews/test_nightly.py::test_new_rules_reach_every_review_some_at_a_time""",
    "a disease claim is held, told, and may be edited, the same for all stars": """
        reviews/test_writing.py::test_statement_about_an_illness_is_taken_in_and_withheld_with_its_words_named
        reviews/test_decisions.py::test_a_claim_is_not_shown_by_one_person
        reviews/test_decisions.py::test_the_rules_treat_five_ratings_alike""",
    "and never promoted: hero quotes, feed, meta, JSON-LD, mail": """
        reviews/test_product_part.py::test_a_claim_a_tie_or_a_thank_you_is_never_repeated
        reviews/test_product_part.py::test_home_quotes_the_newest_that_may_be_quoted_with_dots_and_labels
        reviews/test_feeds.py::test_what_may_not_be_repeated_is_left_out_whatever_its_stars""",
    "no-effect and skin-reaction reviews are never held": """
        reviews/test_writing.py::test_report_of_a_reaction_is_shown_at_once
        reviews/test_safety.py::test_a_report_opens_a_case_and_is_shown
        reviews/test_wording.py::test_reports_are_told_from_all_else""",
    "reactions open a case in a safety queue": """
        reviews/test_safety.py::test_a_report_opens_a_case_and_is_shown
        reviews/test_safety.py::test_the_tick_alone_opens_a_case
        shop/test_today_reviews.py::test_reported_reactions_are_urgent_and_seen_by_few""",
    "with what a staff member has to ask and record": """
        reviews/test_safety.py::test_the_questions_are_columns_and_ask_all_that_has_to_be_known
        reviews/test_admin_safety.py::test_the_page_tells_what_to_say_and_to_ask_and_no_stars
        reviews/test_safety.py::test_a_case_is_not_closed_without_outcome_and_severity""",
}

INCENTIVES = {
    "a campaign issues its coupon on submission": """
        reviews/test_campaigns.py::test_an_answer_earns_a_code_that_works_once
        reviews/test_campaigns.py::test_a_review_that_is_withheld_at_once_earns_it_as_well
        races/test_review_requests_at_once.py::test_an_answer_sent_twice_at_once_earns_one_code""",
    "and cannot read the stars": """
        reviews/test_campaigns.py::test_issuing_a_code_asks_the_database_nothing_about_any_review
        reviews/test_campaigns.py::test_what_issues_codes_is_told_no_stars
        reviews/test_campaigns.py::test_one_to_five_stars_earn_the_same""",
    "the label is set by the campaign": """
        reviews/test_campaigns.py::test_a_later_change_of_the_campaign_changes_no_label
        reviews/test_admin_asking.py::test_a_campaign_that_was_promised_can_only_end""",
}

DEFENCE = {
    "honeypot": """
        reviews/test_writing_defence.py::test_trap_is_emptied_and_shown_so_that_a_person_can_send_again""",
    "time trap": """
        reviews/test_writing_defence.py::test_form_that_was_sent_too_fast_is_kept_and_taken_when_sent_again
        reviews/test_writing_defence.py::test_forged_time_is_refused_and_a_fresh_one_is_there""",
    "rate limits by address block and token": """
        reviews/test_writing_defence.py::test_sixth_review_of_an_hour_from_one_network_is_refused_with_its_words_kept
        reviews/test_own_changes.py::test_eleventh_change_of_a_day_is_refused_with_its_words_kept
        races/test_reviews_sent_at_once.py::test_of_a_flood_as_many_are_taken_as_there_is_room_for""",
    "duplicate-text detection": """
        reviews/test_writing_defence.py::test_same_words_once_more_are_taken_in_flagged_and_wait""",
    "link stripping": """
        reviews/test_wording.py::test_a_web_address_is_taken_out
        reviews/test_writing.py::test_web_addresses_in_the_words_are_taken_out_and_the_author_is_told""",
    "bursts flagged": """
        reviews/test_writing_defence.py::test_all_reviews_of_a_burst_from_one_network_are_flagged
        reviews/test_bursts.py::test_a_burst_is_shown_by_itself_four_times_later_than_others""",
}

IN_AND_OUT = {
    "CSV import with source, date and proof, dry run": """
        reviews/test_import_file.py::test_a_line_without_what_is_needed_is_refused
        reviews/test_importing.py::test_a_dry_run_says_the_same_and_stores_nothing
        reviews/test_importing.py::test_the_same_file_twice_adds_nothing""",
    "unverified unless matched to an order": """
        reviews/test_importing.py::test_number_and_address_of_a_shipped_order_make_a_buyer
        reviews/test_importing.py::test_number_or_address_alone_make_no_buyer
        reviews/test_importing.py::test_no_column_makes_a_buyer_or_shows_a_review""",
    "export for a regulator": """
        reviews/test_exporting.py::test_every_number_is_in_it_in_every_state
        reviews/test_exporting.py::test_the_script_accepts_a_true_export
        reviews/test_exporting.py::test_the_script_finds_what_was_tampered_with""",
    "Google product-review feed valid against its schema": """
        reviews/test_feeds.py::test_a_review_says_all_that_google_asks_for
        reviews/test_feeds.py::test_the_schema_refuses_what_google_refuses""",
    "off until fifty reviews": """
        reviews/test_feeds.py::test_the_shop_begins_it_with_fifty
        reviews/test_feeds.py::test_it_is_off_until_there_are_enough
        reviews/test_feeds.py::test_those_that_it_leaves_out_do_not_switch_it_on""",
    "demo reviews are marked on the page": """
        reviews/test_demo.py::test_they_are_marked_and_nobody_is_made_a_buyer
        reviews/test_numbers.py::test_an_invented_review_says_so""",
    "and refuse to load in production": """
        reviews/test_demo.py::test_a_real_shop_refuses_them_and_stores_nothing
        reviews/test_feeds.py::test_demo_reviews_leave_it_in_production""",
}

SHOWN = {
    "from delivered order to published review with photo, staff reply": """
        browser/test_review_story.py::test_a_review_goes_its_whole_way""",
    "withheld and corrected review": """
        browser/test_review_story.py::test_a_withheld_review_is_corrected_and_read_by_all""",
    "no sequence of moderation acts can remove a number from the chain": """
        reviews/test_properties.py::test_no_sequence_of_acts_takes_a_number_or_an_entry_away
        reviews/test_properties.py::test_a_number_that_goes_missing_is_seen""",
    "or treat two reviews that differ only in stars differently": """
        reviews/test_properties.py::test_reviews_that_differ_only_in_their_stars_fare_alike
        reviews/test_properties.py::test_a_rule_that_reads_the_stars_is_seen""",
    "axe clean": """
        browser/test_every_page.py::test_a_public_page_is_sound_in_every_look
        browser/test_review_story.py::test_a_review_goes_its_whole_way
        browser/test_review_forms.py::test_somebody_writes_changes_and_takes_back_a_review""",
    # The CPU is in bench/growth-reviews.md (`make bench-growth-reviews`).
    "100,000 reviews need the same queries and bytes as one hundred": """
        reviews/test_views.py::test_it_takes_four_queries_with_none_with_one_and_with_many
        reviews/test_product_part.py::test_a_page_asks_as_often_with_many_reviews_as_with_none
        reviews/test_numbers.py::test_pages_go_by_number_and_cost_the_same
        reviews/test_cells.py::test_the_database_writes_the_cell_that_is_counted""",
}

FACTS = {
    "2 source shown": """
        reviews/test_views.py::test_a_card_says_who_when_how_it_came_and_what_was_worn""",
    "3 imported reviews stay unverified": """
        reviews/test_importing.py::test_an_imported_review_has_a_number_a_log_its_origin_and_waits""",
    "5 queue with statuses": """
        reviews/test_admin_reviews.py::test_what_waits_stands_first_the_oldest_on_top_then_the_newest""",
    "12 filters work without JavaScript": """
        reviews/test_views.py::test_filters_combine_and_each_can_be_taken_off""",
    "13 attribute ratings, and how long it was used": """
        reviews/test_views.py::test_a_card_says_who_when_how_it_came_and_what_was_worn""",
    "17 a link signed and expiring": """
        reviews/test_writing_invited.py::test_link_that_has_ended_leads_to_the_open_form
        reviews/test_own.py::test_link_ends_with_its_nonce""",
    "19 staff and affiliate emails are flagged": """
        reviews/test_admin_acts.py::test_an_insider_who_becomes_known_labels_what_they_wrote_before
        reviews/test_writing.py::test_tie_to_the_shop_stands_beside_the_review""",
    "20 old stars stay in the log": """
        reviews/test_own.py::test_all_versions_are_there_with_their_old_ratings""",
    "25 spam defence": """
        reviews/test_writing_defence.py::test_photos_from_one_network_are_counted_before_they_are_read""",
    "27 health-claim guard": """
        reviews/test_product_part.py::test_a_claim_a_tie_or_a_thank_you_is_never_repeated""",
}

PARTS = {
    "writing": WRITING,
    "reading": READING,
    "moderating": MODERATING,
    "health": HEALTH,
    "incentives": INCENTIVES,
    "defence": DEFENCE,
    "in and out": IN_AND_OUT,
    "shown by": SHOWN,
    "content.md 3": FACTS,
}
LINES = {f"{part}: {words}": proof for part, rows in PARTS.items() for words, proof in rows.items()}


@pytest.mark.parametrize("words", LINES)
def test_each_clause_is_proved_by_a_test(words):
    named = LINES[words].split()
    assert named, "no test at all"
    assert [wrong for one in named if (wrong := why_no_proof(one))] == []
    assert len(named) == len(set(named))


def test_the_specification_is_there_whole():
    sizes = {part: len(rows) for part, rows in PARTS.items()}
    assert sizes == {
        "writing": 11,
        "reading": 10,
        "moderating": 11,
        "health": 6,
        "incentives": 3,
        "defence": 6,
        "in and out": 7,
        "shown by": 6,
        "content.md 3": 10,
    }
