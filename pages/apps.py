from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Home, education pages, questions and answers, research, contact, site map."""

    name = "pages"
    verbose_name = "Pages"
