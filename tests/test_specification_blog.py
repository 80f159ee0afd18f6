"""The specification of "the blog that staff like to publish in, and claims that hold", clause by clause.

The parts are the sections of the issue. What the facts behind it ask for besides stands in
tests/test_specification_blog_facts.py. A clause whose test was renamed, removed or skipped fails here.
"""

import pytest

from tests.specification import why_no_proof

WRITING = {
    "a post has all its fields, people, tags, pictures, sources, questions and parts": """
        blog/test_snapshots.py::test_a_snapshot_holds_everything_in_its_order
        blog/test_admin_posts.py::test_a_half_finished_draft_is_stored_with_all_its_rows
        blog/test_export.py::test_a_post_of_ours_comes_back_with_everything""",
    "summary of at most 60 words": """
        blog/test_readiness.py::test_what_is_missing_or_too_long_blocks
        blog/test_readiness.py::test_sixty_words_are_short_enough""",
    "authors and reviewers with credentials and disclosures": """
        blog/test_archives.py::test_an_author_page_says_who_that_is_and_what_ties_there_are
        blog/test_post_page.py::test_it_says_who_wrote_and_reviewed_it_and_when""",
    "the review is a recorded act": """
        blog/test_publishing_reviews.py::test_a_review_names_the_revision_and_the_next_date
        blog/test_publishing_reviews.py::test_nobody_reviews_what_they_wrote
        blog/test_publishing.py::test_words_that_changed_after_the_review_do_not_go_out
        blog/test_admin_nobody_alone.py::test_an_author_records_no_review_in_the_name_of_somebody_else
        shop/test_blog_groups.py::test_nobody_may_rewrite_the_records""",
    "main image with focal point, alt text, credit and license": """
        blog/test_pictures.py::test_a_cut_follows_the_focal_point
        blog/test_admin_library.py::test_a_picture_without_the_words_it_needs_is_refused_beside_the_field
        blog/test_readiness.py::test_every_picture_says_what_it_shows_and_who_made_it""",
    "references with DOI, PMID or URL, study type, year, accessed": """
        blog/test_spec_reading.py::test_a_source_tells_what_kind_of_study_it_is_and_opens_where_it_stands""",
    "publish and expire times": """
        blog/test_publishing.py::test_a_scheduled_post_appears_and_leaves_by_itself
        blog/test_admin_posts_publishing.py::test_a_time_is_that_of_the_shop_and_the_post_waits_for_it""",
    "sanitized at save": """
        blog/test_spec_writing.py::test_a_text_is_clean_whoever_stores_it
        blog/test_snapshots.py::test_unclean_text_in_a_snapshot_is_cleaned_when_it_is_put_back
        blog/test_prose.py::test_a_lone_paragraph_of_a_list_item_or_cell_is_no_paragraph""",
    "and at render": """
        blog/test_spec_writing.py::test_what_got_past_every_save_is_cleaned_again_before_it_is_shown
        blog/test_render_attacks.py::test_hostile_texts_in_every_field_stay_words""",
    "the editor's own list of what a text may hold": """
        blog/test_spec_writing.py::test_the_editor_can_make_nothing_that_the_cleaning_does_not_know
        blog/test_admin_posts_look.py::test_only_the_form_lets_a_script_of_its_own_run""",
    "citations as tokens that must resolve": """
        blog/test_readiness_words.py::test_a_citation_without_a_source_blocks_in_every_text
        blog/test_rendering.py::test_a_draft_shows_its_author_which_source_is_missing""",
    "images only from our library": """
        blog/test_spec_writing.py::test_a_text_shows_pictures_of_the_library_only
        blog/test_admin_posts.py::test_what_was_taken_out_of_the_text_is_said""",
    "a readiness panel beside the text": """
        blog/test_spec_writing.py::test_the_panel_beside_the_text_tells_all_that_was_found
        blog/test_admin_posts_look.py::test_what_is_typed_is_looked_at_and_nothing_is_written
        blog/test_readability.py::test_a_known_sentence_has_its_known_grade
        browser/test_post_editor.py::test_what_is_typed_is_looked_at_and_put_back_after_a_crash""",
    "stuffed phrases, unnamed studies, links that do not resolve": """
        blog/test_readiness_words.py::test_the_phrase_of_the_model_article_is_caught
        blog/test_readiness_words.py::test_a_sentence_that_leans_on_nobody_is_found
        blog/test_readiness_words.py::test_a_link_that_leads_nowhere_is_named""",
    "drafts save half-finished; publishing is strict": """
        blog/test_publishing_saves.py::test_an_empty_draft_can_be_saved
        blog/test_readiness_words.py::test_drafts_with_all_of_it_can_be_saved
        blog/test_publishing.py::test_a_post_with_a_problem_does_not_go_out
        blog/test_publishing_saves.py::test_a_published_post_takes_no_change_that_is_not_ready""",
    "draft → submitted → published → unpublished": """
        blog/test_publishing.py::test_no_move_is_possible_but_those_of_the_table
        blog/test_admin_posts_publishing.py::test_a_post_goes_from_its_author_by_a_reviewer_to_its_readers""",
    "permissions for author, reviewer and publisher": """
        shop/test_blog_groups.py::test_an_author_writes_and_submits_and_no_more
        shop/test_blog_groups.py::test_a_reviewer_reads_and_reviews_and_changes_nothing
        shop/test_blog_groups.py::test_a_publisher_may_all_of_it_and_publish
        blog/test_admin_posts_publishing.py::test_a_step_that_is_not_theirs_or_not_now_does_nothing
        blog/test_admin_posts.py::test_only_publishers_change_what_was_published
        blog/test_admin_attacks.py::test_who_has_no_permission_sees_none_of_it_and_changes_nothing""",
    "signed preview link that expires": """
        blog/test_preview.py::test_a_link_opens_the_draft_for_a_week
        blog/test_preview.py::test_a_link_that_was_made_up_opens_nothing
        blog/test_preview_page.py::test_a_draft_is_shown_to_who_has_the_link_and_kept_by_nobody""",
    "revisions with a readable difference": """
        blog/test_differences.py::test_only_what_differs_is_shown_word_by_word
        blog/test_differences.py::test_rows_come_and_go_as_a_whole""",
    "roll-back that includes references, FAQ and tags": """
        blog/test_admin_posts_publishing.py::test_two_revisions_are_compared_and_one_is_put_back
        blog/test_snapshots.py::test_what_was_taken_can_be_put_back
        blog/test_publishing_saves.py::test_an_earlier_revision_comes_back_as_a_new_one""",
    "local autosave": """
        browser/test_post_editor.py::test_what_is_typed_is_looked_at_and_put_back_after_a_crash""",
    "a stale save never overwrites somebody else's": """
        blog/test_admin_posts_stale.py::test_a_stale_save_changes_nothing_and_shows_both_texts
        blog/test_publishing_saves.py::test_a_row_that_was_read_too_early_does_not_win_by_writing_its_own_version""",
    "a public what-changed list per post": """
        blog/test_post_page.py::test_what_changed_in_public_stands_at_its_end
        blog/test_differences.py::test_what_changed_is_listed_with_its_reason_the_newest_first
        blog/test_publishing_saves.py::test_a_published_post_takes_no_new_words_without_a_reason_for_readers""",
    "a changed slug makes its redirect by itself, chains collapsed": """
        blog/test_publishing_saves.py::test_a_new_address_of_a_post_that_was_public_leaves_a_redirect
        blog/test_admin_shelves.py::test_a_changed_address_leads_on
        redirects/test_pointers.py::test_no_order_of_changes_leaves_a_chain_or_a_loop""",
    "redirect table with hits and 410s": """
        redirects/test_middleware.py::test_hits_are_counted
        redirects/test_middleware.py::test_what_is_gone_is_gone_on_a_page_of_the_shop
        redirects/test_admin.py::test_staff_make_a_redirect_and_visitors_are_led""",
    "CSV import with dry run": """
        redirects/test_importing.py::test_a_dry_run_says_what_each_line_would_do_and_changes_nothing
        redirects/test_importing.py::test_the_real_run_does_what_the_dry_run_said
        redirects/test_admin.py::test_a_file_is_looked_at_and_then_imported""",
    "a list of 404s with make redirect": """
        redirects/test_not_found.py::test_an_address_nobody_found_is_listed_once_with_how_often
        redirects/test_admin.py::test_a_lost_address_is_made_a_redirect_and_leaves_the_list""",
}

