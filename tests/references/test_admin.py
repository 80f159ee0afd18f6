"""The register in the admin: words are revised, signed and approved by different people."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from references import statements, uses
from references.models import Statement
from references.uses import Use
from tests.claims.admin_forms import errors_of, filled_in, path_of
from tests.factories import make_staff
from tests.references.writing import DAY, a_source, approved, words, written

pytestmark = pytest.mark.django_db

VIEW = "references.view_statement"
WRITE = (VIEW, "references.add_statement", "references.change_statement")
APPROVE = (VIEW, "references.approve_statement")
LIST = "/admin/references/statement/"


def logged_in(name, *permissions):
    client = Client()
    client.force_login(make_staff(*permissions, username=name))
    return client


def press(client, statement, verb, **said):
    """Press a button of the page as it is now; return what staff are told."""
    data = {"verb": verb, "version": Statement.objects.get(pk=statement.pk).version, **said}
    answer = client.post(f"{LIST}{statement.pk}/decide/", data, follow=True)
    statement.refresh_from_db()
    if answer.status_code != 200:
        return answer.status_code
    return " ".join(str(message) for message in answer.context["messages"])


def test_a_new_statement_is_written_by_whoever_saves_it():
    a_source()
    typed = {**vars(words(references=())), "key": "amount", "sources": "[@S1], s1"}
    del typed["references"]

    answer = logged_in("ann", *WRITE).post(f"{LIST}add/", typed)

    assert answer.status_code == 302
    statement = Statement.objects.get()
    assert (statement.written_by, statement.approved_at) == ("ann", None)
    assert statements.words_of(statement) == words()


def test_a_source_that_there_is_not_is_refused():
    statement = written()
    client = logged_in("ann", *WRITE)
    typed = filled_in(client, path_of(statement)) | {"sources": "s1 s7"}

    errors = errors_of(client.post(path_of(statement), typed))

    assert errors == {"sources": "There is no source s7: add it to the sources first."}


def test_saving_other_words_takes_the_approval_back_and_the_same_words_do_not():
    statement = approved(now=timezone.now(), references=(a_source("s2"), a_source("s1")))
    client = logged_in("eve", *WRITE)
    typed = filled_in(client, path_of(statement))

    client.post(path_of(statement), typed)
    statement.refresh_from_db()
    assert (statement.approved_by, statement.written_by) == ("ben", "ann")

    client.post(path_of(statement), typed | {"grade": "C"})
    statement.refresh_from_db()
    assert (statement.approved_by, statement.written_by) == ("", "eve")
    assert [each.key for each in statements.words_of(statement).references] == ["s2", "s1"]


def test_a_form_that_was_opened_before_a_change_keeps_what_was_typed():
    statement = written()
    client = logged_in("eve", *WRITE)
    typed = filled_in(client, path_of(statement)) | {"text": "Eve says ten."}
    statements.revise(statement, words(text="Ann says nine."), by="ann", now=timezone.now())

    answer = client.post(path_of(statement), typed)

    assert "Somebody changed this statement" in errors_of(answer)["__all__"]
    assert "Eve says ten." in answer.content.decode()
    statement.refresh_from_db()
    assert statement.text == "Ann says nine."


def test_a_second_person_approves_and_withdraws():
    statement = written()
    ann, ben = logged_in("ann", *WRITE, *APPROVE[1:]), logged_in("ben", *APPROVE)

    assert 'value="approve"' not in ann.get(path_of(statement)).content.decode()
    assert press(ann, statement, "approve") == (
        "You wrote it yourself: a second person has to approve it."
    )
    assert statement.approved_at is None

    end = timezone.localdate() + timedelta(days=90)
    assert press(ben, statement, "approve", valid_until=end.isoformat()) == (
        "The statement stands. Visitors see it within a minute."
    )
    assert (statement.approved_by, statement.valid_until) == ("ben", end)

    assert press(ben, statement, "withdraw") == "Not yet. Say why it is withdrawn."
    press(ben, statement, "withdraw", because="The trial was retracted.")
    assert statement.withdrawn_because == "The trial was retracted."
    assert press(ben, statement, "sign") == 403


def test_who_may_only_write_decides_nothing():
    statement = written(by="ben")
    ann = logged_in("ann", *WRITE)

    assert press(ann, statement, "approve") == 403
    assert press(ann, statement, "withdraw", because="No.") == 403
    assert press(ann, statement, "anything") == 403
    assert statement.state(timezone.now()) == Statement.State.WAITING


def test_nobody_approves_a_page_that_is_out_of_date():
    statement = written()
    ben = logged_in("ben", *APPROVE)

    said = press(ben, statement, "approve", version=statement.version - 1)

    assert said == "Somebody changed it meanwhile: read it again, then decide."
    assert statement.approved_at is None
    assert press(ben, statement, "approve", version="x").startswith("Nothing was decided")


def test_a_starter_statement_is_signed_first():
    statement = written(by="")
    ann = logged_in("ann", *WRITE)

    assert "Nobody has signed it as its writer." in ann.get(path_of(statement)).content.decode()
    assert press(ann, statement, "sign") == (
        "The statement waits for a second person. Visitors see it within a minute."
    )
    assert statement.written_by == "ann"


def test_the_list_is_filtered_and_tells_which_posts_cite_what_lapsed(monkeypatch):
    approved("standing", now=timezone.now())
    approved("ended", now=timezone.now() - 400 * DAY)
    written("waiting")
    found = [Use("ended", "A post", "/admin/blog/post/7/change/", is_public=True)]
    monkeypatch.setitem(uses._finders, "blog", lambda keys, now: found)
    client = logged_in("ann", VIEW)

    for state, keys in {
        "standing": ["standing"],
        "lapsed": ["ended"],
        "due": ["ended"],
        "waiting": ["waiting"],
        "unsigned": [],
    }.items():
        answer = client.get(LIST, {"state": state})
        assert [row.key for row in answer.context["cl"].result_list] == keys
    assert "A post" in client.get(LIST, {"state": "due"}).content.decode()
    assert "A post" not in client.get(LIST).content.decode()
    assert "A post" in client.get(path_of(Statement.objects.get(key="ended"))).content.decode()


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("Author", {"view_statement", "add_statement", "change_statement"}),
        ("Editor", {"view_statement", "add_statement", "change_statement"}),
        ("Reviewer", {"view_statement", "approve_statement"}),
        (
            "Publisher",
            {"view_statement", "add_statement", "change_statement", "approve_statement"},
        ),
        ("Order desk", set()),
    ],
)
def test_authors_write_and_reviewers_approve(role, may):
    found = Group.objects.get(name=role).permissions.filter(content_type__model="statement")

    assert set(found.values_list("codename", flat=True)) == may
