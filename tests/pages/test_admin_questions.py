"""The inbox of visitors' questions: answer for the FAQ, point to an answer, decline."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from accounts.models import User
from pages import questions
from pages.models import FaqItem, VisitorQuestion
from references.models import Reference
from search.models import Kind, SearchDocument
from tests.factories import NOON
from tests.orders.admin_steps import words_of
from tests.pages.question_steps import ask, make_group, new_item

pytestmark = pytest.mark.django_db

LIST = "admin:pages_visitorquestion_changelist"


def browser(*permissions):
    user = User.objects.create_user("ann", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk():
    return browser("view_visitorquestion", "answer_visitorquestion")


@pytest.fixture
def question():
    return ask("Can I, Jo from Ohio, wear it on my ankle?", name="Jo", email="jo@example.com")


def url_of(question, page="answer"):
    return reverse(f"admin:pages_visitorquestion_{page}", args=[question.pk])


def typed(**fields):
    return {
        "question": "Can I wear it on the ankle?",
        "answer": "No. Behind the ear, or on the inner wrist.",
        "group": make_group().pk,
        "slug": "",
        **fields,
    }


def test_inbox_shows_what_waits_first_and_no_address(desk, question):
    later = ask("And on my knee, please?", now=NOON + timedelta(minutes=1))
    questions.decline(ask("Something settled"), "medical", by="bob", now=NOON)
    page = desk.get(reverse(LIST))
    text = words_of(page)
    assert text.index("Jo from Ohio") < text.index("on my knee") < text.index("Something settled")
    assert "Declined: Asks for medical advice" in text
    assert url_of(later) in page.content.decode()
    assert "jo@example.com" not in page.content.decode()


def test_no_page_of_staff_shows_the_address(desk, question):
    for page in ("answer", "change"):
        markup = desk.get(url_of(question, page)).content.decode()
        assert "Jo from Ohio" in markup
        assert "jo@example.com" not in markup


def test_inbox_costs_the_same_however_many_wait(desk, question, django_assert_max_num_queries):
    for number in range(4):
        asked = ask(f"Question number {number}?", sender=f"net {number}")
        questions.answer(asked, new_item(slug=f"item-{number}"), by="ann", now=NOON)
    with django_assert_max_num_queries(7):
        desk.get(reverse(LIST))


def test_an_answer_is_published_found_by_the_search_and_sent(
    desk, question, django_capture_on_commit_callbacks
):
    assert url_of(question) in desk.get(url_of(question, "change")).content.decode()
    assert "Jo from Ohio" in words_of(desk.get(url_of(question)))
    with django_capture_on_commit_callbacks(execute=True):
        done = desk.post(url_of(question), typed(on_product_page="on"), follow=True)
    assert f"Question {question.pk} is answered; the answer is in the FAQ." in words_of(done)
    item = FaqItem.objects.get()
    assert (item.slug, item.on_product_page) == ("can-i-wear-it-on-the-ankle", True)
    assert item.history.get().history_user.username == "ann"
    question.refresh_from_db()
    assert (question.state, question.faq_item) == ("answered", item)
    assert question.settled_by == "ann"
    assert "Behind the ear" in Email.objects.get().message
    assert SearchDocument.objects.get(kind=Kind.QUESTION, key=item.slug).title == item.question
    shown = Client().get("/faq/").content.decode()
    assert 'id="can-i-wear-it-on-the-ankle"' in shown
    assert "Jo from Ohio" not in shown


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"answer": "Yes. It cures anemia."}, "It cures anemia"),
        ({"question": "Does it cure MS?", "answer": "Yes."}, "Does it cure MS?"),
        ({"slug": "it-cures-anemia"}, "it cures anemia"),
        ({"answer": "See [@nope]."}, "No source with this key: [@nope]"),
        ({"answer": ""}, "This field is required."),
        ({"question": "x" * 161}, "at most 160 characters"),
        ({"slug": "taken"}, "already exists"),
        ({"group": ""}, "This field is required."),
    ],
)
def test_an_answer_that_the_faq_would_refuse_is_refused_with_its_words_kept(
    desk, question, fields, words
):
    new_item(slug="taken").save()
    page = desk.post(url_of(question), typed(**fields))
    assert page.status_code == 200
    assert words in words_of(page)
    assert FaqItem.objects.count() == 1
    assert VisitorQuestion.objects.get().is_new
    assert not Email.objects.exists()


def test_beside_the_product_the_stricter_rules_hold(desk, question):
    answer = "Only food, tablets and shots count as a supplement [@r5]."
    Reference.objects.create(key="r5", citation="Board. B12. 1998.")
    page = desk.post(url_of(question), typed(answer=answer, on_product_page="on"))
    assert "The product page cites no source" in words_of(page)
    plain = answer.replace(" [@r5]", "")
    page = desk.post(url_of(question), typed(answer=plain, on_product_page="on"))
    assert "as a supplement" in str(page.context["forms"]["answer"].errors["answer"])
    assert not FaqItem.objects.exists()
    assert desk.post(url_of(question), typed(answer=answer)).status_code == 302


def test_a_question_is_pointed_to_an_answer_that_is_there(desk, question):
    item, hidden = new_item(), new_item(slug="hidden", is_published=False)
    item.save()
    hidden.save()
    refused = desk.post(url_of(question, "answered_there"), {"item": hidden.pk})
    assert "Select a valid choice" in words_of(refused)
    desk.post(url_of(question, "answered_there"), {"item": item.pk})
    question.refresh_from_db()
    assert (question.state, question.faq_item) == ("answered", item)
    assert FaqItem.objects.count() == 2


def test_a_question_is_declined_for_a_listed_reason_only(desk, question):
    for reason in ("", "we do not like it"):
        desk.post(url_of(question, "decline"), {"reason": reason})
        assert VisitorQuestion.objects.get().is_new
    desk.post(url_of(question, "decline"), {"reason": "medical", "note": " Asked for a dose. "})
    question.refresh_from_db()
    assert (question.decline_reason, question.note) == ("medical", "Asked for a dose.")
    assert not FaqItem.objects.exists()


def test_what_a_colleague_settled_is_not_settled_again(desk, question):
    questions.decline(question, "abuse", by="bob", now=NOON)
    assert "has been settled already" in words_of(desk.get(url_of(question)))
    assert "has been settled already" in words_of(desk.post(url_of(question), typed()))
    assert not FaqItem.objects.exists()
    assert VisitorQuestion.objects.get().settled_by == "bob"


@pytest.mark.parametrize("page", ["answer", "answered_there", "decline"])
def test_settling_needs_its_permission(question, page):
    reader = browser("view_visitorquestion")
    assert reader.get(url_of(question, page)).status_code == 403
    assert reader.post(url_of(question, page), typed(reason="abuse")).status_code == 403
    for seen in (url_of(question, "change"), reverse(LIST)):
        assert url_of(question) not in reader.get(seen).content.decode()
    assert VisitorQuestion.objects.get().is_new


def test_nobody_rewrites_invents_or_deletes_a_question(question):
    client = Client()
    client.force_login(User.objects.create_superuser("boss", password="x"))
    assert client.post(url_of(question, "change"), {"question": "Other"}).status_code == 403
    assert client.post(url_of(question, "delete"), {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:pages_visitorquestion_add")).status_code == 403
    assert client.get("/admin/pages/visitorquestion/999999/answer/").status_code == 404
    assert VisitorQuestion.objects.get().question == question.question
