"""The public page of numbers: what it shows, what it never shows, and that its own recipe finds tampering."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from reviews import decisions, fairness, log, numbers, submitting
from reviews.models import FairnessCheck, LogEntry, Review, Source
from tests.reviews.makers import NOW, make_content, make_review
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=3)
PATH = "/reviews/numbers/"


def withhold(review, reason="abuse"):
    """One asks for it and another one decides: everybody has been told the rating."""
    for actor in ("moderator.li", "moderator.mo"):
        review = decisions.withhold(
            review.pk,
            version_id=review.current_id,
            reason=reason,
            actor=actor,
            note="the secret note",
            now=LATER,
        )
    return review


@pytest.fixture
def five():
    """1 shown, 2 withheld, 3 waiting, 4 withdrawn, 5 withheld by the rules."""
    made = [
        make_review(make_content(stars=5, author_name="Quentin Q.", body="Words nobody may see.")),
        withhold(make_review(make_content(stars=1, body="Other words that stay unseen for good."))),
        make_review(make_content(stars=2), source=Source.SITE),
        make_review(make_content(stars=3)),
        make_review(make_content(stars=5, body="It cured my diabetes in two weeks, I tell you.")),
    ]
    decisions.withdraw(made[3].pk, now=LATER)
    return made


def words(response):
    return " ".join(response.content.decode().split())


def test_before_the_first_review_the_page_says_so(client, django_assert_num_queries):
    with django_assert_num_queries(7):
        page = words(client.get(PATH))
    assert "No review has come in yet. The first one gets number 1." in page
    assert "The first look is tonight." in page


def test_every_number_stands_there_with_its_rating_and_why_it_is_held_back(client, five):
    page = words(client.get(PATH))
    for number in range(1, 6):
        assert f'id="n-{number}"' in page
        came = LogEntry.objects.get(number=number, kind="received")
        assert f"<code>{came.hash[:12]}</code>" in page
    assert page.index('id="n-5"') < page.index('id="n-1"')
    assert 'Held back</span> since <time datetime="2026-11-20">Nov 20, 2026</time>. Abuse' in page
    assert "Waits for a person</span> since" in page
    assert "Taken back by its author</span> since" in page


SECRETS = (
    *("Quentin", "nobody may see", "stay unseen", "diabetes", "moderator.mo"),
    *("moderator.li", "secret note", "jo@example.com", "csrf"),
)


@pytest.mark.parametrize("path", [PATH, f"{PATH}2/", f"{PATH}5/", "/reviews/log/1.jsonl"])
def test_words_names_and_who_decided_stay_out(client, five, path):
    fairness.run(LATER)
    response = client.get(path)
    text = response.content.decode()
    assert response.status_code == 200
    assert [secret for secret in SECRETS if secret in text] == []
    salts = LogEntry.objects.values_list("salt", flat=True)
    assert [salt for salt in salts if salt in text] == []
    assert set(response["Cache-Control"].split(", ")) == {"public", "max-age=60"}
    assert not response.cookies


def test_the_figures_are_those_of_the_counts(client, five):
    figures = numbers.figures()
    assert figures.received == 5
    assert [(label, cell.count) for label, cell in figures.by_state] == [
        ("Shown", 1),
        ("Waits for a person", 1),
        ("Held back", 2),
        ("Taken back by its author", 1),
    ]
    table = {label: [cell.count for cell in cells] for label, cells in figures.withheld}
    assert table["Abuse or discrimination"] == [1, 0, 0, 0, 0, 1]
    assert table["A claim about an illness or a medicine"] == [0, 0, 0, 0, 1, 1]
    assert table["All reasons"] == [1, 0, 0, 0, 1, 2]
    assert table["Signs that it is not real"] == [0] * 6
    assert figures.decided == [1, 0, 1, 0, 2, 4]  # without the one that waits
    assert figures.withheld[-1][1][4].percent == "50.0 %"
    assert figures.waiting_since == NOW
    assert "The oldest waits since" in words(client.get(PATH))


def test_nobody_is_told_the_rating_of_what_waits_for_a_decision(client):
    """Whoever decides could look it up here: two that differ in nothing else must look the same."""
    told = []
    for stars in (1, 5):
        review = make_review(
            make_content(stars=stars, body=f"Words of some length, number {stars}."),
            source=Source.SITE,
        )
        assert review.state == "waiting"
        page = words(client.get(f"{PATH}{review.number}/"))
        assert "of 5" not in page
        assert "Rating not told before a decision" in page
        facts = [entry.facts() for entry in review.log.order_by("sequence")]
        assert {one["stars"] for one in facts} == {0}
        row = words(client.get(PATH)).partition(f'id="n-{review.number}"')[2].partition("</tr>")[0]
        told.append(row.count("of 5"))
        decisions.show(review.pk, version_id=review.current_id, actor="ann", now=LATER)
        assert f"{stars} of 5" in words(client.get(f"{PATH}{review.number}/"))
    assert told == [0, 0]
    assert log.verify() == []


def test_a_new_rating_is_not_told_before_the_new_words_are_decided_on(client):
    review = make_review(make_content(stars=1), source=Source.SITE)
    decisions.withhold(
        review.pk,
        version_id=review.current_id,
        reason="abuse",
        actor="ann",
        note="that word",
        now=LATER,
    )
    submitting.edit(review.pk, make_content(stars=5), now=LATER)
    review.refresh_from_db()
    assert review.state == "waiting"
    told = list(review.log.order_by("sequence").values_list("kind", "stars"))
    assert told == [
        *(("received", 0), ("waiting", 0), ("withheld", 1)),
        *(("edited", 0), ("waiting", 0)),
    ]
    assert "5 of 5" not in words(client.get(f"{PATH}{review.number}/"))


def test_the_oldest_wait_is_not_that_of_the_lowest_number():
    first = make_review(source=Source.SITE)
    make_review(source=Source.SITE, now=NOW + timedelta(hours=1))
    submitting.edit(first.pk, make_content(), now=LATER)
    assert numbers.figures().waiting_since == NOW + timedelta(hours=1)


def test_the_page_of_one_number_lets_anybody_recompute_its_seals(client, five):
    import hashlib
    import html
    import re

    page = client.get(f"{PATH}2/").content.decode()
    lines = [html.unescape(line) for line in re.findall(r"<pre><code>(.*?)</code></pre>", page)]
    seals = re.findall(r"Seal: <code>([0-9a-f]{64})</code>", page)
    assert [hashlib.sha256(line.encode()).hexdigest() for line in lines] == seals
    kinds = [dict(json.loads(line))["kind"] for line in lines]
    assert kinds == ["received", "shown", "waiting", "withheld"]
    assert "Held back: Abuse or discrimination" in page
    assert '<meta name="robots" content="noindex, follow">' in page


@pytest.mark.parametrize(
    "path", [f"{PATH}6/", f"{PATH}0/", f"{PATH}?page=2", f"{PATH}?page=0", "/reviews/log/2.jsonl"]
)
def test_what_was_never_given_is_not_found(client, five, path):
    assert client.get(path).status_code == 404


def test_pages_go_by_number_and_cost_the_same(client, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(numbers, "PAGE_SIZE", 2)
    for _ in range(5):
        make_review()
    with django_assert_num_queries(7):
        first = words(client.get(PATH))
    with django_assert_num_queries(6):
        last = words(client.get(f"{PATH}?page=3"))
    assert [n for n in range(1, 6) if f'id="n-{n}"' in first] == [4, 5]
    assert [n for n in range(1, 6) if f'id="n-{n}"' in last] == [1]
    assert "page=2#list" in first
    assert "What came in" not in last
    assert '<meta name="robots" content="noindex, follow">' in last


# --- the download and its recipe -------------------------------------------------------------------

RECIPE = Path(django_settings.BASE_DIR) / "templates" / "reviews" / "_check_the_log.txt"


def download(client, folder):
    """Keep the parts of the log as files, as far as there are any."""
    part = 1
    while (response := client.get(f"/reviews/log/{part}.jsonl")).status_code == 200:
        (folder / f"{part}.jsonl").write_bytes(response.content)
        part += 1
    return folder


def check(folder):
    """Run the very program that the page shows."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", RECIPE.read_text(), f"{folder.as_uri()}/"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout or done.stderr).strip()