READING = {
    "date as Thursday, January 12th, 2012, and the date changed": """
        blog/test_archives.py::test_an_import_says_in_lists_that_nobody_has_reviewed_it
        blog/test_post_page.py::test_it_says_when_its_words_changed""",
    "table of contents, stable ids, unique on the page, sections left out": """
        blog/test_post_page.py::test_contents_lead_to_the_headings_without_those_left_out
        blog/test_rendering.py::test_a_heading_keeps_its_anchor_and_no_other_gets_it
        blog/test_publishing_saves.py::test_a_change_in_public_keeps_the_anchors_and_adds_new_ones
        blog/test_views.py::test_whole_posts_stand_on_a_page_with_anchors_of_their_own""",
    "numbered references that open their source without JavaScript": """
        blog/test_post_page.py::test_citations_are_numbered_by_first_use_and_lead_to_the_source_and_back
        browser/test_post_story.py::test_a_post_goes_its_whole_way""",
    "In short, FAQ as details, Read more about, Sources, tags": """
        blog/test_spec_reading.py::test_the_blocks_below_a_text_have_their_headings_and_need_no_script""",
    "inline related lines": """
        blog/test_post_page.py::test_related_lines_and_links_lead_only_to_posts_that_readers_can_read""",
    "image credits from top": """
        blog/test_post_page.py::test_pictures_of_the_text_have_caption_and_credit""",
    "previous and next in a series": """
        blog/test_post_page.py::test_parts_of_a_series_and_the_posts_around_lead_on""",
    "print style": """
        blog/test_spec_reading.py::test_on_paper_a_post_is_its_text_and_every_answer""",
    "tag pages headed Posts Tagged ‘X’; tags keep their case, may be questions, have an introduction": """
        blog/test_archives.py::test_a_tag_page_has_its_name_as_written_an_introduction_and_its_posts
        blog/test_import_terms.py::test_tags_keep_their_case_and_their_numbers
        claims/test_form_checks.py::test_a_claim_is_refused_beside_its_field""",
    "index, category, author, year, month and day archives, paging": """
        blog/test_views.py::test_the_index_shows_public_posts_only_the_newest_first
        blog/test_archives.py::test_a_category_page_shows_the_posts_of_the_categories_below_it_too
        blog/test_archives.py::test_dates_are_those_of_the_shops_time_zone
        blog/test_archives.py::test_every_list_is_paged_at_its_own_address""",
    "whole posts or summaries by setting": """
        blog/test_views.py::test_whole_posts_stand_on_a_page_with_anchors_of_their_own
        blog/test_views.py::test_a_summary_has_date_picture_and_words_and_a_post_without_summary_shows_how_it_begins""",
    "merge of tags with redirect": """
        blog/test_sorting.py::test_a_merged_tag_hands_over_its_posts_and_its_addresses
        blog/test_admin_library.py::test_staff_merge_tags_from_the_list""",
    "RSS and Atom for all, tag, category, author, full text": """
        blog/test_feeds.py::test_a_feed_holds_whole_posts_with_true_times_and_lasting_names
        blog/test_feeds.py::test_tags_categories_and_authors_have_feeds_of_their_own""",
    "search over posts, pages, FAQ and products": """
        blog/test_elsewhere.py::test_a_post_is_found_once_it_is_published_and_no_longer_when_it_is_taken_back
        search/test_whole_shop.py::test_every_document_leads_to_its_place""",
    "with ranking, highlighting and tolerance for typing errors": """
        search/test_ranking.py::test_title_before_keywords_before_summary_before_body
        search/test_view.py::test_results_are_an_ordered_list_with_kind_title_excerpt_and_path
        search/test_corrections.py::test_mistyped_word_shows_what_was_meant_and_says_so""",
    "every shape of the old addresses": """
        blog/test_old_addresses.py::test_every_old_address_leads_on_in_one_step
        shop/test_one_host.py::test_another_name_leads_to_the_right_address_in_one_step""",
    "JSON-LD BlogPosting with author, reviewedBy, lastReviewed, citation; FAQPage": """
        blog/test_structured_data.py::test_a_post_says_who_wrote_and_reviewed_it_and_what_it_cites
        blog/test_structured_data.py::test_questions_are_told_with_the_words_of_the_page""",
    "sitemap with true lastmod and images": """
        blog/test_elsewhere.py::test_sitemap_xml_names_posts_and_their_shelves_with_true_dates_and_pictures""",
    "OpenGraph, with a social image of its own": """
        blog/test_structured_data.py::test_a_link_preview_gets_picture_times_and_tags
        blog/test_spec_reading.py::test_a_picture_of_its_own_for_link_previews_goes_before_the_main_picture""",
}

