"""REF-22: the portal's key and its database's password are replaced while people are logged in."""

import asyncio
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from cryptography.fernet import Fernet, InvalidToken
from kvitt_chassis.secret_files import Live
from kvitt_portal.database import pool_of
from kvitt_portal.sessions import Session, Sessions
from kvitt_testkit.platform import Platform
from sqlalchemy import create_engine, text

pytestmark = pytest.mark.long(seconds=10)

MIGRATION = Path(__file__).parents[1] / "migrations" / "versions" / "0001_sessions.py"


def _tables(url: str) -> None:
    spec = spec_from_file_location("portal_sessions", MIGRATION)
    assert spec is not None
    assert spec.loader is not None
    migration = module_from_spec(spec)
    spec.loader.exec_module(migration)
    engine = create_engine(url.replace("+asyncpg", "+psycopg"))
    with engine.begin() as connection:
        with Operations.context(MigrationContext.configure(connection)):
            migration.upgrade()
        connection.execute(text("GRANT ALL ON sessions, kept TO PUBLIC"))
    engine.dispose()


@pytest.mark.rule("REF-22g")
async def test_who_is_logged_in_stays_so_while_key_and_password_are_replaced(
    platform: Platform, prefix: str, tmp_path: Path
) -> None:
    urls = platform.database("notifications", prefix, migrate=False)
    _tables(urls.owner)
    role = f"{prefix.replace('-', '_')}portal"
    at = urlsplit(urls.api)
    first, second = (
        at._replace(netloc=f"{role}:{password}@{at.hostname}:{at.port}").geturl()
        for password in ("first", "second")
    )
    admin = create_engine(
        platform._await_databases().admin_url.replace("postgresql://", "postgresql+psycopg://"),
        isolation_level="AUTOCOMMIT",
    )
    with admin.connect() as connection:
        connection.execute(
            text(f"CREATE ROLE {role} LOGIN PASSWORD 'first' IN ROLE notifications_api")
        )
        old, new = (Fernet.generate_key().decode() for _ in range(2))
        key_file, url_file = tmp_path / "key", tmp_path / "url"
        key_file.write_text(old)
        url_file.write_text(first)
        key = Live("KVITT_PORTAL_KEY", old, file=key_file, check=Fernet)
        async with pool_of(Live("KVITT_PORTAL_DATABASE_URL", first, file=url_file)) as pool:
            sessions = Sessions(pool, key=key)
            secret = await sessions.start(Session(user_id="k082lno", region="ac", token="t"))

            key_file.write_text(f"{new}\n{old}\n")
            url_file.write_text(f"{second}\n{first}\n")
            await pool.expire_connections()
            assert await _found_by_many(sessions, secret)
            connection.execute(text(f"ALTER ROLE {role} PASSWORD 'second'"))
            await pool.expire_connections()
            assert await _found_by_many(sessions, secret)
            found = await sessions.find(secret)
            assert found is not None
            before = found.copy()
            found.service_point = "40210"
            await sessions.store(secret, found, before=before)
            url_file.write_text(second)
            key_file.write_text(new)
            await pool.expire_connections()
            assert await _found_by_many(sessions, secret)  # it is sealed by the new key

            other = await sessions.start(Session(user_id="k1", region="ac", token="t"))
            key_file.write_text(old)
            with pytest.raises(InvalidToken):
                await sessions.find(other)
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = :role"),
            {"role": role},
        )
        connection.execute(text(f"DROP ROLE {role}"))
    admin.dispose()


async def _found_by_many(sessions: Sessions, secret: str) -> bool:
    found = await asyncio.gather(*(sessions.find(secret) for _ in range(8)))
    return all(one is not None and one.user_id == "k082lno" for one in found)
