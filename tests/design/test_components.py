"""The frame of every page and the shared components, rendered on their own."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils.html import strip_tags

from shop.context_processors import FOOTER_LINKS, HEADER_LINKS
from shop.lib.seo import PageMeta

LABELS = "Product Information|About Vitamin B12|Research|FAQ|Reviews|Blog|Contact Us|Order"
FOOTER = "Home | Shipping & Return Policy | Privacy Policy | Product Information | Research | Order Now | Customer Reviews | Site Map | Affiliate Program"
CSS = (Path(__file__).resolve().parents[2] / "static/css/site.css").read_text()


class Answer(forms.Form):
    email = forms.EmailField()
    often = forms.ChoiceField(choices=[("1", "Monthly")], widget=forms.RadioSelect)

    def clean(self):
        raise forms.ValidationError("This pack has just sold out.")


def component(name: str, **context: object) -> str:
    return render_to_string(f"components/{name}.html", context)


def links(html: str) -> list[str]:
    return re.findall(r"<a [^>]*>([^<]+)", html)


@pytest.mark.parametrize("status", [400, 403, 404, 410, 500])
def test_error_page_needs_no_context(status):
    html = get_template(f"{status}.html").template.render(Context())

    assert html.startswith("<!DOCTYPE html>")
    assert '<meta name="robots" content="noindex">' in html
    assert html.count("<h1>") == 1
    assert f"{status}, " in html
    assert 'href="/contact/"' in html


def test_header_bar_has_the_eight_labels_in_order():
    html = component("site_header", HEADER_LINKS=HEADER_LINKS)
    bar = html[html.index('class="nav"') :]

    assert "|".join(links(bar)) == LABELS


def test_header_marks_the_current_page_and_its_section():
    post = PageMeta("A", "B", "/blog/a/", breadcrumbs=(("Blog", "/blog/"), ("A", "/blog/a/")))
    faq = PageMeta("FAQ", "B", "/faq/")

    assert 'href="/blog/" aria-current="true"' in component(
        "site_header", HEADER_LINKS=HEADER_LINKS, meta=post
    )
    assert 'href="/faq/" aria-current="page"' in component(
        "site_header", HEADER_LINKS=HEADER_LINKS, meta=faq
    )


def test_checkout_has_no_bar():
    html = component("site_header", HEADER_LINKS=HEADER_LINKS, quiet=True)

    assert "Product Information" not in html
    assert "Help" in html


def test_footer_is_the_line_of_nine():
    html = component("site_footer", FOOTER_LINKS=FOOTER_LINKS)
    line = html[html.index("<ul") : html.index("</ul>")].replace("</li>", " | ")

    assert " ".join(strip_tags(line).split()).removesuffix(" |").replace("&amp;", "&") == FOOTER
    assert 'content: "|" / ""' in CSS  # the pipes themselves are drawn by the style sheet
    assert "not a dietary supplement" in html
    assert "demonstration" not in html
    assert "demonstration shop" in component("site_footer", IS_DEMO=True)


def test_error_summary_links_to_each_field_and_shows_what_concerns_the_whole_form():
    html = component("error_summary", form=Answer({}))

    assert "This pack has just sold out." in html
    assert '<a href="#id_email">' in html
    assert '<a href="#div_id_often">' in html  # a group of radios has no element of its own id
    assert component("error_summary", form=Answer()).strip() == ""


@pytest.mark.parametrize("kind", ["info", "good", "warn", "bad"])
def test_notice_has_a_word_and_a_shape(kind):
    html = component("notice", kind=kind, text="Something happened.")

    assert f"notice-{kind}" in html
    assert "<svg" in html
    assert re.search(r'class="notice-word">[A-Z][a-z ]+:<', html)


def test_order_summary_says_what_is_not_known_yet():
    line = SimpleNamespace(name="4 patches", quantity=2, total_cents=4_800, note="")
    rows = [("Discount", -480, ""), ("Sales tax", None, "")]
    html = component("order_summary", lines=[line], rows=rows, total_cents=4_320)

    assert "2 packs" in html
    assert "$48.00" in html
    assert "-$4.80" in html
    assert "once we know" in html
    assert "$43.20" in html


def test_pagination_names_the_current_page_and_leaves_gaps():
    html = component("pagination", page=Paginator(range(100), 10).page(5), base="?stars=5&")

    assert re.findall(r"page=(\d+)", html) == ["4", "1", "4", "6", "10", "6"]
    assert html.count("…") == 2
    assert html.count('aria-current="page"') == 1
    assert component("pagination", page=Paginator(range(3), 10).page(1)).strip() == ""


def test_rating_always_has_words():
    html = component("rating", halves=9, text="4.5 out of 5, 132 reviews")

    assert "4.5 out of 5, 132 reviews" in html
    assert "rating-9" in html
    assert all(f".rating-{halves}::before" in CSS for halves in range(11))


@pytest.mark.parametrize(("count", "dots"), [(4, 4), (12, 12), (24, 24)])
def test_pack_shows_one_dot_for_each_patch(count, dots):
    assert render_to_string("pictures/pack.svg", {"count": count}).count("<circle") == dots