CONTENT = {
    "at least ten posts of 700 to 1,600 words": """
        blog/test_starter_posts.py::test_the_list_of_starter_posts_is_whole
        blog/test_starter_posts.py::test_a_starter_post_has_the_right_length""",
    "on the twelve subjects": """
        blog/test_spec_content.py::test_there_is_a_post_on_each_subject_that_speaks_of_it""",
    "cited from the sources that were looked up": """
        blog/test_starter_posts.py::test_a_starter_post_cites_what_it_lists_and_lists_what_it_cites
        blog/test_spec_content.py::test_posts_cite_the_sources_that_were_looked_up_for_them""",
    "each with its own drawn picture or chart": """
        blog/test_starter_posts.py::test_a_starter_post_has_its_own_picture_that_says_what_it_shows""",
    "cross-linked": """
        blog/test_starter_posts.py::test_a_starter_post_points_only_to_posts_and_shelves_that_exist
        blog/test_spec_content.py::test_posts_lead_to_each_other""",
    "tagged with the tags of the original": """
        blog/test_spec_content.py::test_posts_bear_the_tags_of_the_original_blog""",
    "ready for readers, without a claim that does not hold": """
        blog/test_readiness_starter.py::test_a_starter_post_lacks_nothing_but_people
        blog/test_starter_posts.py::test_a_starter_post_makes_no_claim_that_does_not_hold""",
}

