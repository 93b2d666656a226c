"""After all of a service's real migrations, each table with regions' rows is closed to the API role
but for the region that is named, and it can read no other table that holds anybody's data.
"""

from dataclasses import dataclass

import psycopg
import pytest
from kvitt.local.databases import DatabaseUrls
from kvitt_contracts.topics import SERVICES
from kvitt_testkit.platform import Platform

_OF_THE_REGION = "(region = current_setting('kvitt.region'::text, true))"
_NOT_REGIONAL = {"alembic_version", "clock"}
"""Tables without a region that the API role may read: they hold no one's data."""

_TABLES = """
    SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
           EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid
                   AND a.attname = 'region' AND NOT a.attisdropped) AS has_region,
           has_table_privilege(%(api)s, c.oid, 'SELECT, INSERT, UPDATE, DELETE') AS is_open
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    """
_POLICIES = """
    SELECT tablename, policyname, roles::text[], permissive, cmd, qual, with_check
    FROM pg_policies WHERE schemaname = 'public'
    """
_VIEWS = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm')
      AND has_table_privilege(%(api)s, c.oid, 'SELECT')
      AND NOT COALESCE(c.reloptions::text LIKE '%%security_invoker=true%%', false)
    """


@dataclass(frozen=True)
class Table:
    """A table as the server knows it, with the policies on it."""

    name: str
    is_guarded: bool
    has_region: bool
    is_open_to_api: bool
    policies: frozenset[tuple[str, tuple[str, ...], str, str, str | None, str | None]]


@pytest.fixture(scope="module")
def owners(platform: Platform) -> dict[str, str]:
    """Each service's migrated database, as its owner."""
    return {
        service: DatabaseUrls.libpq(platform.database(service, "rowsec-").owner)
        for service in SERVICES
    }


def tables(owner: str, service: str) -> list[Table]:
    """Every table of a service's migrated database."""
    with psycopg.connect(owner) as connection:
        rows = connection.execute(_TABLES, {"api": f"{service}_api"}).fetchall()
        policies = connection.execute(_POLICIES).fetchall()
    return [
        Table(
            name,
            secured and forced,
            has_region,
            is_open,
            frozenset(
                (policy, tuple(sorted(roles)), kind, command, qual, check)
                for of, policy, roles, kind, command, qual, check in policies
                if of == name
            ),
        )
        for name, secured, forced, has_region, is_open in rows
    ]


@pytest.mark.parametrize("service", SERVICES)
def test_each_table_of_regions_rows_is_closed_but_for_the_region_that_is_named(
    owners: dict[str, str], service: str
) -> None:
    expected = frozenset(
        {
            (
                "of_the_region",
                (f"{service}_api",),
                "PERMISSIVE",
                "ALL",
                _OF_THE_REGION,
                _OF_THE_REGION,
            ),
            (
                "of_all_regions",
                (f"{service}_owner", f"{service}_worker"),
                "PERMISSIVE",
                "ALL",
                "true",
                "true",
            ),
        }
    )
    regional = [one for one in tables(owners[service], service) if one.has_region]

    assert {one.name for one in regional} >= {"events", "idempotency_keys"}
    for table in regional:
        assert table.is_guarded, table.name
        assert table.policies == expected, table.name


@pytest.mark.parametrize("service", SERVICES)
def test_the_api_role_reads_no_table_without_a_region(owners: dict[str, str], service: str) -> None:
    opened = {
        one.name
        for one in tables(owners[service], service)
        if one.is_open_to_api and not one.has_region
    }

    assert opened <= _NOT_REGIONAL


@pytest.mark.parametrize("service", SERVICES)
def test_no_view_shows_the_api_role_what_its_owner_sees(
    owners: dict[str, str], service: str
) -> None:
    with psycopg.connect(owners[service]) as connection:
        found = connection.execute(_VIEWS, {"api": f"{service}_api"}).fetchall()

    assert found == []
