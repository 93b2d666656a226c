"""What each role may do, tried on the real server."""

import psycopg
import pytest
from kvitt.local import migrations
from kvitt.local.databases import ROLES, DatabaseUrls
from kvitt_chassis.migrations import folder
from kvitt_contracts.topics import SERVICES
from kvitt_testkit.platform import Platform

PREFIX = "databases-"


@pytest.fixture(scope="module")
def urls(platform: Platform) -> dict[str, DatabaseUrls]:
    return {service: platform.database(service, PREFIX, migrate=False) for service in SERVICES}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_enters_its_own_services_database_and_no_other(
    urls: dict[str, DatabaseUrls], service: str, role: str
) -> None:
    mine = DatabaseUrls.libpq(getattr(urls[service], role))
    places = [*(PREFIX + other for other in SERVICES), "postgres", "template1"]

    entered = {place for place in places if _enters(mine, place)}

    assert entered == {PREFIX + service}


@pytest.mark.parametrize("role", ROLES)
def test_no_role_is_above_row_security(urls: dict[str, DatabaseUrls], role: str) -> None:
    with psycopg.connect(DatabaseUrls.libpq(getattr(urls["orders"], role))) as connection:
        found = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()

    assert found == (False, False, False, False)


@pytest.mark.parametrize("role", ["api", "worker"])
def test_api_and_worker_use_the_owners_tables_and_make_none(
    urls: dict[str, DatabaseUrls], role: str
) -> None:
    table = f"things_{role}"
    with psycopg.connect(DatabaseUrls.libpq(urls["orders"].owner)) as owner:
        owner.execute(f"CREATE TABLE {table} (id bigint GENERATED ALWAYS AS IDENTITY, name text)")

    with psycopg.connect(
        DatabaseUrls.libpq(getattr(urls["orders"], role)), autocommit=True
    ) as user:
        user.execute(f"INSERT INTO {table} (name) VALUES ('a')")
        user.execute(f"UPDATE {table} SET name = 'b'")
        found = user.execute(f"DELETE FROM {table} RETURNING name").fetchone()
        for forbidden in ("CREATE TABLE own (id int)", f"TRUNCATE {table}", f"DROP TABLE {table}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                user.execute(forbidden)

    assert found == ("b",)


def test_a_wrong_password_is_refused(urls: dict[str, DatabaseUrls]) -> None:
    address = psycopg.conninfo.make_conninfo(
        DatabaseUrls.libpq(urls["orders"].api), password="wrong"
    )

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address)


def test_the_server_is_durable(platform: Platform) -> None:
    with psycopg.connect(platform.database_admin_url) as admin:
        settings = admin.execute(
            "SELECT setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit',"
            " 'full_page_writes')"
        ).fetchall()

    assert settings == [("on",)] * 3


@pytest.mark.parametrize("service", [one for one in SERVICES if folder(one)])
def test_a_tests_database_is_a_migrated_copy(platform: Platform, service: str) -> None:
    first = platform.database(service, "copy-1-")
    second = platform.database(service, "copy-2-")

    for urls in (first, second):
        with psycopg.connect(DatabaseUrls.libpq(urls.worker)) as worker:
            found = worker.execute("SELECT version_num FROM alembic_version").fetchone()
            assert found == (migrations.newest(service),)


def _enters(url: str, database: str) -> bool:
    try:
        with psycopg.connect(psycopg.conninfo.make_conninfo(url, dbname=database)):
            return True
    except psycopg.OperationalError as error:
        if "permission denied for database" in str(error):
            return False
        raise
