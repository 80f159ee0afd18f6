import pytest

from policies.rendering import render


def test_section_headings_get_anchors_each_once():
    text = render("## What we keep?\n\nx\n\n## What we keep\n\n### Not this one")
    assert [heading.anchor for heading in text.headings] == ["what-we-keep", "what-we-keep-2"]
    assert '<h2 id="what-we-keep-2">' in text.html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHN)",
        "![x](https://tracker.example/p.gif)",
        '<img src=x onerror="alert(1)">',
        '<a href="x" style="color:red">x</a>',
    ],
)
def test_nothing_foreign_gets_into_the_page(hostile):
    html = render(hostile).html
    for banned in ("<script", "<img", 'href="javascript', 'href="data', '<a href="x" style'):
        assert banned not in html


def test_cells_of_a_table_know_their_row_and_their_column():
    html = render("| Way | Price |\n|---|---|\n| Standard | $5.99 |").html
    assert '<th scope="col">Way</th>' in html
    assert '<th scope="row">Standard</th>' in html
    assert '<td data-label="Price">$5.99</td>' in html
    assert '<section class="table-scroll" tabindex="0" aria-label="Table: Way, Price">' in html
