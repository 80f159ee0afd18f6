"""Text in, text out: what counts as the same address, and where a redirect may lead."""

import pytest

from redirects.addresses import (
    LONGEST_PATH,
    BadAddress,
    ForeignHost,
    RedirectRefused,
    is_ours,
    key_of,
    old_key,
    target_of,
    with_query,
)
from redirects.pointers import Kind
from redirects.table import wish


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("/blog/old-name/", "/blog/old-name"),
        ("/blog/old-name", "/blog/old-name"),
        (" /blog//old-name// ", "/blog/old-name"),
        ("/Blog/Old-Name/", "/Blog/Old-Name"),
        ("/blog/caf%C3%A9/", "/blog/café"),
        ("/blog/cafe\u0301/", "/blog/caf\u00e9"),
        ("/images/patch.jpg", "/images/patch.jpg"),
        ("http://localhost:8000/blog/a/", "/blog/a"),
        ("https://www.localhost/blog/a/", "/blog/a"),
        ("/static-electricity/", "/static-electricity"),
    ],
)
def test_an_old_address_has_one_form(text, key):
    assert old_key(text) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "blog/old/",
        "/",
        "https://localhost/",
        "/?p=9637",
        "/blog/?feed=rss2",
        "/blog/a/#top",
        "//blog/old/",
        "/blog\\old/",
        "/blog/two words/",
        "/blog/%00/",
        "/blog/%FF/",
        "/admin/login/",
        "/static/css/site.css",
        "/media/a.jpg",
        "mailto:jo@example.com",
        "https://[broken/",
        "/" + "a" * LONGEST_PATH,
    ],
)
def test_what_is_no_old_address_is_refused_with_a_reason(text):
    with pytest.raises(BadAddress) as refusal:
        old_key(text)

    assert str(refusal.value).endswith(".")


def test_an_old_address_of_another_site_is_refused():
    with pytest.raises(ForeignHost, match=r"^blog\.example\.com is another site\.$"):
        old_key("https://blog.example.com/old/")


@pytest.mark.parametrize(
    ("text", "address", "key"),
    [
        ("/faq/", "/faq/", "/faq"),
        ("/faq", "/faq/", "/faq"),
        ("/", "/", "/"),
        ("http://localhost:8000", "/", "/"),
        ("/faq/?q=b12#answers", "/faq/?q=b12#answers", "/faq"),
        ("/faq#answers", "/faq/#answers", "/faq"),
        ("/blog/café/", "/blog/caf%C3%A9/", "/blog/café"),
        ("/blog/caf%C3%A9/", "/blog/caf%C3%A9/", "/blog/café"),
        ("/blog//a/", "/blog/a/", "/blog/a"),
        ("/media/leaflet.pdf", "/media/leaflet.pdf", "/media/leaflet.pdf"),
    ],
)
def test_a_target_here_is_an_address_and_its_key(text, address, key):
    target = target_of(text, may_leave=False)

    assert (target.address, target.key) == (address, key)


def test_only_who_may_leave_leads_to_another_site():
    with pytest.raises(ForeignHost):
        target_of("https://example.org/b12/", may_leave=False)

    target = target_of("https://example.org/b12/?a=1", may_leave=True)

    assert (target.address, target.key) == ("https://example.org/b12/?a=1", "")


@pytest.mark.parametrize(
    "text",
    [
        "http://example.org/",
        "//example.org/",
        "/\\example.org/",
        "https:/example.org/",
        "https:example.org",
        "https://",
        "https://jo@example.org/",
        "https://localhost@example.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "/a\r\nSet-Cookie: x=1",
        "/blog/../admin/",
        "/blog/%2e%2e/admin/",
        "/admin/",
        "",
        "faq/",
        "/" + "a/" * 600,
    ],
)
def test_an_address_that_could_lead_astray_is_no_target_even_for_staff(text):
    with pytest.raises(BadAddress):
        target_of(text, may_leave=True)


@pytest.mark.parametrize(
    ("address", "query", "whole"),
    [
        ("/faq/", "", "/faq/"),
        ("/faq/", "utm_source=x&a=%C3%A9", "/faq/?utm_source=x&a=%C3%A9"),
        ("/faq/?q=b12", "utm=1", "/faq/?q=b12&utm=1"),
        ("/faq/#answers", "utm=1", "/faq/?utm=1#answers"),
        ("/faq/?q=b#a", "utm=1", "/faq/?q=b&utm=1#a"),
    ],
)
def test_the_query_of_the_visitor_is_kept(address, query, whole):
    assert with_query(address, query) == whole


def test_the_shop_knows_its_names(settings):
    settings.SITE_URL = "https://www.b12.example"
    settings.ALLOWED_HOSTS = ["b12patch.example", "*"]

    assert all(map(is_ours, ["b12.example", "WWW.b12.example:443", "www.b12patch.example"]))
    assert not any(map(is_ours, ["evil-b12.example", "b12.example.org", "", "[x"]))


@pytest.mark.parametrize(("kind", "new"), [(Kind.GONE, "/faq/"), (Kind.PERMANENT, " ")])
def test_only_what_is_gone_leads_nowhere(kind, new):
    with pytest.raises(RedirectRefused):
        wish("/old/", new, kind)


def test_a_key_of_a_request_is_not_decoded_twice():
    assert key_of("/100%25/") == "/100%25"
