"""Backups of the local system's databases, and the persons' keys in a backup of their own, of which
there is one: the newest. Knows PostgreSQL's programs and no service's rules.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final
from urllib.parse import unquote, urlsplit

import psycopg
from kvitt_chassis.private_files import write_private
from kvitt_contracts.topics import SERVICES

from kvitt.local.databases import Databases
from kvitt.local.postgres import PostgresServer, admin_url, binary
from kvitt.local.private import make_directory, open_private
from kvitt.local.problems import LocalProblem
from kvitt.local.processes import ProcessReaper
from kvitt.local.state import State

KEPT_APART: Final = {"orders": ("key_rings", "person_keys")}
"""Tables whose rows are in no backup of their database, by service: they open what is."""

_OF_WHO_CAME_LATER: Final = """
    DELETE FROM person_keys WHERE NOT EXISTS (
        SELECT FROM persons WHERE (persons.region, persons.id) = (person_keys.region, person)
    ) AND person::text <> '00000000-0000-0000-0000-000000000000'
"""
"""Keys of who came after the backup: they open nothing of it, and nobody would ever erase them. The
key of what concerns nobody (`NOBODY` of orders) is of no person, and stays.
"""

_ARCHIVE_CREATED: Final = re.compile(r"^; Archive created at (?P<at>\S+ \S+) UTC$", re.MULTILINE)


# decision 0533: keys have a backup of their own, which the next one replaces
def back_up(databases: Databases, *, folder: Path | None, keys: Path) -> list[Path]:
    """Write each database into `folder` (none: the keys alone), without the rows of the keys, and
    the keys to the file `keys`, in the place of those that were there. Raises LocalProblem.
    """
    if folder is not None and keys.resolve().is_relative_to(folder.resolve()):
        raise LocalProblem(
            f"{keys} would lie in the backup that it opens.",
            remedy="Name a place for the keys that is not kept as long: --keys.",
        )
    written = []
    if folder is not None:
        make_directory(folder.resolve())
        for service in SERVICES:
            apart = [f"--exclude-table-data={one}" for one in KEPT_APART.get(service, ())]
            written.append(_dump(databases, service, folder / f"{service}.dump", apart))
    make_directory(keys.resolve().parent)
    for service, tables in KEPT_APART.items():  # after what they open: no key is missing
        only = ["--data-only", *(f"--table={one}" for one in tables)]
        written.append(_dump(databases, service, keys, only))
    return written


def restore(databases: Databases, *, folder: Path, keys: Path) -> None:
    """Make each database anew from `folder`, with the keys of `keys`. Nothing may be connected.

    Raises LocalProblem: a file is missing or is no archive, or the keys are older than what they
    are to open.
    """
    files = {service: folder / f"{service}.dump" for service in SERVICES}
    missing = [str(one) for one in (*files.values(), keys) if not one.exists()]
    if missing:
        raise LocalProblem(
            f"There is no {', '.join(missing)}.", remedy="kvitt backup writes all of them."
        )
    begun = {service: _begun(databases, file) for service, file in files.items()}
    if _begun(databases, keys) < max(begun[service] for service in KEPT_APART):
        raise LocalProblem(
            f"{keys} is older than {folder}: persons who came between would have no key.",
            remedy="Give the newest backup of the keys; it opens older backups too.",
        )
    for service, file in files.items():
        databases.drop(service)
        databases.create(service)
        _load(databases, service, file)
    for service in KEPT_APART:
        _load(databases, service, keys)
        with psycopg.connect(databases.admin_url_to(service)) as inside:
            inside.execute(_OF_WHO_CAME_LATER)


@contextmanager
def postgres_alone(state: State) -> Iterator[Databases]:
    """Within: the databases of a system that does not run, with nothing else of it. Raises
    LocalProblem.
    """
    state.require_no_supervisor()
    reaper = ProcessReaper()
    server = PostgresServer(state, reaper)
    try:
        server.start()
        yield databases_of(state)
    finally:
        server.stop()
        reaper.close()


def databases_of(state: State) -> Databases:
    """The databases of the local system, with its passwords."""
    return Databases(admin_url(state), lambda role: state.password(f"postgres:{role}"))


def _dump(databases: Databases, service: str, file: Path, options: Sequence[str]) -> Path:
    draft = file.with_name(f".{file.name}.draft")
    with open_private(draft, "wb") as out:
        _run(databases, "pg_dump", [f"--dbname={service}", "--format=custom", *options], out)
    draft.replace(file)  # whole, or as it was
    return file


def _begun(databases: Databases, file: Path) -> str:
    """The second in which an archive was begun, as it says itself: so do copies of it."""
    with tempfile.TemporaryFile() as out:
        _run(databases, "pg_restore", ["--list", str(file)], out)
        out.seek(0)
        told = _ARCHIVE_CREATED.search(out.read().decode(errors="replace"))
    assert told is not None, "pg_restore says it of each"
    return told["at"]


def _load(databases: Databases, service: str, file: Path) -> None:
    _run(databases, "pg_restore", [f"--dbname={service}", "--exit-on-error", str(file)])


def _run(
    databases: Databases, program: str, options: Sequence[str], out: IO[bytes] | None = None
) -> None:
    at = urlsplit(databases.admin_url)
    port = at.port or 5432
    with tempfile.TemporaryDirectory() as folder:  # 0700: no password on a command line
        passwords = Path(folder, "pgpass")
        write_private(
            passwords, f"{at.hostname}:{port}:*:{at.username}:{unquote(at.password or '')}"
        )
        ended = subprocess.run(
            [
                *(binary(program), "--no-password", f"--host={at.hostname}", f"--port={port}"),
                *(f"--username={at.username}", *options),
            ],
            stdout=out,
            stderr=subprocess.PIPE,
            env={**os.environ, "PGPASSFILE": str(passwords), "TZ": "UTC"},
            check=False,
        )
    if ended.returncode != 0:
        raise LocalProblem(
            f"{program} did not end well: {ended.stderr.decode(errors='replace').strip()}",
            remedy="kvitt status shows what runs; look at what is free on the disk.",
        )
