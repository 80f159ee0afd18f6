"""What a post says: sources, studies with names, no stuffing, links that lead somewhere."""

from itertools import islice

import pytest

from blog import publishing
from blog.models import Post
from blog.readiness.phrases import stuffed
from blog.readiness.unnamed import leans_on_nobody
from redirects import table
from tests.blog.examining import blocking, codes, look
from tests.blog.making import (
    make_picture,
    make_post,
    make_published_post,
    make_reference,
    make_reviewed_post,
)
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def article(phrase, times, words):
    """A text of so many words in which the phrase stands so many times, between words of its own."""
    own = (f"w{number}" for number in range(words))
    between = (words - times * len(phrase.split())) // times
    parts = [f"{' '.join(islice(own, between))} {phrase}." for _ in range(times)]
    rest = words - sum(len(part.split()) for part in parts)
    return f"<p>{' '.join([*parts, *islice(own, rest)])}</p>"


def test_the_phrase_of_the_model_article_is_caught():
    found = stuffed(article("B12 multiple sclerosis", 19, 1812))

    assert ("b12 multiple sclerosis", 19, 1812) in found


@pytest.mark.parametrize(
    ("phrase", "times", "words", "is_caught"),
    [
        ("burning tongue", 10, 900, True),
        ("burning tongue", 9, 900, False),
        ("burning tongue", 5, 100, False),
        ("best natural b12 patch", 8, 700, True),
        ("vitamin B12", 19, 900, False),
        ("B12 deficiency", 19, 900, False),
        ("vitamin B12", 40, 900, True),
        ("of the", 60, 900, False),
    ],
)
def test_a_phrase_may_come_so_often_and_no_more(phrase, times, words, is_caught):
    found = [row[0] for row in stuffed(article(phrase, times, words))]

    assert (phrase.lower() in found) is is_caught


def test_a_stuffed_phrase_is_named_once_in_its_longest_form():
    assert [row[0] for row in stuffed(article("buy best tongue balm", 12, 900))] == [
        "buy best tongue balm"
    ]


def test_stuffing_blocks_with_its_count():
    found = look(body=article("burning tongue", 12, 900) + "<p>[ref:x]</p>")

    (problem,) = [one for one in found.problems if one.code == "stuffed"]
    assert "12 times in 900 words" in problem.message
    assert problem.is_blocking


@pytest.mark.parametrize(
    "sentence",
    [
        "Studies show that it helps.",
        "Research has linked it to better memory.",
        "According to experts, most people lack it.",
        "A recent trial found lower levels.",
        "Scientists agree on this.",
        "It has been shown in several studies.",
        "The evidence suggests a link.",
        "It is clinically proven.",
        "This is well documented.",
    ],
)
def test_a_sentence_that_leans_on_nobody_is_found(sentence):
    assert leans_on_nobody(sentence)
    assert not leans_on_nobody(f"{sentence.rstrip('.')} [ref:r5].")
    assert not leans_on_nobody(f"{sentence} [ref:r5]")
    assert not leans_on_nobody(f"{sentence.rstrip('.')}?")


@pytest.mark.parametrize(
    "sentence",
    [
        "No study has shown that.",
        "We found no trial of a patch.",
        "A survey cannot show a cause.",
        "Ask your doctor.",
        "This study followed 80 people.",
        "Experts can be wrong.",
        "The search for a cause goes on.",
    ],
)
def test_a_sentence_that_leans_on_nothing_is_left_alone(sentence):
    assert not leans_on_nobody(sentence)


def test_each_unnamed_study_is_shown_where_it_stands():
    post = make_reviewed_post()
    found = look(
        post,
        body=f"{post.body}<ul><li>Studies show it.</li></ul>",
        takeaways=["Experts agree on it."],
        questions=[{"question": "Do studies show it?", "answer": "<p>Research says so.</p>"}],
    )

    assert {
        (problem.field, problem.excerpt) for problem in found.problems if problem.code == "unnamed"
    } == {
        ("body", "Studies show it."),
        ("takeaways", "Experts agree on it."),
        ("questions", "Research says so."),
    }


