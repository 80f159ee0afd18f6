"""What the facts behind "the blog that staff like to publish in" ask for, row by row, and what proves it.

PUBLISHING are the rows of day one of content.md section 1 by their numbers, EDITING what its section 2
found that a build must handle, SEARCH_ENGINES its section 4, NOBODY_ELSE its section 6; ADDRESSES and
LAYOUT are source_site.md sections 3 and 4 (its tags of section 5: tests/test_specification_blog.py). What
we do otherwise than a row says, or not at all, stands beside it.
"""

import pytest

from tests.specification import why_no_proof

PUBLISHING = {
    "1 drafts: status and permission to publish": """
        blog/test_publishing.py::test_no_move_is_possible_but_those_of_the_table
        shop/test_blog_groups.py::test_an_author_writes_and_submits_and_no_more""",
    "2 scheduled publish and expiry, by query": """
        blog/test_publishing.py::test_a_scheduled_post_appears_and_leaves_by_itself
        search/test_ranking.py::test_what_is_scheduled_or_over_is_not_found_until_its_time""",
    "3 revisions, difference, rollback incl. tags, references, FAQ": """
        blog/test_snapshots.py::test_a_snapshot_holds_everything_in_its_order
        blog/test_publishing_saves.py::test_an_earlier_revision_comes_back_as_a_new_one""",
    "4 preview by a signed, expiring link, noindex, no-store": """
        blog/test_preview.py::test_a_signature_for_something_else_opens_nothing
        blog/test_preview_page.py::test_a_draft_is_shown_to_who_has_the_link_and_kept_by_nobody""",
    "7 a slug change makes a redirect, chain-collapsed, loop-free": """
        blog/test_publishing_saves.py::test_a_new_address_of_a_post_that_was_public_leaves_a_redirect
        redirects/test_table.py::test_chains_collapse_in_both_directions
        redirects/test_pointers.py::test_a_loop_is_refused_and_changes_nothing""",
    "9 tags with intro, SEO text, merge and alias": """
        blog/test_archives.py::test_a_tag_page_has_its_name_as_written_an_introduction_and_its_posts
        blog/test_sorting.py::test_a_merged_tag_hands_over_its_posts_and_its_addresses""",
    "10 RSS and Atom for all, tag, category, author": """
        blog/test_feeds.py::test_tags_categories_and_authors_have_feeds_of_their_own""",
    "12 year and month archives, noindex,follow when thin": """
        blog/test_archives.py::test_a_month_with_fewer_than_three_posts_is_not_for_search_engines""",
    "13 author pages, many authors, credentials, disclosures": """
        blog/test_archives.py::test_an_author_page_says_who_that_is_and_what_ties_there_are
        blog/test_admin_posts.py::test_rows_are_taken_out_and_put_in_another_order""",
    "14 reviewer, date, next due": """
        blog/test_post_page.py::test_it_says_who_wrote_and_reviewed_it_and_when
        blog/test_freshness.py::test_the_next_review_is_so_many_months_later""",
    "15 table of contents on the server from H2 and H3, stable ids": """
        blog/test_rendering.py::test_what_stands_below_a_heading_that_is_left_out_is_left_out_too
        blog/test_publishing.py::test_publishing_freezes_the_anchors_of_the_headings""",
    "16 FAQ rows with order, details, JSON-LD from the same rows": """
        blog/test_spec_reading.py::test_the_blocks_below_a_text_have_their_headings_and_need_no_script
        blog/test_structured_data.py::test_questions_are_told_with_the_words_of_the_page""",
    # A reference has no address of an archived copy.
    "17 references with DOI, PMID, URL, type, accessed": """
        blog/test_spec_reading.py::test_a_source_tells_what_kind_of_study_it_is_and_opens_where_it_stands""",
    "18 renditions in AVIF and JPEG, width and height always set": """
        products/test_images.py::test_every_size_is_stored_in_three_formats_with_its_measures
        blog/test_pictures.py::test_a_picture_is_shown_with_its_size_and_a_decorative_one_without_words""",
    "20 alternative text required or decorative, bad ones named": """
        blog/test_picture_words.py::test_a_useless_alternative_text_is_named
        blog/test_readiness.py::test_a_picture_that_only_decorates_needs_no_words_and_our_own_no_credit""",
    "21 creator, source and license of images; the list of credits by itself": """
        blog/test_post_page.py::test_pictures_of_the_text_have_caption_and_credit""",
    "23 related posts picked by hand, then tag overlap, never off-topic": """
        blog/test_spec_reading.py::test_where_nobody_picked_posts_those_that_share_most_tags_are_shown
        blog/test_post_page.py::test_related_lines_and_links_lead_only_to_posts_that_readers_can_read
        blog/test_readiness_words.py::test_lines_on_other_posts_that_lead_nowhere_warn""",
    # An index of our own on both databases instead of PostgreSQL's: docs/decisions/0024.
    "24 search with ranking, highlights and help with typing errors": """
        search/test_ranking.py::test_phrase_before_all_words_before_some_words
        search/test_excerpts.py::test_matches_are_marked_in_every_spelling
        search/test_corrections.py::test_mistyped_word_shows_what_was_meant_and_says_so""",
    "27 import_wxr with a dry run, idempotent": """
        blog/test_spec_import.py::test_everything_that_an_export_holds_comes_in_one_run
        blog/test_import_again.py::test_a_dry_run_says_the_same_and_writes_nothing
        blog/test_import_again.py::test_a_second_run_changes_nothing""",
    # One file: an index of several is needed from 50,000 addresses on.
    "29 sitemap with true lastmod and images": """
        blog/test_elsewhere.py::test_sitemap_xml_names_posts_and_their_shelves_with_true_dates_and_pictures
        pages/test_overview.py::test_sitemap_lists_each_public_page_once_on_the_canonical_host""",
    "30 OpenGraph: defaults, override, length": """
        blog/test_structured_data.py::test_a_link_preview_gets_picture_times_and_tags
        blog/test_spec_reading.py::test_a_picture_of_its_own_for_link_previews_goes_before_the_main_picture
        blog/test_readiness.py::test_what_is_missing_or_too_long_blocks""",
    "31 meta title and description with a preview of the snippet": """
        blog/test_admin_posts_look.py::test_the_panel_shows_how_search_engines_may_show_the_post
        blog/test_structured_data.py::test_a_post_always_has_a_description_of_a_fitting_length
        blog/test_structured_data.py::test_a_link_preview_gets_picture_times_and_tags""",
    "33 JSON-LD Article": """
        blog/test_structured_data.py::test_a_post_says_who_wrote_and_reviewed_it_and_what_it_cites""",
    # The issue names three; a Manager may what an Editor would.
    "36 groups by data migration": """
        shop/test_blog_groups.py::test_an_editor_writes_and_keeps_the_shelves_and_lets_nothing_out
        shop/test_blog_groups.py::test_a_publisher_may_all_of_it_and_publish
        shop/test_blog_groups.py::test_a_manager_may_all_that_others_may
        shop/test_blog_groups.py::test_making_them_twice_changes_nothing_and_they_can_be_taken_away""",
    "37 publishing blocked until checks and reviewer pass": """
        blog/test_publishing.py::test_a_post_with_a_problem_does_not_go_out
        blog/test_admin_nobody_alone.py::test_who_signs_as_an_author_after_reviewing_has_reviewed_nothing""",
    # Facets, the numbers beside the filters, are off: each is a query over all posts.
    "41 actions, filters and search in lists": """
        blog/test_admin_posts_publishing.py::test_the_list_is_narrowed_and_drafts_are_submitted_together
        blog/test_admin_posts_publishing.py::test_the_list_takes_as_many_queries_for_ten_posts_as_for_two""",
    # Pages are written in Markdown (docs/decisions/0007), not in the editor of posts.
    "43 info pages with versions; policies with effective from": """
        policies/test_views.py::test_page_shows_the_version_in_force_and_keeps_the_old_one
        policies/test_models.py::test_version_that_has_begun_can_neither_change_nor_go
        claims/test_form_checks.py::test_an_old_version_with_a_claim_is_not_taken_up_again""",
    "44 site map for people": """
        blog/test_elsewhere.py::test_the_site_map_names_new_posts_and_counts_shelves_and_months""",
}

