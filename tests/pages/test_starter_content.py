import pytest

from pages import starter_content
from pages.models import FaqItem, InfoPage, PageBlock, StarterRecord, Study
from pages.starter_rows import StarterLoader
from references.models import Reference
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_loading_twice_changes_nothing(texts):
    before = dict(PageBlock.objects.values_list("pk", "updated_at"))
    history = PageBlock.history.count()
    assert starter_content.load(NOON).startswith("pages: 0 added, 0 refreshed")
    assert dict(PageBlock.objects.values_list("pk", "updated_at")) == before
    assert PageBlock.history.count() == history


def test_words_that_staff_edited_or_deleted_stay_so(texts):
    item = FaqItem.objects.get(slug="itch")
    item.answer = "Our own words."
    item.save()
    FaqItem.objects.filter(slug="mri").delete()
    starter_content.load(NOON)
    item.refresh_from_db()
    assert item.answer == "Our own words."
    assert not FaqItem.objects.filter(slug="mri").exists()


def test_new_words_in_a_file_reach_rows_nobody_edited():
    found = {"key": "r1"}
    StarterLoader(NOON).put(Reference, found, {"citation": "Old."})
    StarterLoader(NOON).put(Reference, found, {"citation": "New.", "pmid": "12"})
    reference = Reference.objects.get()
    assert (reference.citation, reference.pmid) == ("New.", "12")


def test_new_words_in_a_file_do_not_reach_rows_that_staff_edited():
    found = {"key": "r1"}
    StarterLoader(NOON).put(Reference, found, {"citation": "Old."})
    Reference.objects.update(citation="Staff's.")
    loader = StarterLoader(NOON)
    loader.put(Reference, found, {"citation": "New."})
    assert Reference.objects.get().citation == "Staff's."
    assert loader.kept == 1


def test_row_that_staff_wrote_before_is_left_alone():
    Reference.objects.create(key="r1", citation="Staff's.")
    StarterLoader(NOON).put(Reference, {"key": "r1"}, {"citation": "Ours."})
    assert Reference.objects.get().citation == "Staff's."
    assert not StarterRecord.objects.exists()


def test_topics_that_staff_changed_stay_so(texts):
    study = Study.objects.get(slug="acid-reducers")
    study.topics.clear()
    starter_content.load(NOON)
    assert list(study.topics.all()) == []


def test_every_page_has_its_words_and_every_health_page_its_review_date(texts):
    assert set(InfoPage.objects.values_list("slug", flat=True)) == set(InfoPage.Slug.values)
    reviewed = InfoPage.objects.filter(reviewed_on__isnull=False).values_list("slug", flat=True)
    assert set(reviewed) == {"about", "research"}


def test_every_source_has_an_address(texts):
    assert [str(each) for each in Reference.objects.all() if not each.address] == []
