"""A test database for each process of a run, migrated once: migrations take seconds, a copy an instant."""

import os
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.once import alone


class OwnDatabase:
    """The database of the test process that is called `worker`."""

    def __init__(self, worker: str) -> None:
        self.worker = worker
        self.real_name = connection.settings_dict["NAME"]
        self.template = connection.creation._get_test_db_name()
        folder = Path(os.environ["SHOP_TESTS_FOLDER"])
        self.lock, self.users = folder / "databases.lock", folder / "databases"

    def make(self) -> None:
        """Copy the template; whoever comes first makes it by migrating an empty database."""
        with alone(self.lock):
            self.users.mkdir(exist_ok=True)
            if any(self.users.iterdir()):
                self._use(self.template)
            else:
                connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            (self.users / self.worker).touch()
            connection.close()  # an open database is not copied, or not wholly
            connection.creation.clone_test_db(self.worker, verbosity=0, autoclobber=True)
            self._use(connection.creation.get_test_db_clone_settings(self.worker)["NAME"])

    def drop(self) -> None:
        """Take the database away; whoever leaves last takes the template with it."""
        with alone(self.lock):
            connection.creation.destroy_test_db(self.real_name, verbosity=0)
            (self.users / self.worker).unlink()
            if not any(self.users.iterdir()):
                connection.creation._destroy_test_db(self.template, verbosity=0)

    def _use(self, name: str) -> None:
        connection.close()
        # Both, as Django does: new threads read the first, this one the second.
        settings.DATABASES[connection.alias]["NAME"] = name
        connection.settings_dict["NAME"] = name