def test_the_recipe_on_the_page_is_the_one_that_is_tested_here(client):
    import html

    page = client.get(PATH).content.decode()
    assert html.unescape(page).count(RECIPE.read_text().strip()) == 1
    assert f"if {numbers.PART} > len(lines):" in RECIPE.read_text()
    assert len(RECIPE.read_text().splitlines()) <= 24


def test_the_recipe_agrees_with_a_whole_log(client, five, tmp_path):
    head = log.head()
    assert check(download(client, tmp_path)) == (
        0,
        f"Nothing is missing from 1 to 5. Write this down: {head.sequence}:{head.hash}",
    )


TAMPERING = {
    "a rating": (lambda rows: rows[4]["sealed"][4].__setitem__(1, 5), "Entry 5 was changed."),
    "a reason": (lambda rows: rows[4]["sealed"][7].__setitem__(1, ""), "Entry 5 was changed."),
    "a hash": (lambda rows: rows[4].__setitem__("hash", "0" * 64), "Entry 5 was changed."),
    "one removed": (
        lambda rows: rows.pop(4),
        "Entry 5 is missing, or does not follow the one before.",
    ),
    "two swapped": (
        lambda rows: rows.insert(4, rows.pop(5)),
        "Entry 5 is missing, or does not follow the one before.",
    ),
}