IMPORT = {
    "posts, pages, drafts, authors, nested categories, tags, attachments, comments kept as an archive": """
        blog/test_spec_import.py::test_everything_that_an_export_holds_comes_in_one_run
        blog/test_import.py::test_comments_are_archived_without_addresses_and_spam
        blog/test_import_terms.py::test_categories_find_their_parents_in_any_order
        blog/test_import_pictures.py::test_a_picture_comes_into_the_library_with_what_is_known_of_it""",
    "unclosed lists, nested shortcodes, galleries, captions, embeds, Windows-1252, non-breaking spaces": """
        blog/test_import_text.py::test_repaired
        blog/test_import_text.py::test_lost_with_a_line
        blog/test_import_text.py::test_pictures_of_the_library_are_shown
        blog/test_import_long_posts.py::test_the_open_list_ends_and_nothing_after_it_is_indented""",
    "more, nextpage, password posts, duplicate slugs, dates of 0000-00-00": """
        blog/test_import.py::test_what_stands_before_more_is_the_summary_where_there_is_no_excerpt
        blog/test_import.py::test_only_what_was_public_is_public
        blog/test_import.py::test_two_posts_with_one_address_both_stay_reachable
        blog/test_import.py::test_a_date_without_utc_is_read_in_the_blogs_zone
        blog/test_import.py::test_a_post_without_any_date_is_a_draft""",
    "sanitized": """
        blog/test_import_attacks.py::test_nothing_that_executes_is_stored""",
    "a dry run, reported line by line": """
        blog/test_import_again.py::test_a_dry_run_says_the_same_and_writes_nothing
        blog/test_import_again.py::test_the_command_prints_lines_and_a_sum""",
    "idempotent": """
        blog/test_import_again.py::test_a_second_run_changes_nothing
        blog/test_import_again.py::test_what_staff_edited_since_stays""",
    "resumable": """
        blog/test_import_again.py::test_a_killed_run_goes_on_where_it_stopped""",
    "with a progress bar": """
        blog/test_spec_import.py::test_who_watches_sees_how_far_it_is_and_a_log_does_not""",
    "redirects from the old links": """
        blog/test_import_again.py::test_old_links_and_old_slugs_lead_to_the_post
        blog/test_import_long_posts.py::test_the_address_below_a_category_leads_on""",
    "nothing half imported on an error": """
        blog/test_import_again.py::test_an_error_in_one_post_leaves_nothing_of_it_and_no_other_post_out
        blog/test_import_reading.py::test_an_export_that_is_cut_off_behind_its_posts_imports_none_of_them""",
    "entity bombs and external entities are refused": """
        blog/test_import_attacks.py::test_entities_are_refused
        blog/test_import_pictures.py::test_nothing_outside_the_folder_is_read""",
    "written in …, not reviewed since; not indexed until reviewed; no links into the shop": """
        blog/test_post_page.py::test_a_post_late_for_review_says_so_and_one_that_was_imported_too
        blog/test_post_page.py::test_nothing_in_a_post_on_a_disease_leads_to_the_shop
        blog/test_firewall.py::test_an_import_is_closed_until_somebody_has_reviewed_it
        blog/test_elsewhere.py::test_sitemap_xml_names_posts_and_their_shelves_with_true_dates_and_pictures""",
    "export as WXR that imports again unchanged": """
        blog/test_export.py::test_an_import_comes_back_the_same_from_its_export
        blog/test_export.py::test_a_post_of_ours_comes_back_with_everything
        blog/test_export.py::test_a_second_import_of_our_export_changes_nothing""",
}

