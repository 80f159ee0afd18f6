"""What `manage.py verify_books` prints, and the exit status that a script can read."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from orders.audit import Section
from shop.lib.hash_chain import Link

# Of one claim; who has more has one fault with many faces.
MOST_SHOWN = 20
HOLDS, DIFFERS, NOT_ASKED = 0, 1, 2


def read_head(text: str) -> Link:
    """Return the head that was printed as "SEQUENCE:HASH". Raises ValueError with words for people."""
    number, _, digest = text.strip().partition(":")
    is_hash = len(digest) == len(Link(0, "", "0" * 64).hash) and set(digest) <= set(
        "0123456789abcdef"
    )
    if not number.isdecimal() or not is_hash:
        msg = "Give the head as it was printed: the number, a colon, 64 characters."
        raise ValueError(msg)
    return Link(int(number), "", digest)


def exit_status(sections: Sequence[Section], *, offline: bool) -> int:
    """Return 1 when anything differs, 2 when Stripe was to be asked and did not answer, else 0."""
    if any(section.findings for section in sections):
        return DIFFERS
    if not offline and any(section.left_out for section in sections):
        return NOT_ASKED
    return HOLDS


def as_text(sections: Sequence[Section], head: Link, now: datetime) -> str:
    """Return the report for people: a table of claims, what speaks against them, the head to note."""
    lines = [f"The books of {settings.SITE_NAME}, {now:%Y-%m-%d %H:%M} UTC", ""]
    lines += [f"  {_verdict(section):<12} {section.claim}" for section in sections]
    for section in sections:
        if section.left_out:
            lines += ["", f"Not looked at: {section.claim}. {section.left_out}"]
    for section in sections:
        lines += _against(section)
    lines += [
        "",
        f"The ledger's head: {head.sequence}:{head.hash}",
        "Note it outside of this machine. Later this proves that nothing before it was rewritten:",
        f"  manage.py verify_books --expect {head.sequence}:{head.hash}",
    ]
    return "\n".join(lines)


def _verdict(section: Section) -> str:
    if section.findings:
        return f"WRONG ({len(section.findings)})"
    return "not asked" if section.left_out else "holds"


def _against(section: Section) -> list[str]:
    if not section.findings:
        return []
    shown = [f"  - {finding}" for finding in section.findings[:MOST_SHOWN]]
    more = len(section.findings) - MOST_SHOWN
    rest = [f"  … and {more} more"] if more > 0 else []
    return ["", f"Against “{section.claim}”:", *shown, *rest]
