"""The people who log in: staff today, affiliates later. Customers buy as guests."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Somebody with a log-in. Ours from the first day, so that it can grow fields later."""
