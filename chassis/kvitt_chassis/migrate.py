"""The migration job: `python -m kvitt_chassis.migrate <service>`, as the owner of its database."""

import importlib.util
import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

from kvitt_chassis.migrations import OWNER_URL


def main() -> None:
    """Bring the database that KVITT_DATABASE_OWNER_URL names to the service's newest revision."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m kvitt_chassis.migrate <service>")
    found = importlib.util.find_spec(sys.argv[1])
    if found is None or found.origin is None:
        sys.exit(f"there is no service called {sys.argv[1]}")
    if not os.environ.get(OWNER_URL):
        sys.exit(f"{OWNER_URL} must name the database, as its owner")
    config = Config()
    config.set_main_option("script_location", str(Path(found.origin).parents[1] / "migrations"))
    command.upgrade(config, "head")


if __name__ == "__main__":
    main()