EDITING = {
    "the sanitizer in save, importer, shell and fixtures included, and again at render": """
        blog/test_spec_writing.py::test_a_text_is_clean_whoever_stores_it
        blog/test_spec_writing.py::test_what_got_past_every_save_is_cleaned_again_before_it_is_shown""",
    "image sources restricted to our media": """
        blog/test_spec_writing.py::test_a_text_shows_pictures_of_the_library_only""",
    "ids given at render, frozen once published": """
        blog/test_rendering.py::test_a_heading_keeps_its_anchor_and_no_other_gets_it""",
    "the list of extensions in one module with a test": """
        blog/test_spec_writing.py::test_the_editor_can_make_nothing_that_the_cleaning_does_not_know""",
    "a nonce for the import map": """
        blog/test_admin_posts_look.py::test_only_the_form_lets_a_script_of_its_own_run""",
    "a name for the editable area": """
        browser/test_post_editor.py::test_what_is_typed_is_looked_at_and_put_back_after_a_crash""",
}

SEARCH_ENGINES = {
    "one canonical per page, pages of lists their own, parameters ignored": """
        pages_everywhere/test_public_pages.py::test_search_engines_get_description_and_address
        pages_everywhere/test_public_pages.py::test_parameters_that_it_does_not_know_change_nothing
        blog/test_views.py::test_later_pages_name_themselves_and_are_not_for_search_engines""",
    "previews X-Robots-Tag noindex": """
        blog/test_preview_page.py::test_a_draft_is_shown_to_who_has_the_link_and_kept_by_nobody""",
    "301 never chains": """
        blog/test_old_addresses.py::test_every_old_address_leads_on_in_one_step
        redirects/test_pointers.py::test_no_order_of_changes_leaves_a_chain_or_a_loop""",
    # What readers saw is never deleted; what was taken off the site is a 404 until staff make it a 410.
    "410 for what is gone": """
        blog/test_admin_posts.py::test_only_drafts_that_nobody_signed_are_deleted
        redirects/test_middleware.py::test_what_is_gone_is_gone_on_a_page_of_the_shop""",
    "lastmod is the last change of content": """
        blog/test_publishing_saves.py::test_new_tags_need_no_reason_and_change_no_date
        blog/test_elsewhere.py::test_sitemap_xml_names_posts_and_their_shelves_with_true_dates_and_pictures""",
    "robots.txt": """
        pages/test_overview.py::test_robots_are_sent_to_the_sitemap_and_away_from_private_pages
        search/test_ways_in.py::test_robots_leave_results_alone""",
    "JSON-LD escaped, each value in the visible text": """
        products/test_structured_data.py::test_a_text_cannot_end_the_script
        blog/test_render_attacks.py::test_hostile_texts_in_every_field_stay_words
        pages/test_every_page.py::test_every_value_of_the_structured_data_is_visible
        blog/test_structured_data.py::test_a_post_says_who_wrote_and_reviewed_it_and_what_it_cites""",
}