def test_a_citation_without_a_source_blocks_in_every_text():
    post = make_reviewed_post()

    for changes in (
        {"body": post.body + "<p>More [ref:lost].</p>"},
        {"takeaways": ["More [ref:lost]."]},
        {"questions": [{"question": "What?", "answer": "<p>More [ref:lost].</p>"}]},
    ):
        assert blocking(post, **changes) == ["unknown_source"]


@pytest.mark.parametrize(
    "token", ["[ref: r5]", "[Ref:r5]", "[ref:r5, r6]", "[ claim:amount]", "[post :eggs]"]
)
def test_a_citation_with_a_slip_in_it_blocks(token):
    post = make_reviewed_post()

    found = look(post, takeaways=[f"It is so {token}."])

    assert codes(found) == ["broken_token"]
    assert [one.excerpt for one in found.blocking if one.code == "broken_token"] == [token]


@pytest.mark.parametrize(
    "field",
    ["title", "summary", "read_more_heading", "meta_title", "meta_description", "questions"],
)
def test_a_citation_where_readers_would_see_it_as_it_is_typed_blocks(field):
    post = make_reviewed_post()
    token = f"[ref:{post.reference_rows.get().reference.key}]"
    line = f"Bacteria make it {token}."
    value = [{"question": line, "answer": "<p>Yes.</p>"}] if field == "questions" else line

    found = look(post, **{field: value})

    assert [
        (one.code, one.field, one.excerpt) for one in found.blocking if one.code != "no_review"
    ] == [("misplaced_token", field, token)]


def test_a_takeaway_cites_and_leads_to_no_other_post():
    post = make_reviewed_post()
    key = post.reference_rows.get().reference.key

    assert blocking(post, takeaways=[f"Eat fish [ref:{key}]."]) == []
    assert blocking(post, takeaways=["See [post:eggs]."]) == ["misplaced_token"]


def test_a_source_that_nobody_cites_only_warns():
    post = make_reviewed_post(references=[make_reference(), make_reference(key="unused")])

    found = look(post)
    assert (codes(found), codes(found, "warns")) == ([], ["uncited_source"])


def test_health_needs_a_source_and_a_note_on_the_office_does_not():
    note = "<p>Our office moves to Elm Street in May.</p>"

    assert blocking(body="<p>B12 helps nerves to work.</p>", references=[]).count("no_source") == 1
    assert (
        blocking(
            body=note,
            references=[],
            summary="We move to Elm Street.",
            takeaways=[],
            questions=[],
            title="We move",
        )
        == []
    )


def with_link(post, href, text="the list of foods"):
    return look(post, body=f'{post.body}<p>See <a href="{href}">{text}</a>.</p>')


@pytest.mark.parametrize(
    "href",
    [
        "/faq/",
        "/research/",
        "/blog/",
        "#where-is-it-found",
        "#sources",
        "https://ods.od.nih.gov/",
        "mailto:editor@example.org",
        "/faq/?q=b12#top",
    ],
)
def test_a_link_that_leads_somewhere_is_fine(href):
    assert with_link(make_reviewed_post(), href).problems[1:] == []


@pytest.mark.parametrize(
    ("href", "code", "level"),
    [
        ("/no-such-page/", "dead_link", "blocks"),
        ("/blog/no-such-post/", "unknown_post", "blocks"),
        ("http://localhost:8000/no-such-page/", "dead_link", "blocks"),
        ("/admin/blog/post/", "staff_link", "blocks"),
        ("ftp://example.org/", "bad_link", "blocks"),
        ("javascript:alert(1)", "bad_link", "blocks"),
        ("", "bad_link", "blocks"),
        ("#no-such-heading", "dead_anchor", "warns"),
        ("http://example.org/", "plain_http", "tells"),
    ],
)
def test_a_link_that_leads_nowhere_is_named(href, code, level):
    assert codes(with_link(make_reviewed_post(), href), level) == [code]


