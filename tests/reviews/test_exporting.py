"""The export for a regulator: whole, the same for the same data, and checked by the script that is in it."""

import csv
import io
import json
import stat
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from reviews import decisions, erasing, exporting, submitting
from reviews.export_tables import written
from reviews.models import Campaign, CampaignCode, Review, ReviewVersion, StaffReply
from shop.lib.one_moment import one_moment
from tests.factories import make_product
from tests.reviews.deciding_steps import withhold_by_two
from tests.reviews.makers import NOW, make_content, make_invitation, make_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviews():
    """A shown one with a reply, an edited and withheld one, one that waits with odd words."""
    first = make_review(make_content(stars=5, value=3, skin_reacted=False))
    StaffReply.objects.create(review=first, body="=Thanks", role="Care", by="ann", replied_at=NOW)
    second = make_review(make_content(stars=1))
    second = submitting.edit(second.pk, make_content(stars=2), now=NOW + timedelta(hours=1))
    withhold_by_two(second, note="a word")
    odd = make_content(title="=1+1", author_name="'Ann", body='-A\r\nline; "quoted", and ünï.')
    third = make_review(odd, source="site", product=make_product(), email="bo@example.com")
    return first, second, third


def export(*, with_people=True):
    file = io.BytesIO()
    exporting.write(file, with_people=with_people)
    return file.getvalue()


def unpacked(data, folder):
    zipfile.ZipFile(io.BytesIO(data)).extractall(folder)
    return folder


