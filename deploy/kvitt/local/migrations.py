"""A service's migrations as a job: `python -m kvitt.local.migrations <service>`. The tables stand
in the services.
"""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from kvitt.local.databases import DatabaseUrls
from kvitt.local.problems import LocalProblem

OWNER_URL = "KVITT_DATABASE_OWNER_URL"


def folder(service: str) -> Path | None:
    """Where the service's migrations lie: beside its package; None when it has none."""
    found = importlib.util.find_spec(service)
    if found is None or found.origin is None:
        return None
    migrations = Path(found.origin).parents[1] / "migrations"
    return migrations if (migrations / "env.py").exists() else None


def newest(service: str) -> str | None:
    """The newest revision of the service's migrations; None when it has none."""
    place = folder(service)
    return ScriptDirectory.from_config(_config(place)).get_current_head() if place else None


def run(urls: Mapping[str, DatabaseUrls]) -> None:
    """Bring each named service's database to its newest revision, each in a process of its own,
    side by side.

    Does nothing for a database that is there already. Raises LocalProblem with the job's last
    lines.
    """
    jobs = {
        service: subprocess.Popen(
            [sys.executable, "-m", "kvitt.local.migrations", service],
            env={**os.environ, OWNER_URL: url.owner},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for service, url in urls.items()
        if newest(service) not in (None, _revision(url.owner))
    }
    said = {service: job.communicate()[0] for service, job in jobs.items()}
    for service, job in jobs.items():
        if job.returncode != 0:
            raise LocalProblem(
                f"The migrations of {service} failed: {said[service].strip()[-2000:]}",
                remedy="The database is as before the failed revision: mend that, start again.",
            )


def main() -> None:
    """The job: the service is named by the argument, its database by KVITT_DATABASE_OWNER_URL."""
    (service,) = sys.argv[1:]
    place = folder(service)
    if place is None:
        sys.exit(f"{service} has no migrations")
    if not os.environ.get(OWNER_URL):
        sys.exit(f"{OWNER_URL} must name the database, as its owner")
    command.upgrade(_config(place), "head")


def _config(place: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(place))
    return config


def _revision(owner_url: str) -> str | None:
    with psycopg.connect(DatabaseUrls.libpq(owner_url)) as connection:
        found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
        if found is None or found[0] is None:
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return row[0] if row else None


if __name__ == "__main__":
    main()
