"""The hosted page: what a buyer sees, and that one session is charged once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.server import fetch


def test_the_page_shows_the_order_and_says_that_it_is_a_simulation(make_session):
    page = fetch(make_session().url)
    for text in (
        "Simulation.",
        "No money moves.",
        "B12 Patch, 4 patches",
        "Standard",
        "$27.98",
        "Pay $27.98",
        "ada@example.com",
        "4242 4242 4242 4242",
        'href="http://127.0.0.1:8000/order/x/pay/"',
    ):
        assert text in page.html
    assert "<script" not in page.html
    assert "style=" not in page.html


def test_a_test_card_can_be_filled_in_by_a_link(make_session):
    page = fetch(make_session().url + "?card=4000000000009995")
    assert 'value="4000 0000 0000 9995"' in page.html
    assert 'value="4929' not in fetch(make_session().url + "?card=4929420573595709").html


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"number": ""}, "Your card number is incomplete."),
        ({"number": "4242 4242"}, "Your card number is incomplete."),
        ({"number": "4242 4242 4242 4241"}, "Your card number is invalid."),
        ({"number": "４２４２４２４２４２４２４２４２"}, "Your card number is invalid."),
        ({"expiry": ""}, "Your card's expiration date is incomplete."),
        ({"expiry": "soon"}, "Your card's expiration date is incomplete."),
        ({"expiry": "13/34"}, "Your card's expiration month is invalid."),
        ({"expiry": "12/99"}, "Your card's expiration year is invalid."),
        ({"expiry": "12/20"}, "Your card's expiration year is in the past."),
        ({"cvc": "12"}, "Your card's security code is incomplete."),
        ({"cvc": "abc"}, "Your card's security code is invalid."),
        ({"name": " "}, "Enter the name on the card."),
    ],
)
def test_wrong_fields_get_their_message_and_keep_their_values(
    sandbox, api, make_session, fields, message
):
    session = make_session()
    page = sandbox.pay(session.url, **fields)
    assert page.status == 400
    assert message in page.alert.replace("&#x27;", "'")
    assert page.html.count('aria-invalid="true"') == 1
    assert 'value="94103"' in page.html
    assert 'name="cvc" type="text" inputmode="numeric" autocomplete="off" value' not in page.html
    assert api.v1.checkout.sessions.retrieve(session.id).payment_intent is None
    assert api.v1.events.list().data == []


def test_nul_bytes_and_long_input_are_refused_politely(sandbox, make_session):
    url = make_session().url
    assert sandbox.pay(url, name="a\0b").status == 400
    assert sandbox.pay(url, name="x" * 10000).status == 400
    assert fetch(url, {"number": "9" * 100000}).status == 400


def test_without_an_email_the_page_asks_for_one(sandbox, api, make_session):
    session = make_session(customer_email=None)
    assert 'name="email"' in fetch(session.url).html
    assert sandbox.pay(session.url, email="nobody").status == 400
    sandbox.pay(session.url, email="bo@example.com")
    done = api.v1.checkout.sessions.retrieve(session.id)
    assert (done.customer_details.email, done.customer_email) == ("bo@example.com", None)


def test_the_given_email_cannot_be_changed_on_the_page(sandbox, api, make_session):
    session = make_session()
    assert 'name="email"' not in fetch(session.url).html
    sandbox.pay(session.url, email="eve@example.com")
    assert api.v1.checkout.sessions.retrieve(session.id).customer_details.email == "ada@example.com"


def test_paying_twice_charges_once(sandbox, api, make_session):
    session = make_session()
    first, second = sandbox.pay(session.url), sandbox.pay(session.url)
    assert first.location == second.location
    assert len(api.v1.charges.list().data) == 1


def test_paying_eight_times_at_once_charges_once(sandbox, api, make_session):
    session = make_session()
    with ThreadPoolExecutor(8) as threads:
        pages = list(threads.map(lambda _n: sandbox.pay(session.url), range(8)))
    assert {page.location for page in pages} == {
        f"http://127.0.0.1:8000/order/x/return/?session={session.id}"
    }
    assert [charge.status for charge in api.v1.charges.list().data] == ["succeeded"]
    completed = api.v1.events.list({"type": "checkout.session.completed"}).data
    assert len(completed) == 1


def test_a_paid_page_leads_back_to_the_shop(paid, sandbox):
    page = fetch(f"{sandbox.url}/c/pay/{paid.id}")
    assert "already paid" in page.html
    assert f"?session={paid.id}" in page.html


def test_the_challenge_page_is_shut_without_a_challenge(sandbox, make_session):
    session = make_session()
    assert fetch(f"{session.url}/authenticate").location == session.url
    assert sandbox.authenticate(f"{session.url}/authenticate").location == session.url


def test_another_card_can_be_used_while_a_challenge_is_open(sandbox, api, make_session):
    session = make_session()
    challenge = sandbox.pay(session.url, "4000000000003220")
    assert sandbox.pay(session.url).location.endswith(session.id)
    assert sandbox.authenticate(challenge.location).location.endswith(session.id)
    assert len(api.v1.charges.list().data) == 1


def test_an_unknown_session_has_no_page(sandbox):
    page = fetch(f"{sandbox.url}/c/pay/cs_test_nope")
    assert page.status == 404
    assert "There is no such payment page" in page.html


def test_a_form_from_another_site_is_refused(sandbox, api, make_session):
    session = make_session()
    assert fetch(session.url, {"a": "b"}, Origin="http://evil.example").status == 403
    assert fetch(session.url, {"a": "b"}, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert fetch(f"{sandbox.url}/_control/reset", {}, Origin="null").status == 403
    assert api.v1.checkout.sessions.retrieve(session.id).status == "open"