NOBODY_ELSE = {
    "1 claims register: text, kind, population, references, grade, approver, valid until": """
        references/test_statements.py::test_a_second_person_approves_it_for_a_year
        references/test_statements.py::test_what_is_not_ready_is_not_approved
        references/test_page.py::test_it_shows_what_stands_with_all_that_a_reader_needs""",
    "1 posts cite claims": """
        blog/test_registered.py::test_a_statement_is_shown_as_the_numbered_links_of_its_sources
        blog/test_registered.py::test_nothing_is_published_on_a_statement_that_nobody_approved""",
    # Stricter than the row: beside a patch even an approved statement is a claim.
    "1 product copy uses no claim that is not approved": """
        references/test_product_texts.py::test_a_product_cites_no_statement_and_no_source
        claims/test_form_checks.py::test_a_claim_is_refused_beside_its_field""",
    "1 publishing fails on a trigger word without claim or citation; the model documents are the test set": """
        blog/test_readiness_words.py::test_each_unnamed_study_is_shown_where_it_stands
        blog/test_readiness_words.py::test_the_phrase_of_the_model_article_is_caught
        blog/test_readiness_words.py::test_a_link_names_what_it_leads_to
        blog/test_readiness_words.py::test_health_needs_a_source_and_a_note_on_the_office_does_not
        claims/test_check.py::test_the_check_finds_claims_and_leaves_near_misses_alone""",
    "2 claim-to-cart firewall, in the template layer": """
        blog/test_spec_firewall.py::test_rich_text_is_made_ready_in_one_place_and_that_one_asks_the_firewall
        blog/test_spec_firewall.py::test_no_page_that_shows_a_post_on_a_disease_shows_a_way_into_the_shop""",
    "2 no product JSON-LD": """
        blog/test_structured_data.py::test_nothing_is_offered_in_the_data_of_a_post""",
}

