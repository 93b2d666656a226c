"""Runs the services' migrations where a database is behind. The migrations themselves are in the
services.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory
from kvitt_chassis.migrations import OWNER_URL, folder
from kvitt_chassis.secret_files import SECRETS_DIR

from kvitt.local.databases import DatabaseUrls
from kvitt.local.private import without_secrets
from kvitt.local.problems import LocalProblem


def newest(service: str) -> str | None:
    """The newest revision of the service's migrations; None when it has none."""
    place = folder(service)
    return ScriptDirectory.from_config(_config(place)).get_current_head() if place else None


def run(urls: Mapping[str, DatabaseUrls]) -> None:
    """Upgrade each named service's database to its newest revision, in parallel, each in a process
    of its own.

    Does nothing for a database that is up to date. Raises LocalProblem with the job's last lines.
    """
    with TemporaryDirectory(prefix="kvitt-migrations-") as secrets:
        jobs = {
            service: _job(service, url.owner, Path(secrets) / service)
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


def _job(service: str, owner_url: str, secrets: Path) -> subprocess.Popen[str]:
    environment = without_secrets(
        {**os.environ, OWNER_URL: owner_url}, frozenset({OWNER_URL}), secrets, told_by=SECRETS_DIR
    )
    return subprocess.Popen(
        [sys.executable, "-m", "kvitt_chassis.migrate", service],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


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
