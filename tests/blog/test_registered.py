"""Posts cite statements of the register: readers see their sources, and what lapsed stops a post."""

from datetime import timedelta

import pytest

from blog import publishing, readiness, snapshots
from blog.citing import cited_introduction
from blog.models import Post
from blog.reading import page_of, post_for_page, with_parts
from blog.statement_uses import uses_of
from blog.wording import plain, sentences
from references import statements
from references.uses import Use
from tests.blog.examining import blocking, codes, look
from tests.blog.making import make_picture, make_published_post, make_reviewed_post, save
from tests.factories import NOON
from tests.references.writing import a_source, approved, words, written

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
CITING = (
    "<p>Adults need 2.4 micrograms [claim:amount]. Children need less [ref:s2] [claim:amount].</p>"
)


def stand(key="amount", **changes):
    """A statement that stands at NOON, on the sources s2 and s1."""
    changes.setdefault("references", (a_source("s2"), a_source("s1")))
    return approved(key, now=NOON, **changes)


def citing_post(**fields):
    """A public post that lists one of the sources itself and leaves the other to the statement."""
    return make_published_post(body=CITING, references=[a_source("s2")], **fields)


def page_body(post):
    return post_for_page(post.slug, NOON).rendered.html


def test_a_statement_is_shown_as_the_numbered_links_of_its_sources():
    stand()
    post = citing_post()

    page = post_for_page(post.slug, NOON).rendered

    assert page.html == (
        '<p>Adults need 2.4 micrograms<sup class="cite"><a href="#source-s2" id="cite-s2">[1]</a> '
        '<a href="#source-s1" id="cite-s1">[2]</a></sup>. Children need less<sup class="cite">'
        '<a href="#source-s2">[1]</a> <a href="#source-s1">[2]</a></sup>.</p>'
    )
    assert [(each.number, each.reference.key) for each in page.sources] == [(1, "s2"), (2, "s1")]


def test_takeaways_answers_and_captions_cite_statements_too():
    stand("one", references=(a_source("s1"),))
    stand("two", references=(a_source("s2"),))
    stand("three", references=(a_source("s3"),))
    post = make_reviewed_post(main_picture=make_picture(caption="A plate [claim:three]."))
    post.takeaways.update(text="Eat fish [claim:one].")
    post.questions.update(answer="<p>No [claim:two].</p>")

    sources = page_of(Post.objects.get(pk=post.pk), NOON).rendered.sources

    assert [source.reference.key for source in sources][:2] == ["s1", "s3"]
    assert sources[-1].reference.key == "s2"


def test_an_unknown_statement_is_left_out_and_shown_to_its_author():
    post = make_reviewed_post()
    post.body = "<p>So it is [claim:nothing].</p>"
    post.save()

    assert page_of(post, NOON).rendered.html == "<p>So it is.</p>"
    draft = page_of(post, NOON, draft=True).rendered.html
    assert draft == '<p>So it is<sup class="cite"><mark>[claim:nothing?]</mark></sup>.</p>'


def test_readers_keep_the_sources_of_a_statement_that_lapsed():
    statement = stand()
    post = citing_post()
    before = page_body(post)

    statements.withdraw(statement, by="eve", now=NOON, because="Being checked.")

    assert page_body(post) == before
    assert 'href="#source-s1"' in before


def test_a_post_without_statements_asks_for_none(django_assert_num_queries):
    stand()
    plainly, citing = make_published_post(), citing_post()
    posts = [with_parts(Post.objects).get(pk=post.pk) for post in (plainly, citing)]

    with django_assert_num_queries(1):  # its neighbors
        page_of(posts[0], NOON)
    with django_assert_num_queries(2):
        page_of(posts[1], NOON)


def test_an_introduction_cites_statements():
    stand()

    cited = cited_introduction("Adults need 2.4 micrograms [claim:amount].")

    assert [source.reference.key for source in cited.sources] == ["s2", "s1"]
    assert "[claim" not in cited.paragraphs[0]


def test_tokens_are_no_words_and_end_no_sentence():
    text = "Adults need 2.4 micrograms. [claim:amount] Some need more."

    assert plain(f"<p>{text}</p>") == "Adults need 2.4 micrograms. Some need more."
    assert list(sentences(text)) == [
        "Adults need 2.4 micrograms. [claim:amount]",
        "Some need more.",
    ]


# --- readiness -----------------------------------------------------------------------------------


