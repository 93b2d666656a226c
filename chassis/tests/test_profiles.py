"""The local profile cannot be mistaken for earnest, nor the other be talked to in plain text."""

import asyncio
import datetime as dt
import ipaddress
import json
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fastapi import FastAPI
from kvitt_chassis.issuers import read_issuers
from kvitt_chassis.operating.process import _server
from kvitt_chassis.profiles import Profile
from kvitt_chassis.settings import Settings
from pydantic import ValidationError

LOCAL: dict[str, Any] = {
    "profile": "local",
    "service": "bmb",
    "database_api_url": "postgresql+asyncpg://bmb_api:hemligt@127.0.0.1:5432/bmb",
    "database_worker_url": "postgresql+asyncpg://bmb_worker:hemligt@127.0.0.1:5432/bmb",
    "kafka_bootstrap": "127.0.0.1:9092",
    "kafka_username": "bmb",
    "kafka_password": "hemligt",
    "regions_dir": "regions",
    "issuers": "issuers.json",
    "quarantine_key": "hemligt",
    "log_key": "5e" * 32,
    "moves_clock": True,
}
PRODUCTION: dict[str, Any] = {
    **LOCAL,
    "profile": "production",
    "database_api_url": "postgresql+asyncpg://a:hemligt@db.region.example/bmb?ssl=verify-full",
    "database_worker_url": "postgresql+asyncpg://b:hemligt@db.region.example/bmb?ssl=verify-full",
    "kafka_bootstrap": "kafka.region.example:9093",
    "kafka_security": "SASL_SSL",
    "moves_clock": False,
}


def test_each_profile_takes_what_is_its_own() -> None:
    assert Settings(**LOCAL).profile is Profile.LOCAL
    assert Settings(**PRODUCTION).profile is Profile.PRODUCTION


def test_who_says_no_profile_is_not_taken_for_local() -> None:
    with pytest.raises(ValidationError, match="local profile alone"):
        Settings(**{name: value for name, value in LOCAL.items() if name != "profile"})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"http_host": "0.0.0.0"}, "KVITT_HTTP_HOST is this machine's own"),
        ({"admin_host": "10.1.2.3"}, "KVITT_ADMIN_HOST is this machine's own"),
        ({"http_host": "::"}, "KVITT_HTTP_HOST is this machine's own"),
        (
            {"database_api_url": "postgresql+asyncpg://a:hemligt@db.region.example/bmb"},
            "KVITT_DATABASE_API_URL is a server on this machine",
        ),
        (
            {"database_worker_url": "postgresql+asyncpg:///bmb?host=db.region.example"},
            "KVITT_DATABASE_WORKER_URL is a server on this machine",
        ),
        ({"kafka_bootstrap": "127.0.0.1:9092,kafka.region.example:9092"}, "KVITT_KAFKA_BOOTSTRAP"),
        ({"profile": "production"}, "KVITT_KAFKA_SECURITY is to be SASL_SSL"),
    ],
)
def test_the_local_profile_does_not_start_in_earnest(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason) as refused:
        Settings(**LOCAL | changes)

    assert "hemligt" not in refused.value.errors(include_input=False)[0]["msg"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kafka_security": "SASL_PLAINTEXT"}, "KVITT_KAFKA_SECURITY is to be SASL_SSL"),
        ({"kafka_security": "PLAINTEXT"}, "KVITT_KAFKA_SECURITY is to be SASL_SSL"),
        ({"kafka_password": None}, "KVITT_KAFKA_PASSWORD"),
        (
            {"database_api_url": "postgresql+asyncpg://a:b@db.region.example/bmb"},
            "KVITT_DATABASE_API_URL is on another machine",
        ),
        (
            {"database_api_url": "postgresql+asyncpg://a:b@db.region.example/bmb?ssl=require"},
            "ssl=verify-full",
        ),
        ({"http_host": "0.0.0.0"}, "KVITT_TLS_BY_PROXY=1"),
        ({"admin_host": "0.0.0.0"}, "KVITT_TLS_CERT_FILE"),
        ({"tls_cert_file": "cert.pem"}, "go together"),
        ({"moves_clock": True}, "KVITT_MOVES_CLOCK is for the local profile alone"),
        ({"failpoints": "x=kill"}, "KVITT_FAILPOINTS is for the local profile alone"),
        ({"otlp_endpoint": "http://otel.region.example:4318"}, "KVITT_OTLP_ENDPOINT"),
    ],
)
def test_in_earnest_nothing_is_said_in_plain_text(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Settings(**PRODUCTION | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"http_host": "0.0.0.0", "tls_by_proxy": True},
        {"http_host": "0.0.0.0", "tls_cert_file": "cert.pem", "tls_key_file": "key.pem"},
        {"otlp_endpoint": "https://otel.region.example"},
        {"otlp_endpoint": "http://127.0.0.1:4318"},
    ],
)
def test_in_earnest_it_is_reached_by_tls_or_behind_a_proxy(changes: dict[str, Any]) -> None:
    assert Settings(**PRODUCTION | changes).profile is Profile.PRODUCTION


def test_a_secret_may_be_a_file_and_what_the_environment_says_goes_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kvitt_kafka_password").write_text("ur en fil\n")
    (tmp_path / "kvitt_quarantine_key").write_text("ur en fil\n")
    monkeypatch.setenv("KVITT_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("KVITT_QUARANTINE_KEY", "ur omgivningen")
    told = ("kafka_password", "quarantine_key")

    settings = Settings(**{name: value for name, value in LOCAL.items() if name not in told})

    assert settings.kafka_password is not None
    assert settings.kafka_password.get_secret_value() == "ur en fil"
    assert settings.quarantine_key.get_secret_value() == "ur omgivningen"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"jwks_url": "http://login.region.example/jwks"}, "is to be https"),
        ({"issuer": "kvitt-local", "jwks_file": "jwks.json"}, "local profile alone"),
    ],
)
def test_in_earnest_no_issuer_is_believed_whose_keys_anybody_may_give(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    issuer = {
        "issuer": "https://login.region.example",
        "regions": ["ac"],
        "longest_life_seconds": 3600,
    }
    file = tmp_path / "issuers.json"
    file.write_text(json.dumps([issuer | changes]))

    assert read_issuers(file, Profile.LOCAL)
    with pytest.raises(ValueError, match=reason):
        read_issuers(file, Profile.PRODUCTION)


async def test_it_serves_tls_where_it_has_a_certificate(tmp_path: Path) -> None:
    cert, key = _a_certificate(tmp_path)
    settings = Settings(**LOCAL | {"tls_cert_file": cert, "tls_key_file": key})
    app = FastAPI()
    app.get("/health/live")(lambda: "ok")
    server = _server(app, settings, "127.0.0.1", 0)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 uvicorn says it by no event
        await asyncio.sleep(0)
    port = server.servers[0].sockets[0].getsockname()[1]

    trusted = ssl.create_default_context(cafile=str(cert))
    async with httpx.AsyncClient(verify=trusted) as client:
        answer = await client.get(f"https://127.0.0.1:{port}/health/live")
        with pytest.raises(httpx.HTTPError):
            await client.get(f"http://127.0.0.1:{port}/health/live")
    server.should_exit = True
    await task

    assert answer.json() == "ok"


def _a_certificate(directory: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kvitt")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    cert, private = directory / "cert.pem", directory / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert, private
