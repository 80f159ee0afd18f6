"""Files of photos where something goes wrong on the way: none is lost, none is forgotten."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from reviews import decisions, erasing, log, photo_files, submitting
from reviews.models import ReviewPhoto
from reviews.photo_files import FileMissing, settle, settle_all
from shop.lib import pictures
from tests.reviews.makers import NOW, make_invitation, make_review
from tests.reviews.photo_steps import (
    content_of,
    edit,
    files,
    fresh,
    names,
    picture,
    show,
    shown_photo,
    waiting_photo,
    withhold,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


class Killed(BaseException):
    """The process ends here."""


def broken_at(monkeypatch, step, error):
    """Let the storage fail at its step number `step`, at each one where that is None; count them."""
    done = {"steps": 0}

    def wrap(name):
        real = getattr(type(default_storage._wrapped), name)

        def act(self, *arguments):
            done["steps"] += 1
            if step in {None, done["steps"]}:
                raise error
            return real(self, *arguments)

        monkeypatch.setattr(type(default_storage._wrapped), name, act)

    for name in ("open", "save", "delete"):
        wrap(name)
    return done


def test_killed_at_any_step_it_loses_no_file_and_goes_on_later():
    """One step of the storage after the other is the last one; the next run makes it good."""
    step, ended = 0, 0
    while not ended:
        step += 1
        review = shown_photo()
        seen = names(review)
        withhold(review)
        with pytest.MonkeyPatch.context() as patch:
            broken_at(patch, step, Killed())
            try:
                settle(review.pk)
                ended = step
            except Killed:
                pass
        row = fresh(review).current.photo
        shown = pictures.file_names(row.file.name, photo_files.own_renditions(row))
        assert shown <= files()
        settle_all()
        assert not seen & files()
        assert names(review) == files()
        decisions.withdraw(review.pk, now=NOW)
        erasing.erase(review.pk, actor="ann", now=NOW)
        settle_all()
        assert files() == set()
    assert ended > 3 * len(seen)


def interrupt(monkeypatch, act, at=3):
    """Let `act` happen in the middle of the copying."""
    real, calls = default_storage.save, []

    def save(name, content):
        calls.append(name)
        if len(calls) == at:
            act()
        return real(name, content)

    monkeypatch.setattr(default_storage._wrapped, "save", save)


@pytest.mark.parametrize("at", [1, 3, 5])
def test_two_runs_at_once_lose_nothing(monkeypatch, at):
    review = shown_photo()
    seen = names(review)
    withhold(review)
    interrupt(monkeypatch, lambda: settle(review.pk), at)
    settle(review.pk)
    assert names(review) == files()
    assert not seen & files()


def test_a_run_whose_copies_another_one_has_deleted_takes_none_of_them(monkeypatch):
    """The other one took it for killed, has begun anew, and is not yet done."""
    review = shown_photo()
    seen = names(review)
    withhold(review)

    def begin_anew():
        photo_files._begun(review.pk)
        photo_files._clear(review.pk)

    interrupt(monkeypatch, begin_anew, at=5)
    settle(review.pk)
    assert seen == files()
    settle(review.pk)
    assert names(review) == files()
    assert not seen & files()


def test_a_photo_that_is_shown_again_meanwhile_stays(monkeypatch):
    review = shown_photo()
    seen = names(review)
    withhold(review)
    interrupt(monkeypatch, lambda: show(review))
    settle(review.pk)
    assert names(review) == files() == seen


def test_an_author_who_keeps_it_meanwhile_still_has_it(monkeypatch):
    review = shown_photo()
    seen = names(review)
    withhold(review)
    interrupt(monkeypatch, lambda: edit(review, keeps_photo=True))
    settle(review.pk)
    assert names(review, place=1) == names(review, place=2) == files()
    assert not seen & files()
    settle_all()
    assert names(review) == files()


def erase(review):
    decisions.withdraw(review.pk, now=NOW)
    erasing.erase(review.pk, actor="ann", now=NOW)
    settle(review.pk)


@pytest.mark.parametrize("at", [1, 5])
def test_nothing_is_left_of_what_is_erased_meanwhile(monkeypatch, at):
    review = shown_photo()
    withhold(review)
    interrupt(monkeypatch, lambda: erase(review), at)
    settle(review.pk)
    assert files() == set()
    assert not ReviewPhoto.objects.exists()


def test_what_the_storage_did_not_delete_is_not_forgotten(quiet):
    """An erased photo whose storage is away goes as soon as it is back; nobody sees it meanwhile."""
    review = shown_photo()
    decisions.withdraw(review.pk, now=NOW)
    erasing.erase(review.pk, actor="ann", now=NOW)
    with pytest.MonkeyPatch.context() as patch:
        broken_at(patch, 1, OSError("no route"))
        assert str(settle_all()) == "photos of 0 reviews settled, 1 failed"
    assert files()
    assert photo_files.photo_of(fresh(review).current) is None
    edit(review, keeps_photo=True)
    assert log.verify() == []
    assert str(settle_all()) == "photos of 1 reviews settled, 0 failed"
    assert files() == set()
    assert not ReviewPhoto.objects.exists()


def test_a_storage_that_is_away_is_not_asked_for_every_photo(monkeypatch, quiet):
    for _ in range(photo_files.MOST_FAILURES + 2):
        withhold(shown_photo())
    steps = broken_at(monkeypatch, None, OSError("no route"))
    assert str(settle_all()) == "photos of 0 reviews settled, 3 failed"
    assert steps["steps"] == photo_files.MOST_FAILURES


def test_a_lost_file_keeps_its_name_and_the_others_from_nothing(quiet):
    lost, other = shown_photo(), shown_photo("red")
    before = names(lost)
    withhold(lost), withhold(other)
    gone = fresh(lost).current.photo.file.name
    [kept] = content_of({gone}).values()
    default_storage.delete(gone)
    seen = names(other)
    assert str(settle_all()) == "photos of 1 reviews settled, 1 failed"
    assert names(lost) == before
    assert not seen & files()
    with pytest.raises(FileMissing):
        settle(lost.pk)
    default_storage.save(gone, ContentFile(kept))
    settle(lost.pk)
    assert not before & files()
    assert files() == names(lost) | names(other)


def test_it_needs_no_more_than_any_storage_has(settings):
    """Neither folders nor moving, which a bucket has not."""
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": memory}
    review = shown_photo()
    seen = names(review)
    assert all(default_storage.exists(name) for name in seen)
    withhold(review)
    settle(review.pk)
    assert not any(default_storage.exists(name) for name in seen)
    moved = names(review)
    assert len(moved) == len(seen)
    assert all(default_storage.exists(name) for name in moved)
    erase(review)
    assert not any(default_storage.exists(name) for name in moved)
    assert files() == set()


def test_what_is_not_taken_leaves_no_file():
    asked = make_invitation()
    make_review(invitation=asked)
    with pytest.raises(submitting.AlreadyReviewed):
        waiting_photo(invitation=asked)
    assert files() == set()


def test_files_of_what_was_taken_stay_when_something_fails_later():
    review = waiting_photo()
    row = fresh(review).current.photo
    stored = pictures.Stored(row.digest, row.file.name, 400, 300, row.renditions)
    with pytest.raises(ZeroDivisionError), photo_files.dropped_if_not_taken(stored):
        1 / 0  # noqa: B018 (as a task after the commit may)
    assert files() == names(review)


def test_what_an_author_changes_is_settled_when_it_is_committed(django_capture_on_commit_callbacks):
    review = shown_photo()
    seen = names(review)
    with django_capture_on_commit_callbacks(execute=True):
        edit(review, photo=picture("red"))
    assert not seen & files()


@pytest.mark.django_db(transaction=True)
def test_the_storage_is_never_asked_inside_a_transaction(monkeypatch):
    asked = []
    review = shown_photo()
    seen = names(review)
    withhold(review)
    for name in ("open", "save", "delete", "exists"):
        real = getattr(default_storage, name)

        def act(*arguments, real=real, name=name):
            asked.append((name, connection.in_atomic_block))
            return real(*arguments)

        monkeypatch.setattr(default_storage._wrapped, name, act)
    settle(review.pk)
    edit(review, photo=picture("red"))
    decisions.withdraw(review.pk, now=NOW)
    erasing.erase(review.pk, actor="ann", now=NOW)
    assert files() == set()
    assert seen
    assert {name for name, _ in asked} >= {"open", "save", "delete"}
    assert {inside for _, inside in asked} == {False}
