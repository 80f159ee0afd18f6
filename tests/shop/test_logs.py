"""What stands in the log, and what never does."""

import io
import logging

import pytest
from django.test import override_settings

from shop.lib.logs import WithoutPersonalData, without_personal_data


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Unable to write to jo.doe+x@example.co.uk", "Unable to write to [email]"),
        ("Not Found: /order/aSMaig9BN-bZHh/return/", "Not Found: /order/[link]/return/"),
        ("Invalid request from ip=203.0.113.9: bad", "Invalid request from ip=[address] bad"),
        ("peer 203.0.113.9 left", "peer [address] left"),
        ("peer 2001:db8::17 left", "peer [address] left"),
        ("peer 2001:db8:0:1:2:3:4:5 left", "peer [address] left"),
        ("Listening at http://127.0.0.1:8000", "Listening at http://127.0.0.1:8000"),
        (
            "GET /search/?kind=post&q=my+illness&page=2 200",
            "GET /search/?kind=post&q=[words]&page=2 200",
        ),
        ("GET /?s=my+illness&feed=rss 301", "GET /?s=[words]&feed=rss 301"),
        ("GET /blog/preview/12-3.1abc.De-f_9/ 200", "GET /blog/preview/[link]/ 200"),
        ("at 12:30:45 sharp", "at 12:30:45 sharp"),
        ("cs_test_a1B2 of order 7KMP3XW", "cs_test_a1B2 of order 7KMP3XW"),
    ],
)
def test_a_line_loses_what_is_personal_and_nothing_else(said, written):
    assert without_personal_data(said) == written


@pytest.fixture
def log():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    handler.addFilter(WithoutPersonalData())
    loggers = [
        logging.getLogger(name)
        for name in ("tests.log", "django.security.Odd", "django.security.DisallowedHost")
    ]
    for logger in loggers:
        logger.addHandler(handler)
    yield stream
    for logger in loggers:
        logger.removeHandler(handler)


def test_arguments_and_tracebacks_are_cleaned_too(log):
    try:
        raise ValueError("jo@example.com")
    except ValueError:
        logging.getLogger("tests.log").exception("Unable to mail %s", "sam@example.com")

    text = log.getvalue()
    assert "example.com" not in text
    assert "ValueError: [email]" in text


def test_a_strangers_odd_request_is_one_line(log):
    try:
        raise ValueError("odd")
    except ValueError:
        logging.getLogger("django.security.Odd").exception("Odd request")

    assert log.getvalue() == "WARNING Odd request\n"


@override_settings(ALLOWED_HOSTS=["shop.test"])
def test_a_wrong_host_is_one_line(client, log):
    assert client.get("/healthz/", headers={"Host": "evil.test"}).status_code == 400
    assert log.getvalue().count("\n") == 1
