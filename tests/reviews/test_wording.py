"""What the rules see in the words of a review. The tables are in wording_cases, one sentence a line, typos and all."""

import inspect
import random
import string
import time
from pathlib import Path

import pytest

from reviews import illness_talk, wording

CASES = Path(__file__).parent / "wording_cases"


def lines(table: str) -> list[str]:
    return [line for line in table.splitlines() if line]


def read(name: str) -> str:
    return (CASES / f"{name}.txt").read_text(encoding="utf-8")


LINKS = """
See https://example.com/patch?x=1 for more.
Go to http://example.com.
www.example.com is cheaper
I bought mine at example.com
try best-patches.shop/deal
hxxp://evil.example.net/x
example dot com has it
example (dot) com has it
example[.]com
example . com
bit.ly/3xYz
Find me at sub.domain.co.uk/page
(example.org)
EXAMPLE.COM
cheap-b12.xyz
https : // example.com
"""
NO_LINKS = """
I give it 3.5 out of 5.
Use it e.g. on the arm.
Shipped to St.Louis in two days.
I take B12.It sticks well.
It sticks.Live with it.
Held 24 hrs. No problem.
My wife Dr. Smith says hi.
Two packs, i.e. eight patches.
Cost $9.99 and worth it.
Took it off at 8 a.m. sharp
Well...so far so good
on/off and and/or
Sticks well.I like it.
It fell off.Us older folks sweat less.
"""
PRIVATE = """
Write me at jo.smith+b12@example.com please.
jo at home: jo@example.co.uk
jo(at)example.com
Call me at 555-123-4567.
(555) 123-4567
555.123.4567
+1 555 123 4567
1-800-555-0199 is my number
I live at 12 Oak Street, Dayton.
4021 N. Maple Ave Apt 3 is my place
My social is 123-45-6789.
"""
NOT_PRIVATE = """
I wore it 24 hours 7 days.
Paid 19.99 on 2026-01-15.
Order 1234567890 came late.
Tracking 9400111899223197428490 never moved.
Got 4 packs, 16 patches, for 48 dollars.
I am 82 and 5'4" and weigh 160.
From 10-12-2025 to 11-12-2025.
It holds 12 to 24 hours.
My B12 was 180, then 410.
The 3 in 1 pack, $19 - 20 dollars.
Easy street, 5 stars.
2 places on my arm.
Lot 240-117-9931X
"""


@pytest.mark.parametrize(
    ("table", "found_by", "wanted", "most"),
    [
        (read("reaction"), wording.reaction, True, 0.01),
        (read("no_reaction"), wording.reaction, False, 0.03),
        (read("no_effect"), wording.no_effect, True, 0.03),
        (read("not_no_effect"), wording.no_effect, False, 0.01),
    ],
    ids=["reaction", "no reaction", "no effect", "some effect, or about something else"],
)
def test_reports_are_told_from_all_else(table, found_by, wanted, most):
    wrong = [line for line in lines(table) if bool(found_by(line)) is not wanted]

    assert len(wrong) / len(lines(table)) <= most, wrong
    assert len(lines(table)) >= 100


@pytest.mark.parametrize("line", lines(LINKS))
def test_a_web_address_is_taken_out(line):
    text, count = wording.without_links(line)

    assert count == 1
    assert wording.LINK_PLACE in text
    assert "example" not in text.lower() or "home" in text
    assert not any(rest in text for rest in ("://", "www", "3xYz", ".xyz", "/deal"))


@pytest.mark.parametrize("line", lines(NO_LINKS))
def test_words_that_look_like_an_address_stay(line):
    assert wording.without_links(line) == (line, 0)


def test_the_words_around_an_address_stay_as_they_were():
    text, count = wording.without_links("Good (see www.a.com/x), and b.org too.")

    assert text == f"Good (see {wording.LINK_PLACE}), and {wording.LINK_PLACE} too."
    assert count == 2


def test_an_address_is_not_taken_out_twice():
    once, _ = wording.without_links("Go to example.com now")
    assert wording.without_links(once) == (once, 0)


def test_a_mail_address_is_private_data_and_no_link():
    text = "Write to jo@example.com"
    assert wording.without_links(text) == (text, 0)
    assert wording.private_data(text) == "an email address"


@pytest.mark.parametrize("line", lines(PRIVATE))
def test_private_data_is_seen(line):
    assert wording.private_data(line)


@pytest.mark.parametrize("line", lines(NOT_PRIVATE))
def test_numbers_of_daily_life_are_not_private(line):
    assert wording.private_data(line) == ""


def test_typographic_quotes_change_nothing():
    assert wording.reaction("It didn\u2019t itch") == ""
    assert wording.no_effect("It didn\u2019t work") == "didn't work"


def hostile_texts():
    random.seed(7)
    size = 25_000
    letters = "".join(random.choices(string.ascii_lowercase + " .,'!", k=size))
    yield from (letters, "a" * size, "a." * (size // 2), "no " * (size // 3), "1" * size)
    yield from ("itch " * (size // 5), "http://" * (size // 7), "a@" * (size // 2))
    yield from ("no rash, " * (size // 9), "not " * (size // 4) + "itch", "-" * size, " " * size)
    yield from ("if you " * (size // 7), "still " * (size // 6), "skin " * (size // 5))
    yield from (
        "(555) " * (size // 6),
        "?" * size,
        "other patch " * (size // 12),
        "w" * 50 + "." * size,
        "." * size + "a",
    )
    yield from ("12 oak " * (size // 7), "x dot " * (size // 6), "hoping to " * (size // 10))


def illness_claims(text):
    return list(illness_talk.claims_of(text))


@pytest.mark.parametrize("number", range(23))
def test_hostile_text_is_read_in_linear_time(number):
    text = list(hostile_texts())[number]
    for read in (
        wording.reaction,
        wording.no_effect,
        wording.private_data,
        wording.without_links,
        illness_talk.claims,
        illness_claims,
    ):
        started = time.process_time()
        read(text)
        assert time.process_time() - started < 2, (read.__name__, text[:20])


def test_nothing_here_is_told_the_stars():
    for name in ("reaction", "no_effect", "private_data", "without_links"):
        assert set(inspect.signature(getattr(wording, name)).parameters) == {"text"}
