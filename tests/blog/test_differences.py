"""What differs between two versions, and what readers are told of it."""

from datetime import timedelta
from time import process_time

import pytest

from blog import publishing, snapshots
from blog.differences import differences, public_changes
from tests.blog.making import make_post, make_published_post, make_tag, save
from tests.factories import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=3)


def shown(old, new, **said):
    return {one.label: one.html for one in differences(old, new, **said)}


def test_only_what_differs_is_shown_word_by_word():
    old = snapshots.take(make_post())
    new = old | {
        "title": old["title"].replace("comes", "really comes"),
        "body": old["body"].replace("Fish, eggs and milk", "Fish and milk"),
    }

    found = shown(old, new)

    assert set(found) == {"Title", "Text"}
    assert "B12<ins> really</ins> comes" in found["Title"]
    assert (
        found["Text"]
        == "<p>Fish<del>, eggs</del> and milk hold it. So do cereals to which it was added.</p>"
    )


def test_equal_versions_show_nothing():
    taken = snapshots.take(make_post())

    assert differences(taken, taken) == []


def test_rows_come_and_go_as_a_whole():
    old = snapshots.take(make_post())
    new = old | {
        "tags": [*old["tags"], {"slug": "new", "name": "New tag", "is_disease": False}],
        "questions": [],
        "references": [{"key": "r9", "citation": "Roe J. Other."}],
    }

    found = shown(old, new)

    assert found["Tags"] == "<p><ins>New tag</ins></p>"
    assert found["Questions"] == "<p><del>Is it in fruit?</del></p><p><del>No, it is not.</del></p>"
    assert "<ins>" in found["Sources"]
    assert "<del>" in found["Sources"]


def test_nothing_that_was_typed_becomes_markup():
    old = snapshots.take(make_post()) | {"title": "<b>Old</b> & more", "takeaways": ["<i>x</i>"]}
    new = old | {"title": "<script>alert(1)</script>", "takeaways": []}

    found = shown(old, new)

    half = shown(old, old | {"title": "<b>Old</b> & less"})
    assert half["Title"].startswith("<p>&lt;b&gt;Old&lt;/b&gt; &amp; ")
    assert "<script" not in found["Title"]
    assert "<b>" not in found["Title"]
    assert found["Takeaways"] == "<p><del>&lt;i&gt;x&lt;/i&gt;</del></p>"


def test_a_link_that_leads_elsewhere_differs_and_bold_type_is_said_in_words():
    old = snapshots.take(make_post()) | {"body": '<p>See <a href="/faq/">this</a>.</p>'}

    linked = shown(old, old | {"body": '<p>See <a href="/contact/">this</a>.</p>'})
    bold = shown(old, old | {"body": '<p><strong>See</strong> <a href="/faq/">this</a>.</p>'})

    assert "<del>faq</del>" in linked["Text"]
    assert bold == {"Text": "<p>Only the setting of the type differs.</p>"}


def test_a_citation_is_exchanged_as_a_whole():
    old = snapshots.take(make_post()) | {"body": "<p>It is so [claim:the-dose].</p>"}

    found = shown(old, old | {"body": "<p>It is so [claim:the-need].</p>"})

    assert (
        found["Text"] == "<p>It is so <del>[claim:the-dose]</del><ins>[claim:the-need]</ins>.</p>"
    )


def test_other_words_for_a_picture_differ():
    old = snapshots.take(make_post()) | {"body": '<p><img src="/x/" alt="A red cup"> It is.</p>'}

    found = shown(old, old | {"body": '<p><img src="/x/" alt="A blue cup"> It is.</p>'})

    assert "<del>red</del><ins>blue</ins>" in found["Text"]


def test_readers_are_not_shown_what_is_not_on_the_page():
    old = snapshots.take(make_post())
    new = old | {"meta_title": "Other", "slug": "other", "tags": [], "summary": "Other."}

    assert set(shown(old, new, only_readers=True)) == {"In short"}


def test_a_text_of_any_length_is_compared_in_time_for_a_page():
    old = snapshots.take(make_post())
    old["body"] = f"<p>{'word and sign, ' * 20_000}</p>"

    found = shown(old, old | {"body": f"<p>{'other and sign, ' * 20_000}</p>"})

    assert found["Text"].startswith("<p><del>word and sign")


def test_a_table_of_thousands_of_equal_cells_is_compared_in_time_for_a_page():
    old = snapshots.take(make_post())
    cells = [f"<table>{f'<tr><td>0</td><td>{one}</td></tr>' * 1500}</table>" for one in "01"]
    began = process_time()

    found = shown(old | {"body": cells[0]}, old | {"body": cells[1]})

    assert process_time() - began < 10
    assert found["Text"] == "<p><del>0</del><ins>1</ins></p>" * 1500


def test_what_changed_is_listed_with_its_reason_the_newest_first(django_assert_max_num_queries):
    post = make_published_post()
    for number, (reason, fish) in enumerate([("correction", "Salmon"), ("wording", "Any fish")]):
        post.body = post.body.replace("Fish" if not number else "Salmon", fish)
        save(post, now=LATER + timedelta(days=number), public_reason=reason, public_note=f"{fish}.")
    post.tags.add(make_tag())
    save(post)

    with django_assert_max_num_queries(2):
        changes = public_changes(post)

    assert [(change.reason, change.note) for change in changes] == [
        ("Clearer wording", "Any fish."),
        ("Correction", "Salmon."),
    ]
    assert changes[1].date == LATER
    assert [one.label for one in changes[1].differences] == ["Text"]
    assert "<del>Fish</del><ins>Salmon</ins>" in changes[1].differences[0].html


def test_drafts_leave_no_public_trace():
    post = make_post()
    post.title = "Something that nobody should see"
    save(post)
    publishing.record_review(post, reviewer=make_published_post().reviewed_by, by="r", now=NOON)
    publishing.publish(post, by="paul", now=NOON)

    assert public_changes(post) == []


def test_what_changed_while_the_post_was_away_is_told_when_it_is_back():
    post = make_published_post()
    publishing.unpublish(post, by="paul", now=LATER, note="Wrong.")
    post.body = post.body.replace("Fish", "Salmon")
    save(post, now=LATER + timedelta(hours=1))
    assert public_changes(post) == []
    back = LATER + timedelta(hours=2)
    publishing.record_review(post, reviewer=post.reviewed_by, by="rita", now=back)
    publishing.publish(post, by="paul", now=back)

    (change,) = public_changes(post)

    assert (change.date, change.reason) == (back, "Published again")
    assert "<ins>Salmon</ins>" in change.differences[0].html
