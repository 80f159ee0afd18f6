"""What mypy's Django plugin looks at: the shop and, beside it, the sandbox, which never run together."""

from stripe_sandbox.settings import *  # noqa: F403
from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS as SHOP_APPS

INSTALLED_APPS = [*SHOP_APPS, "stripe_sandbox"]
