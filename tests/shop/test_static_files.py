import os

import pytest

from shop import static_files


@pytest.fixture
def source(settings, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.css").write_text("a {}")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    return source


def test_nothing_is_collected_twice(source, settings):
    assert static_files.collect_if_changed() is True
    assert (settings.STATIC_ROOT / "a.css").read_text() == "a {}"

    assert static_files.collect_if_changed() is False


@pytest.mark.parametrize("change", ["edited", "touched", "added", "removed"])
def test_a_change_is_collected(source, settings, change):
    (source / "b.css").write_text("b {}")
    static_files.collect_if_changed()
    if change == "edited":
        (source / "a.css").write_text("a { color: red }")
    elif change == "touched":
        os.utime(source / "a.css", (1, 1))
    elif change == "added":
        (source / "c.css").write_text("c {}")
    else:
        (source / "b.css").unlink()

    assert static_files.collect_if_changed() is True
    collected = {path.name for path in settings.STATIC_ROOT.glob("*.css")}
    assert collected == {path.name for path in source.glob("*.css")}
