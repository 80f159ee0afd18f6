"""Settings from the environment that say so when they cannot be read."""

from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off", ""}


def flag(values: Mapping[str, str], name: str, *, default: bool) -> bool:
    """Return the yes or no under `name`, `default` where it is not set.

    Raises ImproperlyConfigured for anything else: a mistyped DEMO must not become production.
    """
    if name not in values:
        return default
    word = values[name].strip().lower()
    if word in YES | NO:
        return word in YES
    message = f"{name}={values[name]} is neither yes nor no. Write {name}=True or {name}=False."
    raise ImproperlyConfigured(message)
