import pytest

from pages.models import Estimate, Study, StudyTopic
from tests.pages.page_content import visible_text

pytestmark = pytest.mark.usefixtures("texts")


def get_text(client, query=""):
    response = client.get(f"/research/{query}")
    assert response.status_code == 200
    return visible_text(response.content.decode())


def test_what_speaks_against_patches_stands_before_everything_else(client):
    text = get_text(client)
    heading = "What speaks against patches Size."
    assert text.index(heading) < text.index("What is not known How much") < text.index("30 studies")


def test_a_study_shows_design_size_finding_limits_and_link(client):
    text = get_text(client)
    start = text.index("Multivitamin patch or pills after gastric bypass Saurabh")
    card = text[start : start + 900]
    for words in (
        "ObesityWeek 2019 (meeting abstract), 2019.",
        "Speaks against patches",
        "Design Comparison of records",
        "Size 48 21 with the patch, 27 with pills",
        "81 percent of the patch group and 44.4 percent",
        "Limits Small",
        "Last reviewed November 20, 2026",
    ):
        assert words in card
    assert "https://2019.obesityweek.com/abstract/" in client.get("/research/").content.decode()


def test_topic_filter_shows_only_its_studies_and_its_own_address_is_not_indexed(client):
    response = client.get("/research/?topic=pregnancy")
    text = visible_text(response.content.decode())
    assert "2 studies on: Pregnancy" in text
    assert "B12 in pregnancy: the trials so far" in text
    assert "Tablets in pernicious anemia" not in text
    meta = response.context["meta"]
    assert (meta.path, meta.robots) == ("/research/", "noindex, follow")


@pytest.mark.parametrize("topic", ["nonsense", "x" * 5000, "%00", "%ff%fe", "';--", "<script>"])
def test_unknown_topic_shows_all_studies_and_says_so(client, topic):
    text = get_text(client, f"?topic={topic}")
    assert "We have no topic by that name" in text
    assert "30 studies" in text


def test_unpublished_study_is_not_shown_nor_drawn(client):
    study = Study.objects.get(slug="acid-reducers")
    study.is_published = False
    study.save()
    text = get_text(client)
    assert "Acid reducers and B12 deficiency" not in text
    assert "H2 blockers, 2+ years" not in text
    assert "29 studies" in text


def test_every_drawing_has_a_title_and_a_table_with_its_numbers(client):
    markup = client.get("/research/").content.decode()
    for plot in Estimate.Plot.values:
        assert f'<title id="{plot}-title">' in markup
        assert f'id="{plot}-caption"' in markup
    text = visible_text(markup)
    assert "B-PROOF 2014, any bone 0.84 (0.58 to 1.21)" in text
    assert "Patch: 17 of 21 people 81.0 (60.0 to 92.3)" in text
    assert "−0.14 (−0.25 to −0.04)" in text


def test_topic_without_studies_says_so(client):
    StudyTopic.objects.create(slug="empty", name="Empty")
    assert "No study is listed here yet" in get_text(client, "?topic=empty")