def test_a_link_to_a_post_follows_its_state():
    post = make_reviewed_post()
    public, draft = make_published_post(), make_post()

    assert codes(with_link(post, public.get_absolute_url())) == []
    found = with_link(post, draft.get_absolute_url())
    assert (codes(found), codes(found, "warns")) == ([], ["unpublished_post"])


def test_an_old_address_is_named_with_the_new_one():
    post = make_reviewed_post()
    table.add("/old/", "/faq/", kind="permanent", source="staff", by="p", now=NOON)

    found = with_link(post, "/old/")

    assert codes(found, "warns") == ["old_link"]
    assert "/faq/" in next(one.message for one in found.problems if one.code == "old_link")


def test_lines_on_other_posts_that_lead_nowhere_warn():
    post = make_reviewed_post()
    moved = make_published_post(slug="was-here")
    moved.slug = "is-here"
    moved.save()
    publishing.save_draft_or_changes(moved, by="a", now=NOON, opened_version=1)
    body = f"{post.body}<p>[post:is-here]</p><p>[post:was-here]</p><p>[post:nowhere]</p>"

    found = look(post, body=body, read_more=["is-here", "nowhere", post.slug])

    assert codes(found) == []
    assert [(one.code, one.field) for one in found.problems if one.level == "warns"] == [
        ("moved_post", "body"),
        ("unknown_post", "body"),
        ("unknown_post", "read_more"),
        ("own_post", "read_more"),
    ]


def test_a_line_on_another_post_stands_alone():
    post = make_reviewed_post()
    other = make_published_post()

    body = f"{post.body}<p>Read [post:{other.slug}] too.</p>"
    assert codes(look(post, body=body), "warns") == ["post_in_text"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("this study", ["orphan_study"]), ("A recent study", ["orphan_study"]), ("here", [])],
)
def test_a_link_names_what_it_leads_to(text, expected):
    found = with_link(make_reviewed_post(), "https://example.org/x", text)

    assert codes(found) == expected
    assert codes(found, "warns") == ([] if expected else ["vague_link"])


def test_this_study_may_be_linked_where_it_is_cited():
    post = make_reviewed_post()
    key = post.reference_rows.get().reference.key
    body = f'{post.body}<p>See <a href="https://example.org/">this study</a> [ref:{key}].</p>'

    assert blocking(post, body=body) == []


def test_a_claim_blocks_and_names_its_sentence():
    post = make_reviewed_post()

    found = look(post, body=post.body + "<p>Our patch cures multiple sclerosis.</p>")

    assert set(codes(found)) == {"claim"}
    assert found.findings
    problem = next(one for one in found.problems if one.code == "claim")
    assert (problem.field, problem.excerpt) == ("body", "Our patch cures multiple sclerosis.")


def test_a_claim_that_stands_twice_in_one_field_blocks_once():
    picture = make_picture(alt="B12 cures it")
    shown = f'<img src="{picture.get_absolute_url()}" alt="B12 cures it">'
    post = make_reviewed_post()

    assert blocking(post, body=post.body + shown) == ["claim"]


@pytest.mark.parametrize("field", ["title", "meta_title", "meta_description", "summary", "slug"])
def test_claims_are_found_wherever_something_is_published(field):
    words = "our-patch-cures-ms" if field == "slug" else "Our patch cures MS."

    found = look(**{field: words})

    assert ("claim", field) in {(one.code, one.field) for one in found.blocking}


def test_drafts_with_all_of_it_can_be_saved():
    post = Post.objects.create(
        title="Our patch cures MS",
        slug="x",
        body="<h3></h3><p>Studies show it. Buy now for $5.</p>",
    )

    assert publishing.save_draft_or_changes(post, by="ann", now=NOON, opened_version=0).number == 1
