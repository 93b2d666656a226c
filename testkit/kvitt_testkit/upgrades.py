"""Migrations as modules, so that a test runs one of their statements on rows of its own."""

from types import ModuleType

from alembic.script import ScriptDirectory
from kvitt_chassis.migrations import folder


def migration(service: str, revision: str) -> ModuleType:
    """The module of one migration of a service: `migration("bmb", "0008").DROPPED`.

    Raises LookupError for a service without migrations, alembic's CommandError for a revision that
    it does not have.
    """
    place = folder(service)
    if place is None:
        raise LookupError(f"there are no migrations of a service called {service}")
    return ScriptDirectory(place).get_revision(revision).module
