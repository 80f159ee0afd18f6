"""Logs that can be shown to anybody: no email address, no internet address, no order link, nothing searched for."""

import logging
import re

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Our own machine's address is nobody's; version numbers of four parts are a small loss.
_INTERNET_ADDRESS = re.compile(
    r"(?<=ip=)\S+|\b(?!127\.0\.0\.1\b)\d{1,3}(?:\.\d{1,3}){3}\b"
    r"|(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4})+(?![\w:])",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}:\d{2}")
_PRIVATE_PATH = re.compile(r"(/order/|/unsubscribe/|/blog/preview/)[^/\s?\"']+")
# What somebody looks for is often about their health.
_TYPED = re.compile(r"([?&][qs]=)[^&\s\"']+")


def without_personal_data(text: str) -> str:
    """Return `text` without email and internet addresses and the secret part of private links."""
    text = _PRIVATE_PATH.sub(r"\1[link]", _EMAIL.sub("[email]", text))
    text = _TYPED.sub(r"\1[words]", text)
    return _INTERNET_ADDRESS.sub(_hide_address, text)


def _hide_address(found: re.Match[str]) -> str:
    return found[0] if _CLOCK.fullmatch(found[0]) else "[address]"


class WithoutPersonalData(logging.Filter):
    """Clean every record before it is written, its arguments and its traceback included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite `record` in place; always lets it through."""
        record.msg = without_personal_data(record.getMessage())
        record.args = None
        if record.name.startswith("django.security"):
            # A stranger's odd request is one line: with a traceback each, anybody could fill the log.
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = without_personal_data(record.exc_text)
            record.exc_info = None
        # Django hands the whole request along; a formatter for machines would print it.
        for name in ("request", "server_time"):
            record.__dict__.pop(name, None)
        return True
