"""Logs that can be shown to anybody: no email address, no order link."""

import logging
import re

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PRIVATE_PATH = re.compile(r"(/order/|/unsubscribe/)[^/\s?\"']+")


def without_personal_data(text: str) -> str:
    """Return `text` with email addresses and the secret part of private links taken out."""
    return _PRIVATE_PATH.sub(r"\1[link]", _EMAIL.sub("[email]", text))


class WithoutPersonalData(logging.Filter):
    """Clean every record before it is written, its arguments and its traceback included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite `record` in place; always lets it through."""
        record.msg = without_personal_data(record.getMessage())
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = without_personal_data(record.exc_text)
            record.exc_info = None
        # Django hands the whole request along; a formatter for machines would print it.
        for name in ("request", "server_time"):
            record.__dict__.pop(name, None)
        return True
