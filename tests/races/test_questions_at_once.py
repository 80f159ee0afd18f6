"""Several of the staff settle the same question, or two in the same words, at the same moment."""

import pytest
from post_office.models import Email

from pages import questions
from pages.models import FaqItem, VisitorQuestion
from tests.factories import NOON
from tests.pages.question_steps import ask, make_group, new_item
from tests.races.at_once import at_once, errors_in, meeting

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

PEOPLE = 6


def by_hand(question, name, act):
    """Open the page of `question`, as each of the staff does for themselves, then act."""
    return lambda: act(VisitorQuestion.objects.get(pk=question.pk), name)


def answer(question, name, words="ankle"):
    item = new_item(group=make_group(), slug=words, answer=f"{name} says no.")
    return questions.answer(question, item, by=name, now=NOON)


def decline(question, name):
    questions.decline(question, "medical", by=name, now=NOON)


def test_a_question_answered_by_many_at_once_becomes_one_row_and_one_mail():
    make_group()
    question = ask(email="jo@example.com")

    outcomes = at_once([by_hand(question, f"staff {one}", answer) for one in range(PEOPLE)])

    assert errors_in(outcomes) == ["AlreadySettled"] * (PEOPLE - 1)
    item = FaqItem.objects.get()
    question.refresh_from_db()
    assert question.faq_item == item
    assert item.answer == f"{question.settled_by} says no."
    assert item.answer in Email.objects.get().message


def test_answered_and_declined_at_once_ends_in_one_of_the_two():
    make_group()
    asked = [ask(f"Question number {one}?", email="jo@example.com") for one in range(4)]
    acts = [by_hand(question, "ann", act) for question in asked for act in (answer, decline)]

    outcomes = at_once(acts)

    assert errors_in(outcomes) == ["AlreadySettled"] * len(asked)
    answered = VisitorQuestion.objects.filter(state="answered").count()
    assert FaqItem.objects.count() == answered
    assert Email.objects.count() == len(asked)
    assert not VisitorQuestion.objects.filter(state="new").exists()


def test_questions_in_the_same_words_answered_at_once_get_an_anchor_each():
    make_group()
    asked = [ask("Can I wear it on my ankle?") for _ in range(4)]

    outcomes = at_once([by_hand(question, "ann", answer) for question in asked])

    assert errors_in(outcomes) == []
    slugs = set(FaqItem.objects.values_list("slug", flat=True))
    assert slugs == {"ankle", "ankle-2", "ankle-3", "ankle-4"}


def test_without_the_compare_and_set_every_click_makes_a_row():
    group = make_group()
    question = ask()
    everybody_has_looked = meeting(PEOPLE)

    def answer_carelessly(number):
        mine = VisitorQuestion.objects.get(pk=question.pk)
        assert mine.is_new
        everybody_has_looked()
        item = new_item(group=group, slug=f"ankle-{number}")
        item.save()
        mine.state, mine.settled_at, mine.faq_item = "answered", NOON, item
        mine.save()

    acts = [lambda number=number: answer_carelessly(number) for number in range(PEOPLE)]
    assert errors_in(at_once(acts)) == []
    assert FaqItem.objects.count() == PEOPLE
