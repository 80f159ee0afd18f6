"""An author's own page: what it tells, for every way in which a review can stand."""

from datetime import timedelta

import pytest
from django.test import Client

from reviews import decisions, links, submitting
from reviews.models import LogEntry, Review, ReviewVersion
from shop.lib import pictures
from tests.pages.page_content import visible_text
from tests.reviews.deciding_steps import withhold_by_two
from tests.reviews.filled_forms import BODY, photo
from tests.reviews.makers import NOW, make_content, make_review
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def look(review: Review, what: str = "") -> str:
    response = Client().get(f"{links.own_path(review)}{what}")
    assert response.status_code == 200
    return " ".join(visible_text(response.content.decode()).split())


def withheld(reason: str = "abuse", note: str = "“you fools”", **content) -> Review:
    review = make_review(make_content(**content))
    return withhold_by_two(review, reason=reason, note=note)


def test_page_is_for_its_author_alone(client):
    review = make_review()
    response = client.get(links.own_path(review))
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.context["meta"].robots == "noindex"
    assert not response.cookies
    assert "jo@example.com" not in response.content.decode()


@pytest.mark.parametrize("way", ["", "change/", "withdraw/"])
def test_only_a_signed_link_of_a_review_opens_it(client, way):
    review = make_review()
    token = links.own_path(review).split("/")[-2]
    of_request = links.invitation_path(review.invitation).split("/")[-2]
    for wrong in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        "1",
        f"{review.pk}.x",
        of_request,
    ):
        assert client.get(f"/reviews/mine/{wrong}/{way}").status_code == 404
        assert client.post(f"/reviews/mine/{wrong}/{way}").status_code in {404, 405}
    assert Review.objects.get().state == "shown"


def test_link_ends_with_its_nonce(client):
    review = make_review()
    path = links.own_path(review)
    token = path.split("/")[-2]
    assert links.find_review(token) == review
    with unguarded(["reviews_review"]):
        Review.objects.update(nonce="another")
    assert client.get(path).status_code == 404


def test_shown_review_stands_there_as_everybody_sees_it():
    text = look(make_review(make_content(body=BODY, title="Fine", sticking=5, held="24")))
    assert "Shown: Everybody can read your review." in text
    assert "What others see 4 of 5 Fine" in text
    assert BODY in text
    assert "How well it stuck: 5 of 5" in text
    assert "Held: 24 hours or longer" in text
    assert "Bought here · Asked by email after delivery" in text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("received", "Thank you: We have your review."),
        ("changed", "Thank you: We have your new version."),
        ("unchanged", "Done: Nothing was different"),
        ("withdrawn", "Done: You took it back."),
    ],
)
def test_what_has_just_happened_is_told(kind, words):
    assert words in look(make_review(), f"?{kind}=1")
    assert words not in look(make_review(), "?other=1")


def test_waiting_review_says_why_and_how_long(settings):
    settings.REVIEW_DECIDE_DAYS = 5
    text = look(make_review(source="site"))
    assert "Waiting: Your review is with us" in text
    assert "because we could not match it with an order." in text
    assert "If we do not get to it within 5 days, we show it all the same." in text
    assert "What you wrote" in text
    assert "Not matched with an order" in text


def test_review_like_another_says_so_and_waits_longer(settings):
    settings.REVIEW_DECIDE_DAYS = 5
    make_review(make_content(body=BODY))
    text = look(make_review(make_content(body=BODY), source="site"))
    assert "match it with an order and because it is much like another review." in text
    assert "within 20 days, we show it all the same." in text


def test_private_data_is_promised_no_day():
    text = look(make_review(make_content(body=f"{BODY} Call me at 212-555-0147."), source="site"))
    assert "because it may hold private data." in text
    assert "all the same" not in text


@pytest.mark.parametrize(
    ("reason", "label", "advice"),
    [
        ("abuse", "Abuse or discrimination", "say the same without insults"),
        ("private_data", "Private data of a person", "how to reach them"),
        ("off_topic", "Not about the product or the order", "Please write about the product"),
    ],
)
@pytest.mark.parametrize("stars", [1, 5])
def test_withheld_review_says_for_which_reason_and_which_words(reason, label, advice, stars):
    text = look(withheld(reason, stars=stars))
    assert f"Held back: We hold it back. The reason is: {label}." in text
    assert "the same rules hold for one dot and for five" in text
    assert "It is about these words: “you fools”" in text
    assert advice in text
    assert "ann" not in text.split()


def test_new_version_of_what_a_person_withheld_says_that_a_person_reads_it_first():
    review = withheld()
    submitting.edit(review.pk, make_content(), now=NOW)
    text = look(review)
    assert "Waiting:" in text
    assert "because an earlier version was held back or doubted." in text
    assert "If we do not get to it within 7 days, we show it all the same." in text
    assert "you fools" not in text


