"""Everything there is about reviews as one ZIP file, for a regulator: CSV files, figures, and a proof to run.

The same data make the same bytes. It is written piece by piece into a file, and all of it shows one moment.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db.models import Count

from reviews import export_tables
from reviews.export_tables import Table
from reviews.models import Invitation, LogEntry, Review
from reviews.sealing import WORDS
from shop.lib.hash_chain import START
from shop.lib.one_moment import one_moment

VERIFY = Path(__file__).parent / "export_files" / "verify.py"
# Not the time of writing: nothing in the file may differ where the data do not.
NO_DATE = (1980, 1, 1, 0, 0, 0)
ABOUT = """\
Reviews of {shop}

This is everything that the shop keeps about the reviews of its customers. All files are UTF-8; a CSV file
has commas, names its columns in the first line, and writes moments in UTC. A cell that a spreadsheet would
run as a formula begins with an apostrophe, and so does one that begins with an apostrophe itself: take one
away to have what was written.

How to check that nothing was removed or changed

Unpack the files into a folder and run

    python3 verify.py

in it. It needs Python 3 and nothing else, and it prints what is wrong, or nothing but the number of
entries and the hash of the last one. Compare that hash with one that you noted on an earlier day: whoever
can change the whole database can write a new chain, but cannot make it hold a hash that was noted elsewhere.

The hash of a log entry is the SHA-256 of one line of JSON without spaces, a list of pairs:
[["sequence",1],["previous_hash","000..."],["number",1],["kind","received"],["stars",4],
["bought_here","yes"],["source","request"],["reason",""],["digest","..."],["at","2026-11-20T17:00:00.000000Z"]]
The digest of an entry of the kinds received and edited is the SHA-256 of a list in JSON: the salt, then
{words}
as versions.csv has them, with null for what is empty of the ratings and of skin_reacted, and true or false
for yes or no. That of every other entry is over the salt, the actor and the note. Where a later entry of the
kind erased says that an author wished the words gone, words and notes are empty and fit their digest no more.

Photos, and cases of skin reactions with what people told us of their health, are not in this file.
"""


def write(file: IO[bytes], *, with_people: bool) -> None:
    """Write the ZIP into `file`, which can seek. `with_people`: with the file that holds email addresses."""
    tables = (*export_tables.TABLES, *([export_tables.PEOPLE] if with_people else []))
    with one_moment(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with _entry(archive, "README.txt") as text:
            text.write(_about(tables))
        with _entry(archive, "verify.py") as text:
            text.write(VERIFY.read_text())
        with _entry(archive, "figures.json") as text:
            json.dump(figures(), text, indent=2)
        for table in tables:
            with _entry(archive, table.file) as text:
                writer = csv.writer(text)
                writer.writerow(name for name, _, _ in table.columns)
                writer.writerows(table.cells())


def figures() -> dict[str, Any]:
    """Return how many reviews stand where, by reason, by stars and by where they come from."""
    by = ("state", "reason", "stars", "is_verified", "source", "is_demo")
    standing = Review.objects.order_by(*by).values(*by).annotate(reviews=Count("pk"))
    end = LogEntry.objects.order_by("-sequence").first()
    requests = Invitation.objects.aggregate(
        all=Count("pk"),
        mailed=Count("mailed_at"),
        reminded=Count("reminded_at"),
        stopped=Count("stopped_at"),
        answered=Count("review"),
    )
    return {
        "reviews": Review.objects.count(),
        "standing": list(standing),
        "requests": requests,
        "log": {
            "entries": end.sequence if end else 0,
            "last_hash": end.hash if end else START.hash,
        },
    }


def _about(tables: tuple[Table, ...]) -> str:
    names = ", ".join("text" if name == "body" else name for name in WORDS)
    parts = [ABOUT.format(shop=settings.SITE_NAME, words=names)]
    for table in tables:
        columns = [f"  {name}: {words}" for name, words, _ in table.columns]
        parts.append("\n".join([table.file, table.about, *columns]) + "\n")
    parts.append("figures.json\nHow many reviews stand where, and where the log ends.\n")
    return "\n".join(parts)


@contextmanager
def _entry(archive: zipfile.ZipFile, name: str) -> Iterator[io.TextIOWrapper]:
    info = zipfile.ZipInfo(name, NO_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    info.create_system = 3
    with (
        archive.open(info, "w", force_zip64=True) as raw,
        io.TextIOWrapper(raw, encoding="utf-8", newline="") as text,
    ):
        yield text
