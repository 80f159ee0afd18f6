from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """Terms, shipping and returns, privacy: each text with all its versions."""

    name = "policies"
    verbose_name = "Policies"