ADDRESSES = {
    "posts and archives of every seen shape, numbers, trackbacks, feeds": """
        blog/test_old_addresses.py::test_every_old_address_leads_on_in_one_step
        blog/test_old_addresses.py::test_addresses_that_lead_nowhere_are_not_found""",
    "four hosts become one": """
        shop/test_one_host.py::test_another_name_leads_to_the_right_address_in_one_step""",
    "/blog/2012/, /blog/page/2/, /blog/tag/x/page/2/, /blog/author/name/": """
        blog/test_archives.py::test_every_list_is_paged_at_its_own_address
        blog/test_archives.py::test_dates_are_those_of_the_shops_time_zone""",
    "comments/feed is gone": """
        blog/test_old_addresses.py::test_the_feed_of_comments_is_gone""",
    "uploads": """
        blog/test_old_addresses.py::test_uploads_lead_to_their_pictures_in_any_size""",
    "wp-login, xmlrpc and wp-admin answered quietly": """
        redirects/test_middleware.py::test_a_probe_is_answered_and_not_written_down
        redirects/test_middleware.py::test_a_probe_leaves_no_line_in_the_log""",
    "the slug rule": """
        blog/test_spec_writing.py::test_an_address_is_made_of_a_title_as_the_old_blog_made_it""",
    "legacy_id, unlimited old paths, query kept": """
        blog/test_import_again.py::test_old_links_and_old_slugs_lead_to_the_post
        redirects/test_middleware.py::test_the_query_is_kept""",
}

LAYOUT = {
    "headings of tag, category, day, month and year archives": """
        blog/test_archives.py::test_a_tag_page_has_its_name_as_written_an_introduction_and_its_posts
        blog/test_archives.py::test_a_category_page_shows_the_posts_of_the_categories_below_it_too
        blog/test_archives.py::test_dates_are_those_of_the_shops_time_zone""",
    "in-text links resolved by slug, plain text when missing, told in the admin": """
        blog/test_post_page.py::test_related_lines_and_links_lead_only_to_posts_that_readers_can_read
        blog/test_readiness_words.py::test_a_link_to_a_post_follows_its_state""",
    "asterisk call-outs": """
        blog/test_rendering.py::test_a_text_is_filled
        blog/test_import_long_posts.py::test_call_outs_stand_alone""",
    "ids unique per page, not per post": """
        blog/test_views.py::test_whole_posts_stand_on_a_page_with_anchors_of_their_own""",
    "curly quotes, non-breaking spaces, lists never closed": """
        blog/test_import_long_posts.py::test_spaces_and_quotes_are_even
        blog/test_import_long_posts.py::test_the_open_list_ends_and_nothing_after_it_is_indented""",
    "near-duplicate tags merged": """
        blog/test_admin_library.py::test_staff_merge_tags_from_the_list""",
    "reading time, updated date, reviewer line": """
        blog/test_post_page.py::test_it_says_who_wrote_and_reviewed_it_and_when
        blog/test_post_page.py::test_it_says_when_its_words_changed""",
}

PARTS = {
    "content 1": PUBLISHING,
    "content 2": EDITING,
    "content 4": SEARCH_ENGINES,
    "content 6": NOBODY_ELSE,
    "site 3": ADDRESSES,
    "site 4": LAYOUT,
}
LINES = {f"{part}: {words}": proof for part, rows in PARTS.items() for words, proof in rows.items()}
# Of content.md section 1: the rows with three stars.
DAY_ONE = [
    *(1, 2, 3, 4, 7, 9, 10, 12, 13, 14, 15, 16, 17, 18, 20, 21, 23, 24, 27, 29, 30, 31),
    *(33, 36, 37, 41, 43, 44),
]


@pytest.mark.parametrize("words", LINES)
def test_each_row_is_proved_by_a_test(words):
    named = LINES[words].split()
    assert named, "no test at all"
    assert [wrong for one in named if (wrong := why_no_proof(one))] == []
    assert len(named) == len(set(named))


def test_the_rows_of_day_one_are_there_whole():
    assert [int(words.partition(" ")[0]) for words in PUBLISHING] == DAY_ONE
    sizes = {part: len(rows) for part, rows in PARTS.items()}
    assert sizes == {
        "content 1": 28,
        "content 2": 6,
        "content 4": 7,
        "content 6": 6,
        "site 3": 8,
        "site 4": 7,
    }