def test_what_stands_counts_as_cited():
    stand()

    found = look(body="<p>Adults need 2.4 micrograms [claim:amount].</p>", references=[])

    assert codes(found) == []
    assert codes(found, "warns") == []


def test_a_source_that_only_a_statement_cites_is_not_called_uncited():
    stand()
    listed = [{"key": key, "citation": "x"} for key in ("s2", "s1", "s9")]

    warned = [one for one in look(body=CITING, references=listed).problems if one.level == "warns"]

    assert [(one.code, one.excerpt) for one in warned] == [("uncited_source", "s9")]


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("unsigned", "nobody has signed it"),
        ("waiting", "a second person has to approve it"),
        ("ended", "its time is over"),
        ("withdrawn", "it was withdrawn"),
    ],
)
def test_what_does_not_stand_blocks(state, why):
    if state in {"unsigned", "waiting"}:
        written(by="" if state == "unsigned" else "ann")
    elif state == "ended":
        approved(now=NOON - 400 * DAY)
    else:
        statements.withdraw(stand(), by="eve", now=NOON, because="Retracted.")

    found = look(body=CITING, references=[{"key": "s2", "citation": "x"}])

    assert codes(found) == ["lapsed_statement"]
    (problem,) = (one for one in found.blocking if one.code == "lapsed_statement")
    assert problem.message == f"The statement amount does not stand in the register: {why}."


def test_an_unknown_statement_blocks_once():
    body = "<p>So [claim:nothing]. And [claim:nothing]. [ref:{key}]</p>"
    post = make_reviewed_post()
    key = post.reference_rows.get().reference.key

    assert blocking(post, body=body.replace("{key}", key)) == ["unknown_statement"]


def test_an_end_within_sixty_days_warns():
    approved(now=NOON - 310 * DAY, references=(a_source("s2"),))

    found = look(body="<p>Adults need 2.4 micrograms [claim:amount].</p>", references=[])

    assert (codes(found), codes(found, "warns")) == ([], ["ending_statement"])


def test_nothing_is_published_on_a_statement_that_nobody_approved():
    statement = written()
    post = make_reviewed_post(body="<p>Adults need 2.4 micrograms [claim:amount] [ref:{key}].</p>")

    with pytest.raises(publishing.NotReady, match="does not stand"):
        publishing.publish(post, by="paul", now=NOON)
    post.refresh_from_db()
    assert post.status == Post.Status.DRAFT

    statements.approve(statement, by="ben", now=NOON)
    publishing.publish(post, by="paul", now=NOON)

    assert post.is_public(NOON)


def test_what_lapsed_under_readers_warns_and_what_is_new_there_blocks():
    statement = stand()
    written("other")
    post = citing_post()
    statements.withdraw(statement, by="eve", now=NOON, because="Retracted.")
    snapshot = snapshots.take(post)

    found = readiness.look_at(snapshot, post=post, now=NOON)
    assert (codes(found), codes(found, "warns")[:1]) == ([], ["lapsed_statement"])

    post.body = f"{CITING}<p>Or more [claim:other].</p>"
    with pytest.raises(publishing.NotReady, match="The statement other does not stand"):
        save(post, public_reason="correction", public_note="Amount.")


# --- where it is used ----------------------------------------------------------------------------


def test_posts_that_cite_a_statement_are_found_wherever_they_do(django_assert_num_queries):
    stand()
    stand("other")
    shown = citing_post(title="Shown")
    draft = make_reviewed_post(title="Draft", main_picture=make_picture(caption="[claim:other]"))
    asked = make_reviewed_post(title="Asked")
    asked.questions.update(answer="<p>[claim:amount]</p>")
    asked.takeaways.update(text="So [claim:other-one].")

    with django_assert_num_queries(1):
        found = uses_of(["amount", "other", "nothing"], NOON)

    path = "/admin/blog/post/{}/change/".format
    assert found == [
        Use("amount", "Asked", path(asked.pk), is_public=False),
        Use("amount", "Shown", path(shown.pk), is_public=True),
        Use("other", "Draft", path(draft.pk), is_public=False),
    ]


def test_a_statement_that_is_revised_puts_the_post_into_doubt():
    statement = stand()
    post = citing_post()

    statements.revise(statement, words(references=(a_source("s3"),)), by="ann", now=NOON)

    assert codes(look(post), "warns")[:1] == ["lapsed_statement"]
