"""REF-22: each secret of a process is replaced while it serves, and nobody's request fails."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx
import psycopg
import pytest
from aiokafka.errors import KafkaError
from confluent_kafka.admin import AclBinding
from cryptography.fernet import Fernet
from fastapi import FastAPI
from kvitt.local import access
from kvitt.local.environment import SECRETS
from kvitt.local.kafka import Credentials
from kvitt.local.private import without_secrets
from kvitt.local.servers import admin_client
from kvitt_chassis.evidence.chain import LiveKeys
from kvitt_chassis.operating.process import _server
from kvitt_chassis.relaying.publisher import Publisher
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.secret_files import SECRETS_DIR, Live, told
from kvitt_chassis.settings import Settings
from kvitt_chassis.web.certificates import Certificates
from kvitt_contracts.topics import catalogue
from kvitt_testkit.platform import Platform
from kvitt_testkit.running import Prepared, ServiceProcess
from kvitt_testkit.world import wait_for
from psycopg import sql

from chassis.tests import toy
from chassis.tests.test_profiles import LOCAL, _a_certificate
from chassis.tests.wire import MODULE

pytestmark = pytest.mark.long(seconds=40)

NAME = "notifications"
MORE = 5
"""So many requests are answered in each state of a secret before the next one begins."""


@dataclass(slots=True)
class Replacing:
    """A process under traffic, and the files of its secrets."""

    process: ServiceProcess
    directory: Path
    answered: int = 0

    def write(self, name: str, *values: str) -> None:
        """The file of a secret: the newest first."""
        file = self.directory / f"kvitt_{name}"
        draft = file.with_suffix(".new")
        draft.write_text("\n".join(values) + "\n")
        draft.chmod(0o600)
        draft.replace(file)

    def value(self, name: str) -> str:
        """What stands in the file of a secret."""
        return (self.directory / f"kvitt_{name}").read_text().strip()

    async def more(self) -> None:
        """Until more requests have been answered, and what they did is in the topic."""
        until = self.answered + MORE
        await wait_for(lambda: self.answered >= until, within=40)
        await self.process.come_to_rest()

    async def replace(self, name: str, new: str, *, elsewhere: Callable[[], None]) -> None:
        """As the runbook has it: both, elsewhere, the new one alone."""
        old = self.value(name)
        self.write(name, new, old)
        await self.more()
        elsewhere()
        await self.more()
        self.write(name, new)
        await self.more()


@pytest.fixture
async def replacing(
    platform: Platform, prefix: str, prepared: Prepared, tmp_path: Path
) -> AsyncIterator[Replacing]:
    urls = platform.database(NAME, prefix, migrate=False)
    toy.make_tables(urls.owner)
    process = prepared(NAME, module=MODULE)
    own = without_secrets(process.environment, SECRETS, tmp_path / "of", told_by=SECRETS_DIR)
    process.environment = own
    yield Replacing(process, tmp_path / "of")
    process.stop()


@pytest.mark.rule("REF-22g")
async def test_the_secrets_of_a_process_are_replaced_under_traffic_without_a_failed_request(
    platform: Platform, prefix: str, replacing: Replacing
) -> None:
    with _roles(platform, prefix) as alter, _kafka_user(platform, prefix) as (user, set_password):
        for role in ("api", "worker"):
            name = f"database_{role}_url"
            replacing.write(name, alter(role, "first"))
        set_password("first")
        replacing.write("kafka_password", "first")
        replacing.process.extra["KVITT_KAFKA_USERNAME"] = user
        await replacing.process.started()
        async with _traffic(replacing):
            for role in ("api", "worker"):
                url = alter(role, "second", only_told=True)
                await replacing.replace(
                    f"database_{role}_url",
                    url,
                    elsewhere=lambda role=role: alter(role, "second"),  # type: ignore[misc]
                )
            await replacing.replace(
                "kafka_password", "second", elsewhere=lambda: set_password("second")
            )
            key = Fernet.generate_key().decode()
            old = replacing.value("quarantine_key")
            replacing.write("quarantine_key", key, old)
            await replacing.more()
            log_key = replacing.value("log_key")
            replacing.write("log_key", "7a" * 32, log_key)
            await replacing.more()

        async with replacing.process.admin() as client:
            shown = (await client.get("/admin/secrets")).json()
            verified = await client.post("/admin/log:verify", json={"why": "keys"})
        replacing.process.stop()  # before its users go
    verified.raise_for_status()
    values = {one["name"]: (one["values"], one["fault"]) for one in shown}
    assert values["KVITT_KAFKA_PASSWORD"] == (1, None)
    assert values["KVITT_LOG_KEY"] == (2, None)
    assert values["KVITT_QUARANTINE_KEY"] == (2, None)
    assert all("second" not in str(one) for one in shown)
    assert [one["broken"] for one in verified.json() if one["broken"]] == []


@pytest.mark.rule("REF-22g")
async def test_a_connection_to_kafka_is_opened_by_the_password_that_holds(
    platform: Platform, prefix: str, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    with _kafka_user(platform, f"{prefix}opens-") as (user, set_password):
        set_password("first")
        file.write_text("first")
        settings = Settings(
            **LOCAL
            | {
                "kafka_bootstrap": platform.bootstrap,
                "kafka_username": user,
                "kafka_password": "first",
            }
        )
        kafka = settings.kafka | {
            "sasl_plain_password": Live("KVITT_KAFKA_PASSWORD", "first", file=file)
        }
        publisher = Publisher(kafka, service=NAME)
        cluster = await publisher.cluster_id()
        file.write_text("second\nfirst\n")
        assert await publisher.cluster_id() == cluster
        set_password("second")
        await wait_for(lambda: _opens(kafka, "second"))
        assert await publisher.cluster_id() == cluster
        file.write_text("second\n")
        assert await publisher.cluster_id() == cluster
        file.write_text("first\n")
        with pytest.raises(KafkaError):
            await publisher.cluster_id()


async def _opens(kafka: dict[str, Any], password: str) -> bool:
    """True once the broker has heard of a password: it answers before it applies it."""
    try:
        given = kafka | {"sasl_plain_password": password}
        await Publisher(given, service=NAME).cluster_id()
    except KafkaError:
        return False
    return True


@pytest.mark.rule("REF-22g")
def test_what_an_older_key_sealed_and_hashed_is_opened_and_known(tmp_path: Path) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    file = tmp_path / "key"
    file.write_text(old)
    sealer = Sealer(Live("KEY", old, file=file, check=Fernet))
    sealed, digest = sealer.seal_text("Hej"), sealer.digest(b"the same", length=16)

    file.write_text(f"{new}\n{old}\n")

    assert sealer.unseal_text(sealed) == "Hej"
    again = sealer.digest(b"the same", length=16)
    assert (again, digest) == (digest, again)
    assert sealer.digest(b"another", length=16) != digest
    file.write_text(new)
    assert sealer.digest(b"the same", length=16) != digest


@pytest.mark.rule("REF-22g")
def test_what_is_replaced_before_it_is_used_for_the_first_time_is_used_as_it_is_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    file = tmp_path / "kvitt_quarantine_key"
    file.write_text(old)
    monkeypatch.setenv(SECRETS_DIR, str(tmp_path))
    monkeypatch.delenv("KVITT_QUARANTINE_KEY", raising=False)
    others = {name: value for name, value in LOCAL.items() if name != "quarantine_key"}
    settings = Settings(**others)

    file.write_text(f"{new}\n{old}\n")

    live = settings.live("quarantine_key", check=Fernet)
    assert live.values() == (new, old)
    file.write_text(new)
    assert live.values() == (new,)


@pytest.mark.rule("REF-22g")
def test_a_file_that_is_wrong_changes_nothing_and_is_told(tmp_path: Path) -> None:
    key = Fernet.generate_key().decode()
    file = tmp_path / "key"
    file.write_text(key)
    live = Live("KVITT_SOME_KEY", key, file=file, check=Fernet)

    file.write_text("not a key")

    assert live.values() == (key,)
    (said,) = [one for one in told() if one.name == "KVITT_SOME_KEY"]
    assert (said.values, said.fault) == (1, "ValueError")
    file.write_text(f"{key}\n")
    assert (live.values(), live.fault) == ((key,), None)


@pytest.mark.rule("REF-22g")
def test_a_new_log_key_seals_and_the_older_one_verifies(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("5e" * 32)
    keys = LiveKeys(Live("KVITT_LOG_KEY", "5e" * 32, file=file), service=NAME)
    before = keys.now().newest

    file.write_text(f"{'6f' * 32}\n{'5e' * 32}\n")

    assert keys.now().newest != before
    assert keys.now().knows(before)


@pytest.mark.rule("REF-22g")
async def test_the_next_connection_is_shown_the_new_certificate(tmp_path: Path) -> None:
    cert, key = _a_certificate(tmp_path)
    first = cert.read_bytes()
    settings = Settings(**LOCAL | {"tls_cert_file": cert, "tls_key_file": key})
    app = FastAPI()
    app.get("/health/live")(lambda: "ok")
    server = _server(app, settings, "127.0.0.1", 0)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 uvicorn says it by no event
        await asyncio.sleep(0)
    assert server.config.ssl is not None
    shown = Certificates(cert, key, lambda: [server.config.ssl])  # type: ignore[list-item]
    address = f"https://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/health/live"
    (tmp_path / "first.pem").write_bytes(first)
    trusts_first = ssl.create_default_context(cafile=str(tmp_path / "first.pem"))
    async with httpx.AsyncClient(verify=trusts_first) as open_connection:
        await open_connection.get(address)
        old_key = key.read_bytes()
        _a_certificate(tmp_path)
        new_key = key.read_bytes()
        key.write_bytes(old_key)
        assert not shown.look()  # they do not suit each other yet
        async with httpx.AsyncClient(verify=trusts_first) as client:
            assert (await client.get(address)).status_code == 200
        key.write_bytes(new_key)
        assert shown.look()
        assert (await open_connection.get(address)).status_code == 200
    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=str(cert))) as client:
        assert (await client.get(address)).status_code == 200
    server.should_exit = True
    await task


@asynccontextmanager
async def _traffic(replacing: Replacing) -> AsyncIterator[None]:
    """Letters are posted, one after the other, by several at once; a refused one fails the test."""
    is_over = asyncio.Event()

    async def post() -> None:
        async with replacing.process.http() as client:
            while not is_over.is_set():
                body = {"reader": "k082lno", "about": str(uuid4())}
                answer = await client.post("/letters", json=body)
                assert answer.is_success, answer.text
                replacing.answered += 1
                await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(post())
        try:
            yield
        finally:
            is_over.set()


@contextmanager
def _roles(platform: Platform, prefix: str) -> Iterator[Any]:
    """`alter("api", "password")`: a role of this test's own gets it; answers its address."""
    admin_url = platform._await_databases().admin_url
    at = urlsplit(admin_url)

    def alter(role: str, password: str, *, only_told: bool = False) -> str:
        name = f"{prefix.replace('-', '_')}{role}"
        if not only_told:
            _execute(admin_url, "ALTER ROLE {} PASSWORD {}", name, password)
        return (
            f"postgresql+asyncpg://{name}:{quote(password)}@{at.hostname}:{at.port}/{prefix}{NAME}"
        )

    names = {role: f"{prefix.replace('-', '_')}{role}" for role in ("api", "worker")}
    for role, name in names.items():
        with psycopg.connect(admin_url, autocommit=True) as admin:
            admin.execute(
                sql.SQL("CREATE ROLE {} LOGIN IN ROLE {}").format(
                    sql.Identifier(name), sql.Identifier(f"{NAME}_{role}")
                )
            )
    yield alter
    for name in names.values():
        with psycopg.connect(admin_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (name,)
            )
            admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def _execute(url: str, statement: str, name: str, password: str) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(sql.SQL(statement).format(sql.Identifier(name), sql.Literal(password)))


@contextmanager
def _kafka_user(platform: Platform, prefix: str) -> Iterator[tuple[str, Callable[[str], None]]]:
    """A user of this test's own that may what the service may, and how it gets a password."""
    address = platform._await_kafka()
    if address.admin is None:
        pytest.skip("this broker knows no users")
    admin, user = admin_client(address.bootstrap, address.admin), f"{prefix}user"

    def set_password(password: str) -> None:
        access.create_users(admin, [Credentials(user, password)])

    set_password("none yet")
    mine = [
        AclBinding(
            one.restype,
            one.name,
            one.resource_pattern_type,
            f"User:{user}",
            one.host,
            one.operation,
            one.permission_type,
        )
        for one in access.permissions(catalogue(["ac", "bd"]), prefix=prefix)
        if one.principal == f"User:{NAME}"
    ]
    access.grant(admin, mine)
    yield user, set_password
