from django.urls import path

from pages.views import contact, education, home, overview

urlpatterns = [
    path("", home.home, name="home"),
    path("about-vitamin-b12/", education.about, name="about"),
    path("research/", education.research, name="research"),
    path("faq/", education.faq, name="faq"),
    path("contact/", contact.contact, name="contact"),
    path("contact/thanks/", contact.contact_thanks, name="contact_thanks"),
    path("site-map/", overview.site_map, name="site_map"),
    path("sitemap.xml", overview.sitemap_xml, name="sitemap_xml"),
    path("robots.txt", overview.robots_txt, name="robots_txt"),
]
