"""The claims check reads everything that is published of the blog."""

from datetime import timedelta

import pytest

from blog import snapshots
from blog.published_texts import TAG, public_texts, texts_of, texts_of_key
from tests.blog.making import make_picture, make_post, make_published_post, make_tag, save
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_every_text_of_a_post_is_read():
    shown = make_picture(alt="Cups", caption="A caption", credit="A credit")
    post = make_post(
        slug="a-slug",
        title="A title",
        summary="A summary",
        meta_title="Meta one",
        meta_description="Meta two",
        read_more_heading="A heading",
        body=f'<h2>Above</h2><ul><li>first</li><li>second</li></ul><img src="{shown.get_absolute_url()}" alt="Own words">',
        tags=[make_tag("A tag")],
    )

    found = texts_of(snapshots.take(post), post)

    assert {"A title", "A summary", "Meta one", "Meta two", "A heading", "a slug"} <= {
        text.text for text in found
    }
    assert {"A tag", "Cups", "Own words", "A caption", "A credit"} <= {text.text for text in found}
    assert "Above\n\nfirst\n\nsecond" in {text.text for text in found}
    assert {text.subject for text in found} == {f"blog.post:{post.pk}"}
    assert {text.edit_path for text in found} == {f"/admin/blog/post/{post.pk}/change/"}


def test_a_question_is_read_with_its_answer_as_faq():
    (text,) = [text for text in texts_of(snapshots.take(make_post())) if text.field == "questions"]

    assert (text.text, text.context) == ("Is it in fruit? No, it is not.", "faq")


def test_what_readers_were_told_of_a_change_is_read():
    post = make_published_post()
    post.summary = "Other words."
    save(post, public_reason="wording", public_note="Said more clearly.")

    for found in (public_texts(NOON), texts_of_key(str(post.pk))):
        told = [text for text in found if text.field == "public_note"]
        assert [(text.text, text.context) for text in told] == [("Said more clearly.", "blog")]


def test_the_nightly_check_reads_posts_that_are_public_or_will_be():
    public, later = make_published_post(), make_published_post(at=NOON + timedelta(days=9))
    draft = make_post()

    subjects = {text.subject for text in public_texts(NOON)}
    assert {f"blog.post:{public.pk}", f"blog.post:{later.pk}"} <= subjects
    assert f"blog.post:{draft.pk}" not in subjects


def test_a_draft_is_read_for_whoever_asks_to_let_its_sentence_stand():
    draft = make_post(title="A draft")

    found = texts_of_key(str(draft.pk))

    assert "A draft" in {text.text for text in found}
    assert texts_of_key("999999") == texts_of_key("new") == []


def test_the_words_of_a_tag_are_public_at_once():
    tag = make_tag("Low", introduction="An introduction")

    texts = {text.text: text for text in TAG.public() if text.subject == f"blog.tag:{tag.pk}"}

    assert {"Low", "An introduction"} <= set(texts)
    assert texts["An introduction"].label == "Tag “Low”: Introduction"
    assert texts["An introduction"].edit_path == f"/admin/blog/tag/{tag.pk}/change/"
    assert TAG.of_key(str(tag.pk)) == list(texts.values())
