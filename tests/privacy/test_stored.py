"""REF-24: what any table of any service has of a person is told to them, or named as why not."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cryptography.fernet import Fernet
from kvitt_chassis.database import Database
from kvitt_chassis.operating.stored import NOT_SHOWN, stored_of
from kvitt_chassis.sealing import Sealer, record_of
from kvitt_contracts.policy import Policies
from kvitt_contracts.topics import SERVICES
from kvitt_contracts.types import RegionCode
from kvitt_testkit.platform import Platform
from psycopg import sql

pytestmark = pytest.mark.long(seconds=20)

_COLUMNS = """
    SELECT c.relname, a.attname, t.typname FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attgenerated = ''
      AND a.attidentity = ''
    ORDER BY c.relname, a.attnum
    """
_VALUES = {
    "uuid": "{}::uuid",
    "text": "{}::text",
    "jsonb": "jsonb_build_object('person', {}::text)",
    "_uuid": "ARRAY[{}]::uuid[]",
    "_text": "ARRAY[{}]::text[]",
}


@pytest.mark.rule("REF-24a")
@pytest.mark.parametrize("service", SERVICES)
async def test_a_row_of_any_table_that_names_a_person_is_told(
    service: str, platform: Platform, prefix: str
) -> None:
    urls, person = platform.database(service, prefix), uuid4()
    url = platform._await_databases().admin_url_to(prefix + service)
    with psycopg.connect(url, autocommit=True) as admin:
        every, written = _write_everywhere(admin, str(person))
    sealer = Sealer(Fernet.generate_key().decode())
    database = Database(urls.worker, service=service, role="worker", policies=Policies({}))
    told = await stored_of(person, region=RegionCode("ac"), database=database, sealer=sealer)
    others = await stored_of(person, region=RegionCode("bd"), database=database, sealer=sealer)
    nobodys = await stored_of(uuid4(), region=None, database=database, sealer=sealer)
    await database.dispose()

    assert set(told.looked_through) | set(told.not_shown) == every
    assert set(told.rows) == written - NOT_SHOWN.keys()
    assert all(str(person) in str(rows) for rows in told.rows.values())
    assert nobodys.rows == {}
    assert all("region" not in row for rows in others.rows.values() for row in rows)


@pytest.mark.rule("REF-24a")
async def test_what_rests_unread_of_a_person_is_told(platform: Platform, prefix: str) -> None:
    service, person = "bmb", uuid4()
    urls = platform.database(service, prefix)
    sealer = Sealer(Fernet.generate_key().decode())
    database = Database(urls.worker, service=service, role="worker", policies=Policies({}))
    url = platform._await_databases().admin_url_to(prefix + service)
    texts = {"one": f'{{"person": "{person}"}}', "two": "{}"}
    with psycopg.connect(url, autocommit=True) as admin:
        for position, (key, value) in enumerate(texts.items()):
            record = record_of(
                topic="t",
                partition=0,
                offset=position,
                key=key.encode(),
                value=value.encode(),
                headers=[],
            )
            admin.execute(
                "INSERT INTO parked_keys (topic, key, region, state, cause, reason)"
                " VALUES ('t', %s, 'ac', 'quarantined', 'fault', '-')",
                (key,),
            )
            admin.execute(
                "INSERT INTO parked_messages (topic, key, partition, position, sealed)"
                " VALUES ('t', %s, 0, %s, %s)",
                (key, position, sealer.seal(record)),
            )

    told = await stored_of(person, region=RegionCode("ac"), database=database, sealer=sealer)
    others = await stored_of(person, region=RegionCode("bd"), database=database, sealer=sealer)
    await database.dispose()

    assert [(one.key, one.value) for one in told.parked] == [("one", texts["one"])]
    assert others.parked == []


def _write_everywhere(admin: "psycopg.Connection[Any]", person: str) -> tuple[set[str], set[str]]:
    """A row that names the person, in the first column of each table that can; every table, and
    those that have such a row. What else a table demands of its rows is given up before.
    """
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in admin.execute(_COLUMNS).fetchall():
        columns.setdefault(table, {})[column] = kind
    admin.execute("SET session_replication_role = replica")
    written = set()
    for table, kinds in columns.items():
        named = next((c for c, kind in kinds.items() if kind in _VALUES and c != "region"), None)
        if named is None or table == "parked_messages":
            continue
        _demand_nothing(admin, table, kinds)
        region = ", region" if "region" in kinds else ""
        value = _VALUES[kinds[named]].format("%s")
        statement = f"INSERT INTO {{}} ({{}}{region}) VALUES ({value}{', %s' if region else ''})"
        admin.execute(
            sql.SQL(statement).format(sql.Identifier(table), sql.Identifier(named)),
            (person, "ac") if region else (person,),
        )
        written.add(table)
    return set(columns), written


def _demand_nothing(admin: "psycopg.Connection[Any]", table: str, kinds: dict[str, str]) -> None:
    found = admin.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype <> 'n'"
        " ORDER BY contype = 'p'",
        (f'public."{table}"',),
    ).fetchall()
    for (name,) in found:
        admin.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {} CASCADE").format(
                sql.Identifier(table), sql.Identifier(name)
            )
        )
    for column in kinds:
        admin.execute(
            sql.SQL("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL").format(
                sql.Identifier(table), sql.Identifier(column)
            )
        )
