import pytest
from django.core.exceptions import ValidationError

from pages.citations import Footnotes, cited_keys
from pages.models import PageBlock
from pages.models.references import check_citations
from references.models import Reference
from shop.lib.seo import plain_words


class Source:
    def __init__(self, key):
        self.key = key


KNOWN = {key: Source(key) for key in ("r1", "r5", "fda-2013")}


def test_sources_are_numbered_in_the_order_of_first_use():
    notes = Footnotes(KNOWN)
    first = notes.render("One [@r5]. Two [@r1; @r5].").html
    assert "[1]</a></sup>." in first
    assert [number for number, _ in notes.sources] == [1, 2]
    assert [source.key for _, source in notes.sources] == ["r5", "r1"]
    assert notes.render("Again [@r1].").html.count("[2]") == 1


def test_only_the_first_mark_of_a_source_carries_its_anchor():
    html = Footnotes(KNOWN).render("A [@r5]. B [@r5].").html
    assert html.count('id="cite-r5"') == 1


def test_unknown_source_is_left_out_of_the_page():
    notes = Footnotes(KNOWN)
    assert notes.render("A [@nope].").html == "<p>A .</p>\n"
    assert notes.sources == []


def test_keys_are_found_once_in_order():
    assert cited_keys("x [@r5, @fda-2013] y [@r5] [not one] [@]") == ["r5", "fda-2013"]


@pytest.mark.django_db
def test_text_that_cites_an_unknown_source_is_refused_by_name():
    Reference.objects.create(key="r5", citation="A book.")
    check_citations("Fine [@r5].")
    with pytest.raises(ValidationError, match=r"\[@r99\]"):
        check_citations("Not fine [@r5, @r99].")
    with pytest.raises(ValidationError):
        PageBlock(key="x", body="Not fine [@r99].").clean_fields(exclude=["page"])


def test_address_of_a_source_prefers_doi_then_pubmed():
    reference = Reference(doi="10.1/x", pmid="12", link="https://example.com")
    assert reference.address == "https://doi.org/10.1/x"
    reference.doi = ""
    assert reference.address == "https://pubmed.ncbi.nlm.nih.gov/12/"
    reference.pmid = ""
    assert reference.address == "https://example.com"


def test_plain_words_have_no_marks_and_no_markup():
    html = Footnotes(KNOWN).render("One *two* & three [@r5].\n\n- four").html
    assert plain_words(html) == "One two & three. four"
