"""What a post must have before readers see it."""

import pytest

from blog import readiness, snapshots
from tests.blog.examining import blocking, codes, look
from tests.blog.making import make_picture, make_post, make_reviewed_post
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_a_post_that_lacks_nothing_has_no_problem_at_all():
    found = look()

    assert found.problems == []
    assert found.findings == []
    assert found.is_ready
    assert (found.words, found.minutes) == (49, 1)
    assert [(row.level, row.text, row.id) for row in found.outline] == [
        (2, "Where is it found?", "where-is-it-found"),
        (2, "How much does an adult need?", "how-much-does-an-adult-need"),
    ]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"title": " "}, "no_title", "title"),
        ({"slug": ""}, "no_slug", "slug"),
        ({"slug": "tag"}, "reserved_slug", "slug"),
        ({"slug": "2012"}, "reserved_slug", "slug"),
        ({"summary": ""}, "no_summary", "summary"),
        ({"summary": "Word. " * 61}, "long_summary", "summary"),
        ({"authors": []}, "no_author", "authors"),
        ({"tags": []}, "no_tag", "tags"),
        ({"main_picture": ""}, "no_picture", "main_picture"),
        ({"meta_title": ""}, "no_meta_title", "meta_title"),
        ({"meta_title": "x" * 71}, "long_meta_title", "meta_title"),
        ({"meta_description": " "}, "no_meta_description", "meta_description"),
        ({"meta_description": "x" * 161}, "long_meta_description", "meta_description"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_missing_or_too_long_blocks(changes, code, field):
    found = look(**changes)

    (problem,) = [one for one in found.blocking if one.code != "no_review"]
    assert (problem.code, problem.field) == (code, field)
    assert not found.is_ready


def test_a_text_without_words_blocks():
    assert blocking(body="<p><br></p><h2></h2>", references=[]) == ["no_text", "empty_heading"]


@pytest.mark.parametrize(("question", "answer"), [("What?", "<p> </p>"), ("", "<p>That.</p>")])
def test_half_a_question_blocks(question, answer):
    assert blocking(questions=[{"question": question, "answer": answer}]) == ["half_question"]


def test_sixty_words_are_short_enough():
    assert "long_summary" not in blocking(summary="Word. " * 60)


def test_an_address_that_another_post_has_blocks():
    other = make_post()

    assert blocking(slug=other.slug) == ["taken_slug"]


def test_a_text_that_is_not_stored_yet_can_be_looked_at():
    snapshot = snapshots.take(make_post()) | {"slug": "new"}

    found = readiness.look_at(snapshot, post=None, now=NOON)

    assert [problem.code for problem in found.blocking] == ["no_review"]


@pytest.mark.parametrize(
    ("start", "code", "level"),
    [
        ("<h3>Down</h3><p>Text.</p>", "heading_jump", "blocks"),
        ("<h2> </h2><p>Text.</p>", "empty_heading", "blocks"),
        ("<h2><br></h2><p>Text.</p>", "empty_heading", "blocks"),
        ("<h2>One</h2><p>A.</p><h2>one</h2><p>B.</p>", "same_heading", "warns"),
    ],
)
def test_headings_are_in_order(start, code, level):
    post = make_reviewed_post()

    assert codes(look(post, body=start + post.body), level) == [code]


def test_a_smaller_heading_after_a_larger_one_is_no_jump():
    post = make_reviewed_post()

    assert blocking(post, body=post.body + "<h3>Down</h3><p>A.</p><h2>Up</h2><p>B.</p>") == []


def test_a_heading_to_leave_out_must_exist():
    post = make_reviewed_post()

    assert codes(look(post, left_out_of_contents="Conclusion\nThe end"), "tells") == [
        "left_out_unknown"
    ]


PICTURES = [
    ({"alt": ""}, "bad_alt"),
    ({"alt": "IMG_2041.jpg"}, "bad_alt"),
    ({"alt": "Image of a plate with two eggs"}, "bad_alt"),
    ({"credit": "", "license": "cc-by"}, "no_credit"),
    ({"license": "unknown"}, "unknown_license"),
]


@pytest.mark.parametrize(("fields", "code"), PICTURES)
@pytest.mark.parametrize("place", ["main_picture", "social_picture", "body"])
def test_every_picture_says_what_it_shows_and_who_made_it(fields, code, place):
    picture = make_picture(**fields)
    post = make_reviewed_post()
    shown = f'{post.body}<figure><img src="{picture.get_absolute_url()}" alt=""></figure>'

    found = look(post, **{place: shown if place == "body" else picture.digest})

    (problem,) = [one for one in found.blocking if one.code != "no_review"]
    assert (problem.code, problem.field) == (code, place)


def test_a_picture_that_only_decorates_needs_no_words_and_our_own_no_credit():
    post = make_reviewed_post()

    assert blocking(post, main_picture=make_picture(alt="", is_decorative=True).digest) == []
    found = look(post, main_picture=make_picture(credit="").digest)
    assert (codes(found), codes(found, "tells")) == ([], ["no_own_credit"])


def test_a_title_is_no_description():
    post = make_reviewed_post()

    assert blocking(post, main_picture=make_picture(alt=post.title).digest) == ["bad_alt"]


def test_words_in_the_text_go_before_those_of_the_library():
    picture = make_picture(alt="")
    post = make_reviewed_post()
    shown = f'<img src="{picture.get_absolute_url()}" alt="Two carriers hand B12 on">'

    assert blocking(post, body=post.body + shown) == []


def test_a_picture_is_described_at_every_place_that_shows_it():
    picture = make_picture()
    post = make_reviewed_post(main_picture=picture)
    good, bad = (
        f'<p><img src="{picture.get_absolute_url()}" alt="{alt}"> It is.</p>'
        for alt in ("Two carriers hand B12 on", "IMG_2041.jpg")
    )

    assert blocking(post, body=post.body + good) == []
    assert blocking(post, body=post.body + bad + good) == ["bad_alt"]
    assert blocking(post, questions=[{"question": "What?", "answer": bad}]) == ["bad_alt"]


def test_a_picture_that_left_the_library_blocks():
    post = make_reviewed_post()

    assert blocking(post, main_picture="0" * 20) == ["lost_picture"]


def test_looking_costs_the_same_however_long_the_text_is(django_assert_max_num_queries):
    post = make_reviewed_post()
    links = "".join(
        f'<p>Number {n} is <a href="/blog/post-{n}/">about food</a> [ref:r{n}].</p>'
        for n in range(50)
    )
    snapshot = snapshots.take(post)

    with django_assert_max_num_queries(8):
        readiness.look_at(snapshot, post=post, now=NOON)
    with django_assert_max_num_queries(60):
        # One more for each address that leads nowhere: it may have a redirect.
        readiness.look_at(snapshot | {"body": links}, post=post, now=NOON)
