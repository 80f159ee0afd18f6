from django.urls import path

from pages.models import InfoPage
from pages.views import asking, contact, education, home, overview, writing

urlpatterns = [
    path("", home.home, name="home"),
    path("about-vitamin-b12/", education.about, name="about"),
    path("research/", education.research, name="research"),
    path("faq/", education.faq, name="faq"),
    path("contact/", contact.contact, name="contact"),
    path("contact/thanks/", writing.sent, {"slug": InfoPage.Slug.THANKS}, name="contact_thanks"),
    path("ask/", asking.ask, name="ask"),
    path("ask/sent/", writing.sent, {"slug": InfoPage.Slug.ASKED}, name="ask_sent"),
    path("site-map/", overview.site_map, name="site_map"),
    path("sitemap.xml", overview.sitemap_xml, name="sitemap_xml"),
    path("robots.txt", overview.robots_txt, name="robots_txt"),
]
