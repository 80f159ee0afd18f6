"""What becomes of a question: stored, answered once, declined for a reason, forgotten in time."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from post_office.models import Email

from pages import questions
from pages.models import AlreadySettled, ContactMessage, FaqItem, VisitorQuestion
from references.models import Reference
from tests.factories import NOON
from tests.pages.question_steps import ask, make_group, new_item

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=1)


def test_a_question_is_stored_and_no_mail_goes_anywhere():
    question = ask(name="Jo", email="jo@example.com")
    question.refresh_from_db()
    assert (question.question, question.name) == ("Can I wear it on my ankle?", "Jo")
    assert (question.state, question.asked_at, question.settled_at) == ("new", NOON, None)
    assert not Email.objects.exists()
    assert not FaqItem.objects.exists()


def test_no_address_of_the_sender_is_kept():
    question, same, other_day = ask(), ask(), ask(now=LATER)
    assert "203.0.113" not in question.sender_key_hash
    assert question.sender_key_hash == same.sender_key_hash != other_day.sender_key_hash
    assert questions.others_of_sender(question) == 1
    assert questions.others_of_sender(other_day) == 0


def test_sixth_question_of_an_hour_from_one_network_is_not_stored():
    for _ in range(5):
        ask()
    with pytest.raises(questions.TooManyQuestions):
        ask(now=NOON + timedelta(minutes=59))
    ask(sender="198.51.100.0/24")
    ask(now=NOON + timedelta(minutes=61))
    assert VisitorQuestion.objects.count() == 7


def test_an_answer_becomes_the_last_row_of_its_group():
    group = make_group()
    FaqItem.objects.create(group=group, slug="a", question="A?", answer="A.", position=30)
    question = ask()
    item = questions.answer(question, new_item(group=group), by="ann", now=LATER)
    item.refresh_from_db()
    assert (item.slug, item.position, item.is_published) == ("ankle", 40, True)
    assert not item.on_product_page
    question.refresh_from_db()
    assert (question.state, question.faq_item) == ("answered", item)
    assert (question.settled_at, question.settled_by) == (LATER, "ann")


def test_who_left_no_address_gets_no_mail():
    questions.answer(ask(name="Jo"), new_item(), by="ann", now=LATER)
    questions.decline(ask(), "medical", by="ann", now=LATER)
    assert not Email.objects.exists()


def test_who_left_an_address_gets_the_answer_in_our_words(settings):
    settings.SITE_URL = "https://patch.example"
    Reference.objects.create(key="r5", citation="Board. B12. 1998.", doi="10.1/x")
    question = ask("Private words <b>", name="Jo {{ x }}", email="jo@example.com")
    words = "Read [the FAQ](/faq/) or [this](https://else.example/). It is **so** [@r5]."
    questions.answer(question, new_item(answer=words), by="ann", now=LATER)
    mail = Email.objects.get()
    assert mail.to == ["jo@example.com"]
    assert mail.subject == "Your question has an answer: Can I wear it on the ankle?"
    assert "Hello Jo {{ x }}," in mail.message
    assert "Read the FAQ (https://patch.example/faq/) or" in mail.message
    assert "It is **so** [1].\n" in mail.message
    assert "[1] Board. B12. 1998. https://doi.org/10.1/x" in mail.message
    assert "https://patch.example/faq/#ankle" in mail.message
    assert '<a href="https://patch.example/faq/">the FAQ</a>' in mail.html_message
    assert 'href="https://else.example/"' in mail.html_message
    assert 'href="https://patch.example/faq/#source-r5"' in mail.html_message
    assert "<strong>so</strong>" in mail.html_message
    assert "Private words" not in mail.message + mail.html_message + mail.subject


def test_a_question_answered_before_is_pointed_to_its_row():
    item = questions.answer(ask(), new_item(), by="ann", now=NOON)
    question = ask(email="jo@example.com")
    questions.answer_with(question, item, by="bob", now=LATER)
    question.refresh_from_db()
    assert (question.state, question.faq_item, question.settled_by) == ("answered", item, "bob")
    assert FaqItem.objects.count() == 1
    assert "Behind the ear" in Email.objects.get().message


def test_nobody_is_pointed_to_a_row_that_is_hidden():
    item = new_item(is_published=False)
    item.save()
    question = ask(email="jo@example.com")
    with pytest.raises(ValueError, match="Nobody can read"):
        questions.answer_with(question, item, by="ann", now=LATER)
    assert VisitorQuestion.objects.get().is_new
    assert not Email.objects.exists()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("private_data", "private data in it"),
        ("not_about_us", "not about our shop"),
        ("medical", "ask your doctor or pharmacist"),
        ("asked_already", "has asked it before"),
    ],
)
def test_who_left_an_address_is_told_why_there_is_no_answer(reason, words):
    question = ask("Words of a visitor", email="jo@example.com")
    questions.decline(question, reason, by="ann", now=LATER, note="Between us")
    question.refresh_from_db()
    assert (question.state, question.decline_reason) == ("declined", reason)
    assert (question.note, question.settled_by, question.settled_at) == ("Between us", "ann", LATER)
    mail = Email.objects.get()
    assert words in mail.message
    assert words in mail.html_message
    assert "Words of a visitor" not in mail.message + mail.html_message
    assert "Between us" not in mail.message + mail.html_message
    assert not FaqItem.objects.exists()


def test_abuse_gets_no_mail_since_the_address_may_be_somebody_elses():
    questions.decline(ask(email="victim@example.com"), "abuse", by="ann", now=LATER)
    assert not Email.objects.exists()


def test_a_reaction_told_as_a_question_goes_to_those_who_look_after_such_reports(settings):
    settings.STAFF_EMAIL = "desk@example.com"
    question = ask("My wrist is red, what now?", name="Jo", email="jo@example.com")
    questions.decline(question, "reaction", by="ann", now=LATER)
    message = ContactMessage.objects.get()
    assert message.is_safety_report
    assert (message.message, message.name) == ("My wrist is red, what now?", "Jo")
    assert (message.email, message.received_at) == ("jo@example.com", LATER)
    mails = {mail.to[0]: mail for mail in Email.objects.all()}
    assert set(mails) == {"desk@example.com", "jo@example.com"}
    assert "wrist" not in mails["desk@example.com"].message
    assert "Take the patch off." in mails["jo@example.com"].message
    assert "only email" not in mails["jo@example.com"].message


def test_a_reaction_is_kept_also_where_nobody_left_a_name():
    questions.decline(ask("It itches a lot, what now?"), "reaction", by="ann", now=LATER)
    message = ContactMessage.objects.get()
    assert (message.name, message.email, message.state) == ("A visitor", "", "new")


def test_a_settled_question_is_not_settled_again():
    question = ask(email="jo@example.com")
    before = VisitorQuestion.objects.get()
    questions.decline(question, "medical", by="ann", now=LATER)
    for act in (
        lambda: questions.answer(before, new_item(), by="bob", now=LATER),
        lambda: questions.decline(before, "abuse", by="bob", now=LATER),
        lambda: questions.decline(question, "abuse", by="bob", now=LATER),
    ):
        with pytest.raises(AlreadySettled):
            act()
    question.refresh_from_db()
    assert (question.state, question.settled_by) == ("declined", "ann")
    assert not FaqItem.objects.exists()
    assert Email.objects.count() == 1


def test_answer_and_mail_are_stored_together_or_not_at_all():
    question = ask(email="not an address")
    with pytest.raises(Exception):  # noqa: B017, PT011 (whatever the outbox refuses)
        questions.answer(question, new_item(), by="ann", now=LATER)
    assert not FaqItem.objects.exists()
    assert VisitorQuestion.objects.get().is_new


def test_a_taken_anchor_gets_a_number_and_never_ends_the_answer():
    words = "ankle " * 20
    for _ in range(3):
        questions.answer(ask(), new_item(slug=questions.free_slug(words)), by="ann", now=LATER)
    questions.answer(ask(sender="b"), new_item(slug="ankle"), by="ann", now=LATER)
    questions.answer(ask(sender="b"), new_item(slug="ankle"), by="ann", now=LATER)
    slugs = list(FaqItem.objects.order_by("pk").values_list("slug", flat=True))
    long = "-".join(["ankle"] * 8)
    assert slugs == [f"{long}-an", f"{long[:44]}-2", f"{long[:44]}-3", "ankle", "ankle-2"]
    assert questions.free_slug("¿?") == "question"


def test_any_other_fault_of_a_row_is_no_question_of_its_anchor():
    question = ask()
    with pytest.raises(IntegrityError):
        questions.answer(question, new_item(question=None), by="ann", now=LATER)
    assert VisitorQuestion.objects.get().is_new


@pytest.mark.parametrize(
    "values",
    [
        {"state": "answered"},
        {"state": "declined", "settled_at": NOON},
        {"decline_reason": "abuse"},
        {"settled_at": NOON},
    ],
)
def test_the_database_refuses_a_state_that_contradicts_itself(values):
    question = ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitorQuestion.objects.filter(pk=question.pk).update(**values)


def test_a_row_that_staff_delete_leaves_the_question_answered():
    question = ask()
    questions.answer(question, new_item(), by="ann", now=LATER).delete()
    question.refresh_from_db()
    assert (question.state, question.faq_item) == ("answered", None)


def test_who_asked_is_forgotten_some_time_after_the_answer():
    told = ask(name="Jo", email="jo@example.com", sender="")
    waits = ask(name="Al", email="al@example.com", sender="")
    questions.answer(told, new_item(), by="ann", now=NOON)
    VisitorQuestion.objects.update(sender_key_hash="")
    assert questions.forget_old(NOON + questions.KEEP_ASKER) == (0, 0)
    assert questions.forget_old(NOON + questions.KEEP_ASKER + timedelta(minutes=1)) == (0, 1)
    told.refresh_from_db()
    waits.refresh_from_db()
    assert (told.name, told.email, told.question) == ("", "", "Can I wear it on my ankle?")
    assert (waits.name, waits.email) == ("Al", "al@example.com")


def test_hash_of_the_sender_is_forgotten_after_two_days():
    old, fresh = ask(), ask(now=NOON + timedelta(minutes=2))
    assert questions.forget_old(NOON + timedelta(days=2, minutes=1)) == (0, 1)
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert old.sender_key_hash == ""
    assert fresh.sender_key_hash


def test_questions_are_forgotten_and_what_we_answered_stays():
    answered, declined, waiting, young = ask(), ask(), ask(), ask(now=NOON + timedelta(days=400))
    item = questions.answer(answered, new_item(), by="ann", now=NOON)
    questions.decline(declined, "private_data", by="ann", now=NOON)
    assert questions.forget_old(NOON + timedelta(days=90, minutes=1))[0] == 1
    assert set(VisitorQuestion.objects.all()) == {answered, waiting, young}
    assert questions.forget_old(NOON + questions.KEEP + timedelta(minutes=1))[0] == 2
    assert list(VisitorQuestion.objects.all()) == [young]
    assert list(FaqItem.objects.all()) == [item]