def table(data, name):
    text = zipfile.ZipFile(io.BytesIO(data)).read(name).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def verify(folder):
    return subprocess.run(
        [sys.executable, "-I", "verify.py"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_every_number_is_in_it_in_every_state(reviews):
    rows = table(export(), "reviews.csv")

    assert [row["number"] for row in rows] == ["1", "2", "3"]
    assert [row["state"] for row in rows] == ["shown", "withheld", "waiting"]
    assert [row["reason"] for row in rows] == ["", "abuse", ""]
    assert [row["bought_here"] for row in rows] == ["yes", "yes", "no"]
    assert [row["source"] for row in rows] == ["request", "request", "site"]
    assert rows[0]["order_number"] == reviews[0].order_line.order.number
    assert rows[0]["received_at"] == "2026-11-20T17:00:00.000000Z"
    assert rows[0]["reply"] == "'=Thanks"
    assert rows[1]["stars"] == "2"


def test_every_version_act_flag_and_request_is_in_it(reviews):
    data = export()
    versions = table(data, "versions.csv")
    acts = table(data, "log.csv")

    assert [(row["number"], row["version"]) for row in versions] == [
        ("1", "1"),
        ("2", "1"),
        ("2", "2"),
        ("3", "1"),
    ]
    assert versions[0]["skin_reacted"] == "no"
    assert [row["stars"] for row in versions] == ["5", "1", "2", "4"]
    told = [row for row in acts if row["actor"]]
    assert [(row["number"], row["kind"], row["actor"], row["note"]) for row in told] == [
        ("2", "waiting", "flo", "a word"),
        ("2", "withheld", "ann", "a word"),
    ]
    assert {row["kind"] for row in table(data, "flags.csv")} == {"unverified"}
    requests = table(data, "requests.csv")
    assert sorted(row["number"] for row in requests) == ["1", "2"]


def test_a_thank_you_is_in_it_without_its_code():
    campaign = Campaign.objects.create(
        name="Autumn",
        label="Got a code",
        percent_basis_points=1000,
        starts_at=NOW,
        ends_at=NOW + timedelta(days=9),
    )
    invitation = make_invitation(campaign=campaign)
    make_review(invitation=invitation)
    code = CampaignCode.objects.get().discount.code
    data = export()

    rows = table(data, "codes.csv")
    assert [(row["number"], row["campaign"]) for row in rows] == [("1", "Autumn")]
    assert rows[0]["percent_basis_points"] == "1000"
    assert code.encode() not in zipfile.ZipFile(io.BytesIO(data)).read("codes.csv")


def test_figures_say_how_many_stand_where(reviews):
    figures = json.loads(zipfile.ZipFile(io.BytesIO(export())).read("figures.json"))

    assert figures["reviews"] == 3
    assert {(row["state"], row["stars"], row["reviews"]) for row in figures["standing"]} == {
        ("shown", 5, 1),
        ("withheld", 2, 1),
        ("waiting", 4, 1),
    }
    assert figures["requests"]["answered"] == 2


def test_addresses_stand_in_one_file_that_can_be_left_out(reviews):
    with_people = zipfile.ZipFile(io.BytesIO(export()))
    without = zipfile.ZipFile(io.BytesIO(export(with_people=False)))

    assert set(with_people.namelist()) - set(without.namelist()) == {"people.csv"}
    assert b"bo@example.com" in with_people.read("people.csv")
    assert not any(b"@example.com" in without.read(name) for name in without.namelist())


def test_a_formula_is_escaped_and_can_be_read_back(reviews):
    row = table(export(), "versions.csv")[-1]

    assert (row["title"], row["author_name"]) == ("'=1+1", "''Ann")
    assert row["text"] == '\'-A\r\nline; "quoted", and ünï.'


@pytest.mark.parametrize("text", ["", "a", "=a", "'=a", "'", "''a", "+1", "-1", "@x", "\tx", "\rx"])
def test_what_is_escaped_is_told_apart_from_what_was_written(text):
    assert written(text).removeprefix("'") == text
    assert written(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


def test_the_same_data_make_the_same_bytes(reviews):
    assert export() == export()


def test_readme_explains_every_column(reviews):
    archive = zipfile.ZipFile(io.BytesIO(export()))
    text = archive.read("README.txt").decode()

    for name in archive.namelist():
        if name.endswith(".csv"):
            about = text.split(f"\n{name}\n")[1]
            for column in archive.read(name).decode().splitlines()[0].split(","):
                assert f"\n  {column}: " in about


def test_the_script_accepts_a_true_export(reviews, tmp_path):
    ran = verify(unpacked(export(with_people=False), tmp_path))

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("10 entries; the last has the hash ")


def test_the_script_accepts_an_empty_shop(tmp_path):
    assert verify(unpacked(export(), tmp_path)).returncode == 0


def test_the_script_accepts_erased_words(reviews, tmp_path):
    decisions.withdraw(reviews[1].pk, now=NOW)
    erasing.erase(reviews[1].pk, actor="ann", note="By mail.", now=NOW)
    ran = verify(unpacked(export(), tmp_path))

    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_script_finds_words_that_are_gone_without_an_entry(reviews, tmp_path):
    ReviewVersion.objects.filter(review=reviews[0]).update(author_name="", title="", body="")
    ran = verify(unpacked(export(), tmp_path))

    assert ran.stderr == "Entry 1: what it seals is not what was written.\n"


def changed(folder, name, change):
    """Change a file as somebody would who has only it."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0])
    rows = change(rows) or rows
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("log.csv", lambda rows: rows[2].update(stars="5"), "Entry 3 is not what was written"),
        ("log.csv", lambda rows: rows[:1] + rows[2:], "does not follow"),
        ("log.csv", lambda rows: rows[:-1], "does not end where"),
        ("log.csv", lambda rows: rows[-3].update(note="other words"), "what it seals"),
        ("versions.csv", lambda rows: rows[1].update(text="It is great."), "what it seals"),
        ("versions.csv", lambda rows: rows[0].update(value="5"), "what it seals"),
        ("reviews.csv", lambda rows: rows[1].update(state="shown"), "Review 2 does not stand"),
        ("reviews.csv", lambda rows: rows[:1] + rows[2:], "Review 2 is in the log"),
    ],
)
def test_the_script_finds_what_was_tampered_with(reviews, tmp_path, name, change, words):
    folder = unpacked(export(), tmp_path)
    changed(folder, name, change)
    ran = verify(folder)

    assert ran.returncode == 1
    assert words in ran.stderr


def test_it_needs_the_same_queries_for_many(reviews, django_assert_max_num_queries):
    for _ in range(5):
        make_review()
    with django_assert_max_num_queries(12):
        export()


def test_the_command_writes_a_file_for_its_owner_alone(reviews, tmp_path, capsys):
    path = tmp_path / "reviews.zip"
    call_command("export_reviews", path, "--without-people")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == export(with_people=False)
    assert capsys.readouterr().out.startswith(f"{path}: ")
    with pytest.raises(CommandError, match="exists"):
        call_command("export_reviews", path)


@pytest.mark.django_db(transaction=True)
def test_it_shows_one_moment_while_others_write():
    from threading import Thread

    from django.db import connection

    make_review()

    def write():
        make_review()
        connection.close()

    with one_moment():
        assert Review.objects.count() == 1
        other = Thread(target=write)
        other.start()
        other.join()
        assert Review.objects.count() == 1
    assert Review.objects.count() == 2
