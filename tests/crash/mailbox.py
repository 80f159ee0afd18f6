"""A mail server that keeps what it accepts in a file, and may see its client die right after."""

import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend

FILE, FATAL = "TESTS_MAILBOX", "TESTS_FATAL_SUBJECT"


class Backend(BaseEmailBackend):
    """Accept each mail for good; then, for the fatal one, the client is killed: it never learns."""

    def send_messages(self, email_messages: Any) -> int:
        for message in email_messages:
            with Path(os.environ[FILE]).open("a") as box:
                box.write(f"{message.subject}\n")
            if message.subject == os.environ.get(FATAL):
                os.kill(os.getpid(), signal.SIGKILL)
        return len(email_messages)


def accepted() -> Counter[str]:
    """How often each subject was accepted."""
    box = Path(os.environ[FILE])
    return Counter(box.read_text().splitlines() if box.exists() else [])


class Picky(Backend):
    """Refuses the first two of the tests' mails."""

    def send_messages(self, email_messages: Any) -> int:
        if email_messages[0].subject in {"one", "two"}:
            raise OSError("550 not here")
        return super().send_messages(email_messages)