CLAIMS = {
    "find_claims(text, *, context): findings, sixteen categories, six contexts": """
        claims/test_check.py::test_findings_point_into_the_original_text
        claims/test_check.py::test_there_are_sixteen_categories_each_described
        claims/test_check.py::test_an_unknown_context_is_refused""",
    "0.97 recall, 0.03 false flags": """
        claims/test_check.py::test_the_check_finds_claims_and_leaves_near_misses_alone
        claims/test_check.py::test_plain_prose_about_b12_is_left_alone""",
    "rules are data with a test each": """
        claims/test_rules.py::test_a_rule_flags_its_examples_and_not_its_near_misses
        claims/test_rules.py::test_without_a_rule_one_of_its_examples_is_missed""",
    "deterministic, no network": """
        claims/test_check.py::test_the_same_text_gives_the_same_findings_whatever_order_sets_have
        claims/test_check.py::test_the_check_knows_nothing_of_django_and_of_the_network""",
    "1,500 words in under 50 ms": """
        claims/test_spec_speed.py::test_a_post_of_1500_words_is_checked_within_fifty_milliseconds""",
    "reads titles, slugs, meta text, alt texts, captions, tags": """
        blog/test_published_texts.py::test_every_text_of_a_post_is_read
        blog/test_readiness_words.py::test_claims_are_found_wherever_something_is_published
        claims/test_form_checks.py::test_a_claim_is_refused_beside_its_field""",
    "product text, FAQ, pages, mail templates, coupon names, staff replies": """
        claims/test_sources.py::test_the_roof_registers_everything_that_is_published
        claims/test_sources.py::test_a_product_is_read_by_what_it_is
        claims/test_sources.py::test_codes_and_answers_are_read
        claims/test_sources.py::test_templates_for_visitors_are_read_and_those_for_staff_are_not
        claims/test_form_checks.py::test_the_name_of_a_discount_code_is_no_way_around
        claims/test_form_checks.py::test_an_answer_to_a_customer_is_checked""",
    # Neither is there yet: whoever adds them registers them like the rest, in one line.
    "later reviews and affiliate creatives": """
        claims/test_sources.py::test_a_source_and_a_resolver_are_registered_by_name""",
    "runs while writing, at publishing, on import": """
        blog/test_admin_posts_look.py::test_a_post_that_is_not_stored_yet_is_looked_at_too
        blog/test_readiness_words.py::test_a_claim_blocks_and_names_its_sentence
        blog/test_import.py::test_what_the_claims_check_finds_is_said_and_stops_nothing""",
    "nightly when rules change, with a queue of what no longer passes": """
        claims/test_spec_nightly.py::test_everything_is_checked_once_a_night
        claims/test_nightly.py::test_new_rules_have_everything_checked_again
        claims/test_nightly.py::test_a_published_claim_stands_in_the_queue_with_place_and_suggestion
        claims/test_admin.py::test_the_queue_names_sentence_place_and_what_to_write_instead""",
    "an override needs a second person and a reason, and is stored": """
        claims/test_desk.py::test_nobody_allows_what_they_asked_for
        claims/test_desk.py::test_the_database_refuses_one_person_in_bulk_as_well
        claims/test_admin.py::test_whoever_asks_sees_sentence_rule_and_place_and_gives_a_reason
        claims/test_admin.py::test_what_was_allowed_is_taken_back_and_all_names_stay_on_record""",
    "each post has a next-review date, and a queue of those overdue": """
        blog/test_publishing_reviews.py::test_a_review_names_the_revision_and_the_next_date
        blog/test_admin_posts_publishing.py::test_the_list_is_narrowed_and_drafts_are_submitted_together
        shop/test_today_posts.py::test_posts_that_wait_are_counted""",
    "overdue posts show a notice and leave the home page and related lists": """
        blog/test_post_page.py::test_a_post_late_for_review_says_so_and_one_that_was_imported_too
        blog/test_elsewhere.py::test_the_home_page_shows_posts_that_are_reviewed_and_not_late
        blog/test_spec_reading.py::test_a_late_post_leaves_the_related_lists_and_stays_where_a_sentence_leads_to_it""",
    "the firewall: no product, price, coupon or button, enforced in one place": """
        blog/test_firewall.py::test_a_post_on_a_disease_cannot_be_published_with_anything_of_the_shop
        blog/test_spec_firewall.py::test_rich_text_is_made_ready_in_one_place_and_that_one_asks_the_firewall
        blog/test_spec_firewall.py::test_no_page_that_shows_a_post_on_a_disease_shows_a_way_into_the_shop
        blog/test_feeds.py::test_a_post_on_a_disease_leads_nowhere_near_the_shop_in_a_feed_either
        blog/test_sorting.py::test_merging_a_disease_tag_opens_no_post_for_sales""",
    "general information on posts; not a supplement, not a drug on patch pages": """
        claims/test_statements.py::test_a_post_carries_the_notice_of_education
        blog/test_spec_reading.py::test_whole_posts_in_lists_and_feeds_carry_the_notice_too
        claims/test_statements.py::test_pages_that_sell_a_patch_say_what_it_is_not""",
}