@pytest.mark.parametrize("kind", TAMPERING)
def test_the_recipe_finds_tampering(client, five, tmp_path, kind):
    tamper, found = TAMPERING[kind]
    file = download(client, tmp_path) / "1.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    tamper(rows)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert check(tmp_path) == (1, found)


def test_the_recipe_finds_a_number_that_was_left_out_of_a_log_sealed_anew(client, five, tmp_path):
    from shop.lib.hash_chain import START, seal

    with unguarded(["reviews_logentry"]):
        LogEntry.objects.filter(number=2).delete()
        link = START
        for row in LogEntry.objects.order_by("sequence"):
            link = seal(link, row.facts())
            LogEntry.objects.filter(pk=row.pk).update(
                sequence=link.sequence, previous_hash=link.previous_hash, hash=link.hash
            )
    assert check(download(client, tmp_path)) == (1, "Review 2 is missing.")


def test_parts_are_whole_and_the_last_is_not_full(client, monkeypatch):
    monkeypatch.setattr(numbers, "PART", 4)
    make_review()
    assert client.get("/reviews/log/1.jsonl").content.count(b"\n") == 2
    make_review()
    assert [client.get(f"/reviews/log/{part}.jsonl").status_code for part in (1, 2, 3, 0)] == [
        *(200, 200, 404, 404)
    ]
    assert client.get("/reviews/log/2.jsonl").content == b""
    assert numbers.parts(4) == 1
    assert numbers.parts(5) == 2


# --- the look at fairness in words ------------------------------------------------------------------


def test_a_fair_look_is_told_without_names_and_with_its_limits(client, five):
    fairness.run(LATER)
    page = words(client.get(PATH))
    assert "We looked at 3 reviews. People held back 1 of them." in page
    assert "It found no sign that the rating matters." in page
    assert "With few reviews it could not see a small bias." in page
    told = "hold back 1 review for a claim about an illness or a medicine: 1 with 5 dots."
    assert told in page


def test_an_unfair_look_is_told_to_everybody_without_naming_who(client):
    test = {"number": 90, "withheld": 30, "p": 0.0001, "adjusted": 0.001, "is_found": True}
    FairnessCheck.objects.create(
        checked_at=LATER,
        is_fair=False,
        result={
            "reviews": 90,
            "withheld": 30,
            "tests": [
                {**test, "about": "person", "of": "moderator.mo", "test": "trend", "worse": "low"},
                {**test, "about": "reason", "of": "abuse", "test": "table", "worse": ""},
                {**test, "about": "waiting", "of": "", "test": "delay", "worse": "high"},
            ],
            "claims": {"by_stars": {}, "held": 0, "wrong": 2, "numbers": [1, 2]},
        },
    )
    page = words(client.get(PATH))
    assert "It found this, and we have to look into it:" in page
    assert "<li>One of us held back low ratings more often than chance explains.</li>" in page
    held = (
        "Some ratings were held back as “Abuse or discrimination” more often than chance explains."
    )
    assert held in page
    assert "<li>High ratings waited longer than chance explains.</li>" in page
    assert "<li>2 reviews stood against our rule for claims about an illness" in page
    assert "moderator.mo" not in page


def test_an_invented_review_says_so(client):
    make_review(is_demo=True)
    assert "Invented for this demo" in words(client.get(PATH))
    assert "Invented for this demo" in words(client.get(f"{PATH}1/"))
    assert Review.objects.get().is_demo