def test_shown_review_that_one_of_us_doubts_says_who_decides_and_about_what():
    review = make_review()
    decisions.withhold(
        review.pk,
        version_id=review.current_id,
        reason="abuse",
        actor="ann",
        note="“you fools”",
        now=NOW,
    )
    text = look(review)
    assert "because one of us would hold it back: Abuse or discrimination." in text
    assert "It is about these words: “you fools”" in text
    assert "within 7 days, we show it all the same." in text
    assert "ann" not in text.split()


def test_withheld_by_rule_names_the_sentence():
    text = look(make_review(make_content(body=f"{BODY} It cured my neuropathy.")))
    assert "It is about these words: It cured my neuropathy." in text
    assert "By law we may not show it, because we would have to prove it." in text


def test_notes_of_staff_that_were_not_meant_for_the_author_stay_with_staff():
    review = withheld()
    decisions.show(review.pk, version_id=review.current_id, actor="bob", note="between us", now=NOW)
    text = look(review)
    assert "One of us thinks that it can be shown after all." in text
    assert "between us" not in text
    decisions.show(review.pk, version_id=review.current_id, actor="cy", note="among us", now=NOW)
    text = look(review)
    assert "Shown:" in text
    assert "between us" not in text
    assert "you fools" not in text
    assert "bob" not in text


def test_photo_has_a_standing_of_its_own():
    picture = pictures.read(photo())
    review = make_review(make_content(photo=picture))
    assert "Photo waiting: We look at each photo" in look(review)
    version = review.current_id
    decisions.show_photo(review.pk, version_id=version, actor="ann", now=NOW)
    assert "Photo shown: Everybody can see it." in look(review)
    decisions.withhold_photo(
        review.pk, version_id=version, reason="private_data", actor="ann", note="A face.", now=NOW
    )
    text = look(review)
    assert "Photo held back: We do not show the photo. The reason is: Private data" in text
    assert "A face." in text
    assert "Shown: Everybody can read your review." in text


def test_all_versions_are_there_with_their_old_ratings():
    review = make_review(make_content(stars=1, body="It came off after two hours, sadly."))
    submitting.edit(review.pk, make_content(stars=5, body=BODY), now=NOW + timedelta(days=1))
    text = look(review)
    assert text.index(BODY) < text.index("It came off after two hours, sadly.")
    assert "Your earlier versions" in text
    assert "You sent it November 20, 2026" in text
    assert "1 of 5 dots" in text
    assert "You changed it November 21, 2026" in text
    assert "5 of 5 dots" in text


def test_queries_do_not_grow_with_the_history(client, django_assert_num_queries):
    review = make_review()
    path = links.own_path(review)
    with django_assert_num_queries(3) as few:
        client.get(path)
    for day in range(1, 4):
        submitting.edit(review.pk, make_content(), now=NOW + timedelta(days=day))
    with django_assert_num_queries(len(few)):
        client.get(path)


def test_taking_it_back_asks_first_and_keeps_the_log(client):
    review = make_review()
    path = f"{links.own_path(review)}withdraw/"
    question = client.get(path)
    assert "Take your review back?" in visible_text(question.content.decode())
    assert Review.objects.get().state == "shown"
    response = client.post(path)
    assert (response.status_code, response.headers["Location"]) == (
        302,
        f"{links.own_path(review)}?withdrawn=1",
    )
    assert Review.objects.get().state == "withdrawn"
    kinds = list(LogEntry.objects.order_by("sequence").values_list("kind", flat=True))
    assert kinds == ["received", "shown", "withdrawn"]
    text = look(review)
    assert "Taken back: You took it back" in text
    assert "Change it and bring it back" in text
    assert "Take it back" not in text


def test_taking_it_back_twice_is_once(client):
    review = make_review()
    path = f"{links.own_path(review)}withdraw/"
    for _ in range(2):
        assert client.post(path).status_code == 302
    assert client.get(path).status_code == 302
    assert LogEntry.objects.filter(kind="withdrawn").count() == 1


def test_another_site_can_take_nothing_back():
    review = make_review()
    stranger = Client(headers={"Sec-Fetch-Site": "cross-site"})
    for way in ("withdraw/", "change/"):
        assert stranger.post(f"{links.own_path(review)}{way}").status_code == 403
    assert Review.objects.get().state == "shown"


def test_words_that_were_erased_leave_no_form(client):
    review = make_review()
    ReviewVersion.objects.update(author_name="", title="", body="")
    text = look(review)
    assert "Its words were erased at your wish." in text
    assert "Change it" not in text
    assert client.post(f"{links.own_path(review)}change/", {}).status_code == 302
    assert ReviewVersion.objects.count() == 1
