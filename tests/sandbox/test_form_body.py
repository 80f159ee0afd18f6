"""Stripe's bracketed forms."""

import pytest

from stripe_sandbox.form_body import MalformedForm, decode_form


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("", {}),
        ("a=1&b=two%20words", {"a": "1", "b": "two words"}),
        ("a[b][c]=1&a[b][d]=2", {"a": {"b": {"c": "1", "d": "2"}}}),
        ("expand[0]=x&expand[1]=y", {"expand": {"0": "x", "1": "y"}}),
        ("expand[]=x&expand[]=y", {"expand": ["x", "y"]}),
        ("l[][a]=1&l[][b]=2&l[][a]=3", {"l": [{"a": "1", "b": "2"}, {"a": "3"}]}),
        ("m[key%20with%20space]=", {"m": {"key with space": ""}}),
        ("u=%7BCHECKOUT_SESSION_ID%7D", {"u": "{CHECKOUT_SESSION_ID}"}),
    ],
)
def test_brackets_become_nesting(text, decoded):
    assert decode_form(text) == decoded


@pytest.mark.parametrize(
    "text", ["a[b=1", "[a]=1", "a[b]]=1", "a=1&a[b]=2", "a[b]=1&a=2", "a" + "[b]" * 30 + "=1"]
)
def test_broken_keys_are_refused(text):
    with pytest.raises(MalformedForm):
        decode_form(text)
