"""How the search follows the rows of the shop."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pages.models import FaqItem, FoodSource, InfoPage, PageBlock, Study
from products.models import Product
from search import sources
from search.indexing import paused
from search.models import Kind, SearchDocument
from shop import searching
from tests.blog.making import make_post, make_published_post, make_tag, save
from tests.factories import make_product
from tests.search.documents import paths

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _connected(_own_sources):
    searching.connect()


def test_saved_and_deleted_rows_are_followed_after_the_commit(django_capture_on_commit_callbacks):
    page = InfoPage.objects.create(slug=InfoPage.Slug.ABOUT, title="About", meta_title="About")
    with django_capture_on_commit_callbacks(execute=True):
        block = PageBlock.objects.create(page=page, key="one", body="A word on cubilin.")
        assert paths("cubilin") == []
    assert paths("cubilin") == ["/about-vitamin-b12/"]

    with django_capture_on_commit_callbacks(execute=True):
        block.delete()
    assert paths("cubilin") == []


def test_a_product_that_is_taken_off_sale_is_no_longer_found(
    settings, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        product = make_product(slug=settings.PRIMARY_PRODUCT_SLUG, name="Ruby patch")
        make_product(slug="another", name="Ruby patch without a page")
    assert paths("ruby") == ["/product-information/"]

    product.is_published = False
    with django_capture_on_commit_callbacks(execute=True):
        product.save()
    assert paths("ruby") == []


def test_a_post_that_only_gets_another_tag_is_found_by_it_at_once(
    django_capture_on_commit_callbacks,
):
    post = make_published_post()
    with django_capture_on_commit_callbacks(execute=True):
        post.tags.add(make_tag("Cubilin"))
        save(post)
    assert paths("cubilin") == [post.get_absolute_url()]


def test_saving_a_draft_asks_the_search_nothing(django_capture_on_commit_callbacks):
    post = make_post()
    with (
        django_capture_on_commit_callbacks(execute=True),
        CaptureQueriesContext(connection) as asked,
    ):
        save(post)
    assert [one["sql"] for one in asked if '"search_' in one["sql"]] == []


def test_a_draft_that_is_deleted_is_followed_quietly(django_capture_on_commit_callbacks, caplog):
    post = make_post()
    with django_capture_on_commit_callbacks(execute=True):
        post.delete()
    assert caplog.records == []


def test_nothing_is_followed_while_content_is_loaded(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks, paused():
        InfoPage.objects.create(slug=InfoPage.Slug.ABOUT, title="About", meta_title="About")

    assert callbacks == []


def test_a_search_that_cannot_follow_does_not_stop_staff(django_capture_on_commit_callbacks, quiet):
    def broken(keys):
        raise RuntimeError

    sources.register("pages", sources.Source(Kind.PAGE, broken))
    with django_capture_on_commit_callbacks(execute=True):
        InfoPage.objects.create(slug=InfoPage.Slug.ABOUT, title="About", meta_title="About")

    assert InfoPage.objects.count() == 1
    assert SearchDocument.objects.count() == 0


def test_every_followed_model_names_a_document():
    assert {Product, InfoPage, PageBlock, FaqItem, FoodSource, Study} <= set(searching.FOLLOWED)
