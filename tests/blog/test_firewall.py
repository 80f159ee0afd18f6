"""The firewall between claims and the cart: what counts as selling, and what is left of it."""

import pytest

from blog import firewall
from blog.models import Post
from tests.blog.examining import blocking
from tests.blog.making import make_post, make_reviewed_post, make_tag
from tests.factories import NOON, make_discount_code

pytestmark = pytest.mark.django_db

INTO_THE_SHOP = [
    "/order/",
    "/order/#patch",
    "/order",
    "/ORDER/",
    "/%6Frder/",
    "/%256Frder/",
    "/blog/../order/",
    "/./cart/",
    "/product-information/",
    "/cart/add/?sku=B12-04",
    "/checkout/",
    "/r/anna/",
    "http://localhost:8000/order/",
    "https://localhost/order/",
    "//localhost/order/",
    "order/",
]
ELSEWHERE = [
    "/",
    "/blog/",
    "/blog/how-to-order/",
    "/orders-of-magnitude/",
    "/research/",
    "#order",
    "https://example.org/order/",
    "mailto:order@example.org",
    "",
]


@pytest.mark.parametrize("address", INTO_THE_SHOP)
def test_every_way_to_write_an_address_of_the_shop_is_seen(address):
    assert firewall.leads_into_shop(address)
    (trace,) = firewall.sale_traces(f'<p>See <a href="{address}">this page</a>.</p>')
    assert (trace.kind, trace.text) == ("link", "this page")


@pytest.mark.parametrize("address", ELSEWHERE)
def test_other_addresses_are_left_alone(address):
    markup = f'<p>See <a href="{address}">this page</a>.</p>'

    assert not firewall.leads_into_shop(address)
    assert firewall.sale_traces(markup) == []
    assert firewall.without_sales(markup) == markup


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("It costs $19.99.", "price"),
        ("From US$ 5 a week.", "price"),
        ("Only 5 dollars.", "price"),
        ("€7 each.", "price"),
        ("Only 7,50 € each.", "price"),
        ("Buy now.", "button"),
        ("Order yours today.", "button"),
        ("Add to cart", "button"),
        ("With free shipping.", "button"),
        ("Get 10% off.", "button"),
        ("Buy the patch and see.", "button"),
    ],
)
def test_words_that_sell_are_seen(text, kind):
    assert {trace.kind for trace in firewall.sale_traces(f"<p>{text}</p>")} == {kind}


@pytest.mark.parametrize(
    "text",
    [
        "In order to take it up, the body needs a carrier.",
        "The order of the steps matters; doctors order a blood test.",
        "10% of people run low, and 5% of them know.",
        "Take 1,000 mcg a day.",
        "Shops hold canned fish.",
        "It costs the country $25 billion a year, or €1.5 million a week.",
        "The genetic code holds it. Code words: THE END.",
    ],
)
def test_plain_medical_words_are_not_selling(text):
    assert firewall.sale_traces(f"<p>{text}</p>") == []


def test_a_discount_code_that_exists_is_seen_and_a_word_in_capitals_is_not():
    make_discount_code("WELCOME10")

    assert [trace.text for trace in firewall.sale_traces("<p>Type WELCOME10 there.</p>")] == [
        "WELCOME10"
    ]
    assert [trace.kind for trace in firewall.sale_traces("<p>With code welcome10.</p>")] == ["code"]
    assert firewall.sale_traces("<p>You are welcome10 times. WELCOME and COBALAMIN.</p>") == []


def test_controls_are_seen_and_fall():
    markup = '<form action="/cart/add/"><button>Take it</button></form><p>Text</p>'

    assert {trace.kind for trace in firewall.sale_traces(markup)} == {"button"}
    assert firewall.without_sales(markup) == "Take it<p>Text</p>"


def test_links_into_the_shop_become_plain_words_and_all_else_stays():
    markup = (
        '<p>Our <a href="/order/"><strong>patch</strong></a> &amp; <a href="/faq/">more</a><br>'
        '5 &lt; 6</p><ul><li><a href="/r/x">one</a></li></ul>'
    )

    cleaned = firewall.without_sales(markup)

    assert cleaned == (
        '<p>Our <strong>patch</strong> &amp; <a href="/faq/">more</a><br>'
        "5 &lt; 6</p><ul><li>one</li></ul>"
    )
    assert firewall.without_sales(cleaned) == cleaned


def test_text_around_the_markup_stays_text():
    assert (
        firewall.without_sales('1 &lt; 2 <a href="/order/">now</a> &lt;b&gt;')
        == "1 &lt; 2 now &lt;b&gt;"
    )


def test_a_disease_tag_closes_a_post():
    post = make_post()
    assert not firewall.is_closed(post)

    post.tags.add(make_tag("Dementia", is_disease=True))

    assert firewall.is_closed(post)


def test_an_import_is_closed_until_somebody_has_reviewed_it():
    post = make_reviewed_post(imported_at=NOON)
    assert not firewall.is_closed(post)

    post.reviewed_on = None

    assert firewall.is_closed(post)


def test_tags_that_are_at_hand_are_not_asked_for_again(django_assert_num_queries):
    make_post()
    post = Post.objects.prefetch_related("tags").get()

    with django_assert_num_queries(0):
        firewall.is_closed(post)


SELLING = {
    "body": "<p>See <a href='/order/'>our patch</a> [ref:{key}].</p>",
    "summary": "It costs $5.",
    "takeaways": ["Buy now."],
    "meta_description": "Only $5.",
    "title": "Order yours today",
    "questions": [{"question": "What?", "answer": "<p><a href='/order/'>This one</a></p>"}],
}


@pytest.mark.parametrize("field", SELLING)
def test_a_post_on_a_disease_cannot_be_published_with_anything_of_the_shop(field):
    post = make_reviewed_post(tags=[make_tag("Dementia", is_disease=True)])
    key = post.reference_rows.get().reference.key
    value = SELLING[field].replace("{key}", key) if field == "body" else SELLING[field]

    assert [code for code in blocking(post, **{field: value}) if code.startswith("sale_")]


def test_codes_are_asked_for_once_however_many_answers_there_are(django_assert_num_queries):
    make_discount_code("WELCOME10")
    answers = [f"<p>The gene MTHFR{number} is read.</p>" for number in range(9)]

    with django_assert_num_queries(1):
        found = firewall.sale_traces(*answers, "<p>Type WELCOME10 there.</p>")

    assert [trace.text for trace in found] == ["WELCOME10"]


def test_a_post_on_no_disease_may_link_into_the_shop():
    post = make_reviewed_post()
    linked = post.body + "<p>See <a href='/order/'>our packs</a>.</p>"

    assert blocking(post, body=linked) == []
