"""The migration job: `python -m kvitt_chassis.migrate <service>`, as the owner of its database."""

import sys

from alembic import command
from alembic.config import Config
from pydantic import ValidationError

from kvitt_chassis.migrations import OWNER_URL, Owner, folder


def main() -> None:
    """Bring the database that KVITT_DATABASE_OWNER_URL names to the service's newest revision."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m kvitt_chassis.migrate <service>")
    place = folder(sys.argv[1])
    if place is None:
        sys.exit(f"there are no migrations of a service called {sys.argv[1]}")
    try:
        Owner()
    except ValidationError:
        sys.exit(f"{OWNER_URL} must name the database, as its owner")
    config = Config()
    config.set_main_option("script_location", str(place))
    command.upgrade(config, "head")


if __name__ == "__main__":
    main()
