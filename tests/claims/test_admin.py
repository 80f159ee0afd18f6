"""The claims desk in the admin: the queue, asking, deciding, and what stays on record."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from claims import desk, nightly
from claims.models import Override, StandingFinding
from pages.models import ContactMessage
from pages.published_texts import ANSWER, FAQ_ITEM
from tests.claims.rows import make_question
from tests.claims.texts import CLAIM, NOON, RULE, rule_of
from tests.factories import make_staff

pytestmark = pytest.mark.django_db

VIEW = ("claims.view_standingfinding", "claims.view_override")
ASK = (*VIEW, "claims.request_override")
DECIDE = (*VIEW, "claims.decide_override")


@pytest.fixture
def item():
    found = make_question(answer=f"Wear it a day. {CLAIM}")
    nightly.look_again(FAQ_ITEM.subject(found), FAQ_ITEM.public_of(found), NOON)
    return found


def logged_in(name, *permissions):
    client = Client()
    client.force_login(make_staff(*permissions, username=name))
    return client


def ask_path(item, **changed):
    asked = {"subject": f"pages.faqitem:{item.pk}", "field": "answer", "rule": RULE}
    query = urlencode({**asked, "sentence": CLAIM, **changed})
    return f"{reverse('admin:claims_override_ask')}?{query}"


def asked_by(name, item):
    logged_in(name, *ASK).post(ask_path(item), {"reason": "It quotes a ruling."})
    return Override.objects.get()


def press(client, override, verb):
    path = reverse("admin:claims_override_decide", args=[override.pk])
    return client.post(path, {"verb": verb}, follow=True).content.decode()


def test_the_queue_names_sentence_place_and_what_to_write_instead(item):
    page = logged_in("anna", *ASK).get(reverse("admin:claims_standingfinding_changelist"))

    words = page.content.decode()
    assert CLAIM in words
    assert f'<a href="/admin/pages/faqitem/{item.pk}/change/">FAQ item “{item}”' in words
    assert "Drop the promise that an illness ends" in words
    assert ask_path(item).replace("&", "&amp;") in words


def test_the_queue_is_filtered_by_kind_of_claim_and_by_place(item):
    anna, path = logged_in("anna", *ASK), reverse("admin:claims_standingfinding_changelist")

    def listed(**query):
        return [row.rule for row in anna.get(path, query).context["cl"].result_list]

    assert len(listed()) == 2
    assert listed(category="cure") == [RULE]
    assert listed(place="pages.faqitem", category="cure") == [RULE]
    assert listed(q="cures anemia", category="diagnosis") == []
    StandingFinding.objects.update(subject="template:x.html", edit_path="")
    assert len(listed(place="template")) == 2


def test_a_member_of_staff_without_permission_sees_neither(item):
    stranger = logged_in("eve")

    for name in ("claims_standingfinding_changelist", "claims_override_changelist"):
        assert stranger.get(reverse(f"admin:{name}")).status_code == 403
    assert stranger.get(ask_path(item)).status_code == 403
    assert stranger.post(reverse("admin:claims_standingfinding_check")).status_code == 403
    assert logged_in("ben", *DECIDE).post(ask_path(item), {"reason": "So"}).status_code == 403
    assert not Override.objects.exists()


def test_everything_is_checked_at_the_press_of_a_button(item):
    item.answer = "Wear it a day."
    item.save()
    anna = logged_in("anna", *ASK)

    page = anna.post(reverse("admin:claims_standingfinding_check"), follow=True)

    assert "published things read" in page.content.decode()
    assert not StandingFinding.objects.filter(subject=f"pages.faqitem:{item.pk}").exists()


def test_whoever_asks_sees_sentence_rule_and_place_and_gives_a_reason(item):
    anna = logged_in("anna", *ASK)

    page = anna.get(ask_path(item)).content.decode()
    refused = anna.post(ask_path(item), {"reason": " "})
    anna.post(ask_path(item), {"reason": "It quotes a ruling."})

    assert CLAIM in page
    assert RULE in page
    assert f"FAQ item “{item}”: Question and answer" in page
    assert "Say why." in refused.content.decode()
    override = Override.objects.get()
    assert (override.sentence, override.rule, override.category) == (CLAIM, RULE, "cure")
    assert (override.requested_by, override.reason) == ("anna", "It quotes a ruling.")
    assert (override.state, override.subject) == ("requested", f"pages.faqitem:{item.pk}")


@pytest.mark.parametrize(
    "changed",
    [
        {"sentence": "The patch is round."},
        {"rule": "treat-verb"},
        {"field": "slug-of-mine"},
        {"subject": "pages.faqitem:999999"},
        {"subject": "pages.faqitem:"},
        {"subject": "nothing.known:1"},
        {"subject": ""},
    ],
)
def test_nobody_asks_for_what_is_not_flagged_there(item, changed):
    anna = logged_in("anna", *ASK)

    assert anna.get(ask_path(item, **changed)).status_code == 404
    assert anna.post(ask_path(item, **changed), {"reason": "Please"}).status_code == 404
    assert not Override.objects.exists()


def test_a_sentence_is_asked_about_once(item):
    asked_by("anna", item)
    carl = logged_in("carl", *ASK)

    page = carl.get(ask_path(item)).content.decode()
    told = carl.post(ask_path(item), {"reason": "Me too"}, follow=True).content.decode()

    assert "Somebody asked about this sentence already." in page
    assert "<textarea" not in page
    assert "Somebody asked about this sentence already." in told
    assert Override.objects.count() == 1
    queue = carl.get(reverse("admin:claims_standingfinding_changelist")).content.decode()
    assert "Waits for a second person" in queue


def test_a_second_person_lets_it_stand_and_the_queue_is_shorter(item):
    override = asked_by("anna", item)
    ben = logged_in("ben", *DECIDE)
    page = ben.get(reverse("admin:claims_override_change", args=[override.pk])).content.decode()

    told = press(ben, override, "allow")

    assert "It stands there." in page
    assert 'value="allow"' in page
    assert "The sentence may stand." in told
    override.refresh_from_db()
    assert (override.state, override.decided_by) == ("approved", "ben")
    assert [row.rule for row in StandingFinding.objects.open()] == [
        rule_of("disease_treatment", context="faq")
    ]


def test_whoever_asked_has_no_button_and_no_way_to_allow_it(item):
    override = asked_by("anna", item)
    anna = Client()
    anna.force_login(make_staff(*ASK, "claims.decide_override", username="anna2"))
    Override.objects.update(requested_by="anna2")
    page = anna.get(reverse("admin:claims_override_change", args=[override.pk])).content.decode()

    told = press(anna, override, "allow")

    assert 'value="allow"' not in page
    assert 'value="refuse"' in page
    assert "a second person has to allow it" in page
    assert "You asked for this yourself" in told
    override.refresh_from_db()
    assert override.state == "requested"


@pytest.mark.parametrize("verb", ["allow", "refuse", "take_back", "delete", ""])
def test_only_who_may_decide_decides(item, verb):
    override = asked_by("anna", item)
    carl = logged_in("carl", *ASK)
    path = reverse("admin:claims_override_decide", args=[override.pk])

    assert carl.post(path, {"verb": verb}).status_code == 403
    assert logged_in("ben", *DECIDE).get(path).status_code == 405
    override.refresh_from_db()
    assert override.state == "requested"


def test_what_was_allowed_is_taken_back_and_all_names_stay_on_record(item):
    override = asked_by("anna", item)
    ben, dora = logged_in("ben", *DECIDE), logged_in("dora", *DECIDE)
    press(ben, override, "allow")

    told = press(dora, override, "take_back")
    record = dora.get(reverse("admin:claims_override_changelist")).content.decode()

    assert "Taken back: the rule counts again." in told
    for words in (CLAIM, "anna, ", "ben, ", "dora, ", "Taken back"):
        assert words in record
    assert RULE in [one.finding.rule for one in desk.open_findings(FAQ_ITEM.of(item))]


def test_who_comes_second_is_told_so(item):
    override = asked_by("anna", item)
    press(logged_in("ben", *DECIDE), override, "refuse")

    told = press(logged_in("dora", *DECIDE), override, "allow")

    assert "somebody decided before you" in told
    override.refresh_from_db()
    assert (override.state, override.decided_by) == ("refused", "ben")


def test_what_a_customer_was_written_is_seen_by_the_desk_only():
    message = ContactMessage.objects.create(
        name="Jo",
        email="jo@example.com",
        topic="product",
        message="Does it?",
        received_at=NOON,
        state="answered",
        answered_at=NOON,
        answer=f"Dear Jo Doe. {CLAIM}",
    )
    nightly.look_again(ANSWER.subject(message), ANSWER.public_of(message), NOON)
    asking = {"subject": f"pages.contactmessage:{message.pk}", "field": "answer"}
    author = logged_in("anna", *ASK, "claims.decide_override")
    desk_clerk = logged_in("dora", *ASK, "pages.view_contactmessage")
    queue = reverse("admin:claims_standingfinding_changelist")

    assert CLAIM in desk_clerk.get(queue).content.decode()
    assert CLAIM not in author.get(queue).content.decode()
    assert author.get(ask_path(message, **asking)).status_code == 404
    desk_clerk.post(ask_path(message, **asking), {"reason": "It quotes."})
    override = Override.objects.get()
    record = reverse("admin:claims_override_change", args=[override.pk])
    assert author.get(record).status_code == 302
    decide = reverse("admin:claims_override_decide", args=[override.pk])
    assert author.post(decide, {"verb": "allow"}).status_code == 404


def test_the_record_is_neither_edited_nor_deleted(item):
    override = asked_by("anna", item)
    chief = Client()
    chief.force_login(make_staff(is_superuser=True))
    change = reverse("admin:claims_override_change", args=[override.pk])

    assert chief.post(change, {"reason": "Mine"}).status_code == 403
    assert chief.get(reverse("admin:claims_override_add")).status_code == 403
    assert (
        chief.post(reverse("admin:claims_override_delete", args=[override.pk])).status_code == 403
    )


def test_a_sentence_changed_meanwhile_is_shown_as_gone(item):
    override = asked_by("anna", item)
    item.answer = "Wear it a day."
    item.save()
    ben = logged_in("ben", *DECIDE)

    page = ben.get(reverse("admin:claims_override_change", args=[override.pk])).content.decode()

    assert "It is not there: not saved yet, or changed since." in page
    assert f'href="/admin/pages/faqitem/{item.pk}/change/"' in page


def test_the_lists_ask_the_same_number_of_questions_whatever_their_length(
    item, django_assert_max_num_queries
):
    anna = logged_in("anna", *ASK)
    for number in range(20):
        other = make_question(answer=CLAIM, slug=f"more-{number}")
        nightly.look_again(FAQ_ITEM.subject(other), FAQ_ITEM.public_of(other), NOON)

    with django_assert_max_num_queries(9):
        anna.get(reverse("admin:claims_standingfinding_changelist"))
