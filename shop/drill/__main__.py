"""`python -m shop.drill {"only": […], "buyers": …, "packs": …}`: the process that tries. shop/drill/outside.py starts it.

It prints one line of JSON for each result; `die DEATH NUMBER` makes it a victim of shop/drill/crashes.py.
"""

import json
import sys
import traceback
from collections.abc import Callable
from typing import Any

import django
from django.core.management import call_command
from django.utils import timezone

VICTIM = 4


def main() -> None:
    """Be a victim, or try what is asked for on the copy that the environment names."""
    django.setup()
    if len(sys.argv) == VICTIM and sys.argv[1] == "die":
        from shop.drill.crashes import die  # noqa: PLC0415 (needs the set-up)

        die(*sys.argv[2:])
        return
    order = json.loads(sys.argv[1])
    _try(set(order["only"]), buyers=order["buyers"], packs=order["packs"])


def _try(wanted: set[int], *, buyers: int, packs: int) -> None:
    from shop.drill import books_and_stock, crashes, doors, mails, pages, race  # noqa: PLC0415
    from shop.drill.stage import Stage  # noqa: PLC0415
    from shop.drill.watch import Watch  # noqa: PLC0415

    watch = Watch()
    watch.install()
    mailbox = mails.Mailbox.from_settings()
    call_command("migrate", verbosity=0, interactive=False)
    stage = Stage(buyers=buyers, packs=packs)
    _say(copied=stage.described())
    books = _result(6, lambda: books_and_stock.ledger_as_copied(stage)) if 6 in wanted else None  # noqa: PLR2004
    acts: dict[int, Callable[[], Any]] = {
        10: lambda: pages.query_counts(stage),
        2: lambda: race.last_packs(stage),
        3: lambda: doors.three_doors(stage),
        4: lambda: crashes.killed_in_between(stage),
        5: lambda: crashes.refund_in_doubt(stage),
        7: lambda: doors.late_payments(stage),
        11: lambda: pages.new_price(stage),
        12: lambda: pages.guest_links(stage),
        9: lambda: mails.mail_away(stage, mailbox),
        8: lambda: race.what_was_held(stage, watch),
    }
    if 1 in wanted:
        # First of all, as the books were: before anything is put to rest.
        _say(**_result(1, lambda: books_and_stock.stock(stage)).as_json())
    stage.put_to_rest(timezone.now())
    for number, act in acts.items():
        if number in wanted:
            _say(**_result(number, act).as_json())
    if books:
        _say(**_result(6, lambda: books_and_stock.ledger_after(stage, books)).as_json())


def _result(number: int, act: Callable[[], Any]) -> Any:
    """Return what `act` gives; what it stumbles over is a finding, told without anybody's data."""
    from shop.drill.report import Result  # noqa: PLC0415

    try:
        return act()
    except Exception as error:  # noqa: BLE001 (one that stumbles must not keep the others from being tried)
        traceback.print_exc()
        frames = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if "/site-packages/" not in frame.filename
        ]
        # Where in the shop; the drill only watches and calls.
        place = [frames[-1], *(frame for frame in frames if "/drill/" not in frame.filename)][-1]
        where = f"{'/'.join(place.filename.rsplit('/', 2)[-2:])}:{place.lineno}"
        # The words of our own errors name nobody; a database's may quote a row.
        words = f": {error}" if type(error) is RuntimeError else ""
        return Result(
            number, "Not tried to its end.", (f"{type(error).__name__} at {where}{words}",)
        )


def _say(**facts: Any) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
