"""Two people stand behind a public post, also where one of them looks for a way around that."""

from datetime import timedelta

import pytest

from blog import publishing
from blog.models import Post, PostAuthor
from blog.pictures import PictureInUse, delete_picture
from blog.publishing import NotReady, TransitionNotAllowed
from tests.blog.editor import add_row, address, opened, staff
from tests.blog.editor import save as send
from tests.blog.making import (
    make_person,
    make_picture,
    make_post,
    make_published_post,
    make_reviewed_post,
    save,
)
from tests.factories import NOON, make_staff
from tests.redirects.rows import make_redirect, ways

pytestmark = pytest.mark.django_db


def codes(refused):
    return [problem.code for problem in refused.value.problems]


def test_an_author_records_no_review_in_the_name_of_somebody_else():
    author = make_person(user=make_staff(username="ann"))
    post = make_post(authors=[author])

    with pytest.raises(TransitionNotAllowed, match="is an author of this post"):
        publishing.record_review(post, reviewer=make_person(), by="ann", now=NOON)

    assert not post.review_records.exists()


def test_who_signs_as_an_author_after_reviewing_has_reviewed_nothing():
    post = make_reviewed_post()
    reviewer = post.reviewed_by
    PostAuthor.objects.create(post=post, person=reviewer, position=9)
    save(post)

    with pytest.raises(NotReady) as refused:
        publishing.publish(post, by="paul", now=NOON)

    assert codes(refused) == ["no_review"]
    assert Post.objects.get().status == "draft"


def test_a_reviewer_does_not_become_an_author_of_a_public_post():
    post = make_published_post()
    publisher = staff("paul", "Publisher")
    data = add_row(opened(publisher, post), "author_rows", person=post.reviewed_by.pk)

    answer = send(publisher, post, data)

    assert "cannot be an author as well" in answer.content.decode()
    assert post.author_rows.count() == 1


def test_words_that_changed_past_the_editor_are_saved_there_before_they_are_reviewed():
    post = make_published_post()
    Post.objects.filter(pk=post.pk).update(summary="Bacteria make it, that is all.")
    answer = staff("rita", "Reviewer").post(
        address("publishing_page", post.pk),
        {
            "step": "review",
            "review-version": post.version,
            "review-reviewer": make_person().pk,
            "review-compared": "on",
        },
    )

    assert "save it there first" in answer.content.decode()
    assert post.review_records.count() == 1


def test_a_scheduled_post_that_gets_another_address_takes_it_from_a_redirect():
    post = make_published_post(at=NOON + timedelta(days=9))
    make_redirect("/blog/eggs/", "/faq/")
    post.slug = "eggs"

    save(post)

    assert ways() == {}


def test_a_picture_in_an_answer_is_in_use_and_is_looked_at():
    post, picture = make_reviewed_post(), make_picture(alt="")
    post.questions.update(answer=f'<p><img src="{picture.get_absolute_url()}" alt=""> It is.</p>')
    save(post)

    with pytest.raises(PictureInUse):
        delete_picture(picture)
    publishing.record_review(post, reviewer=make_person(), by="rita", now=NOON)
    with pytest.raises(NotReady) as refused:
        publishing.publish(post, by="paul", now=NOON)
    assert codes(refused) == ["bad_alt"]
