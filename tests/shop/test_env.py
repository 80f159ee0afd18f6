"""Yes and no from the environment."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from shop.lib.env import flag


@pytest.mark.parametrize("word", ["True", "true", "1", "yes", " on "])
def test_yes(word):
    assert flag({"DEMO": word}, "DEMO", default=False) is True


@pytest.mark.parametrize("word", ["False", "0", "no", "OFF", ""])
def test_no(word):
    assert flag({"DEMO": word}, "DEMO", default=True) is False


def test_what_is_not_set_is_the_default():
    assert flag({}, "DEMO", default=True) is True


def test_a_mistyped_word_stops_the_start_by_name():
    with pytest.raises(ImproperlyConfigured, match="DEMO=maybe is neither yes nor no"):
        flag({"DEMO": "maybe"}, "DEMO", default=False)