SHOWN = {
    "a browser test of the whole way of a post, and of a reader who finds it": """
        browser/test_post_story.py::test_a_post_goes_its_whole_way""",
    "an attack corpus against editor, importer and renderer": """
        blog/test_admin_attacks.py::test_no_page_of_the_admin_runs_what_stands_in_a_field_or_changes_anything
        blog/test_admin_attacks.py::test_what_is_typed_is_not_run_where_it_is_looked_at
        blog/test_import_attacks.py::test_nothing_that_executes_is_stored
        blog/test_render_attacks.py::test_no_hostile_text_survives_being_made_ready""",
    # html-validate needs Node.js: `make audit` looks at the same list of pages as axe does.
    "html-validate and axe clean on every page kind": """
        browser/test_every_page.py::test_a_public_page_is_sound_in_every_look
        browser/test_post_editor.py::test_the_pages_beside_the_form_are_sound_in_every_look
        blog/test_spec_reading.py::test_every_kind_of_page_of_the_blog_is_among_those_that_axe_and_html_validate_look_at""",
    "feeds valid": """
        blog/test_feeds.py::test_a_feed_holds_whole_posts_with_true_times_and_lasting_names
        blog/test_feeds.py::test_an_empty_feed_is_a_feed_and_the_same_twice
        blog/test_feeds.py::test_what_xml_cannot_hold_does_not_break_a_feed""",
    "ten thousand posts cost what a hundred do": """
        blog/test_spec_content.py::test_ten_thousand_posts_cost_what_a_hundred_do
        blog/test_views.py::test_a_list_takes_as_many_queries_for_one_post_as_for_ten
        blog/test_archives.py::test_a_shelf_takes_as_many_queries_for_one_post_as_for_ten
        blog/test_feeds.py::test_a_feed_takes_as_many_queries_for_one_post_as_for_ten
        search/test_view.py::test_it_asks_the_database_a_fixed_number_of_times""",
}

PARTS = {"1": WRITING, "2": READING, "3": CONTENT, "4": IMPORT, "5": CLAIMS, "shown by": SHOWN}
LINES = {f"{part}: {words}": proof for part, rows in PARTS.items() for words, proof in rows.items()}


@pytest.mark.parametrize("words", LINES)
def test_each_clause_is_proved_by_a_test(words):
    named = LINES[words].split()
    assert named, "no test at all"
    assert [wrong for one in named if (wrong := why_no_proof(one))] == []
    assert len(named) == len(set(named))


def test_the_specification_is_there_whole():
    sizes = {part: len(rows) for part, rows in PARTS.items()}
    assert sizes == {"1": 27, "2": 19, "3": 7, "4": 13, "5": 15, "shown by": 5}
