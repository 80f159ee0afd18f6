"""What the cleaning makes of a text that went through the editor: the same text."""

import pytest

from blog.prose import clean_prose


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<ul><li><p>one</p></li></ul>", "<ul><li>one</li></ul>"),
        (
            "<ol><li><p>a <em>b</em></p><ul><li><p>c</p></li></ul></li></ol>",
            "<ol><li>a <em>b</em><ul><li>c</li></ul></li></ol>",
        ),
        (
            '<table><tbody><tr><th colspan="1" rowspan="1"><p>A</p></th></tr>'
            '<tr><td colspan="2" rowspan="1"><p>1</p></td></tr></tbody></table>',
            '<table><tbody><tr><th>A</th></tr><tr><td colspan="2">1</td></tr></tbody></table>',
        ),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "<ul><li><p>a</p><p>b</p></li></ul>"),
        ("<blockquote><p>a</p></blockquote>", "<blockquote><p>a</p></blockquote>"),
        ('<ol start="1"><li>a</li></ol>', "<ol><li>a</li></ol>"),
    ],
)
def test_a_lone_paragraph_of_a_list_item_or_cell_is_no_paragraph(typed, kept):
    assert clean_prose(typed) == kept
    assert clean_prose(kept) == kept
