"""`kvitt backup` and `kvitt restore`: what opens a backup lies apart from it (REF-23h). On a real
PostgreSQL; what the services make of a restore stands in tests/privacy/test_what_is_left.py.
"""

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from kvitt.local.backups import KEPT_APART, back_up, postgres_alone, restore
from kvitt.local.databases import Databases
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State
from kvitt_contracts.topics import SERVICES
from orders.people.keys.sealing import NOBODY

PERSONS = ("stays", "goes")
TABLES = {"persons": "id", "person_keys": "person", "person_details": "person"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A server with the services' databases, a backup of them, and the keys from the same day."""

    databases: Databases
    backup: Path
    keys: Path

    def run(self, statement: str) -> list[tuple[str, ...]]:
        """What a statement answers, in orders' database."""
        with psycopg.connect(self.databases.admin_url_to("orders"), autocommit=True) as orders:
            done = orders.execute(statement.encode())
            return done.fetchall() if done.description else []

    def of(self, table: str) -> set[str]:
        """Whom a table is about."""
        return {person for (person,) in self.run(f"SELECT person FROM {table}")}


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with postgres_alone(State.open(tmp_path / "state")) as databases:
        for service in SERVICES:
            databases.create(service)
        one = Kept(databases, tmp_path / "backup", tmp_path / "keys" / "newest.dump")
        one.run("CREATE TABLE key_rings (name text)")
        for table, column in TABLES.items():
            one.run(f"CREATE TABLE {table} (region text, {column} text)")
            for person in PERSONS:
                one.run(f"INSERT INTO {table} VALUES ('ac', '{person}')")
        back_up(databases, folder=one.backup, keys=one.keys)
        yield one


@pytest.mark.rule("REF-23h")
def test_a_backup_from_before_holds_no_key_of_who_is_erased(kept: Kept) -> None:
    kept.run("DELETE FROM person_keys WHERE person = 'goes'")
    back_up(kept.databases, folder=None, keys=kept.keys)

    restore(kept.databases, folder=kept.backup, keys=kept.keys)

    assert kept.of("person_details") == set(PERSONS)
    assert kept.of("person_keys") == {"stays"}


def test_a_key_of_who_came_after_the_backup_is_not_taken_back(kept: Kept) -> None:
    kept.run("INSERT INTO person_keys VALUES ('ac', 'later'), ('bd', 'stays')")
    back_up(kept.databases, folder=None, keys=kept.keys)

    restore(kept.databases, folder=kept.backup, keys=kept.keys)

    assert kept.run("SELECT region, person FROM person_keys ORDER BY 2") == [
        ("ac", "goes"),
        ("ac", "stays"),
    ]


def test_the_key_of_what_concerns_nobody_is_taken_back(kept: Kept) -> None:
    kept.run(f"INSERT INTO person_keys VALUES ('ac', '{NOBODY}')")
    back_up(kept.databases, folder=None, keys=kept.keys)

    restore(kept.databases, folder=kept.backup, keys=kept.keys)

    assert kept.of("person_keys") == {*PERSONS, str(NOBODY)}


def test_with_the_keys_of_the_same_day_everything_is_as_it_was(kept: Kept) -> None:
    kept.run("DELETE FROM person_keys")
    kept.run("DELETE FROM person_details")
    os.utime(kept.keys, (0, 0))  # a file's own time is its copy's

    restore(kept.databases, folder=kept.backup, keys=kept.keys)

    assert kept.of("person_details") == kept.of("person_keys") == set(PERSONS)


def test_no_key_is_in_the_backup_and_nobody_else_may_read_either(kept: Kept) -> None:
    files = [*kept.backup.iterdir(), kept.keys]

    assert {one.name for one in files} == {*(f"{one}.dump" for one in SERVICES), kept.keys.name}
    assert {one.stat().st_mode & 0o777 for one in files} == {0o600}
    assert {table for tables in KEPT_APART.values() for table in tables} == {
        *("key_rings", "person_keys"),
    }


def test_keys_do_not_lie_in_the_backup_that_they_open(kept: Kept) -> None:
    with pytest.raises(LocalProblem, match="would lie in the backup"):
        back_up(kept.databases, folder=kept.backup, keys=kept.backup / "keys" / "newest.dump")


def test_keys_that_are_older_than_the_backup_are_refused(kept: Kept) -> None:
    time.sleep(1.1)  # an archive says its second
    back_up(kept.databases, folder=kept.backup, keys=kept.keys.with_name("later.dump"))
    copied = shutil.copy(kept.keys, kept.keys.with_name("copied.dump"))  # now: that is no date

    with pytest.raises(LocalProblem, match="is older than"):
        restore(kept.databases, folder=kept.backup, keys=Path(copied))
    with pytest.raises(LocalProblem, match="There is no"):
        restore(kept.databases, folder=kept.backup, keys=kept.keys.with_name("none"))
    assert kept.of("person_keys") == set(PERSONS)


def test_what_is_no_archive_is_refused_before_anything_goes(kept: Kept) -> None:
    (kept.backup / "notifications.dump").write_bytes(b"half of it")

    with pytest.raises(LocalProblem, match="did not end well"):
        restore(kept.databases, folder=kept.backup, keys=kept.keys)
    assert kept.of("person_keys") == set(PERSONS)
