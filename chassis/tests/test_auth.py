"""Bearer tokens: what holds and what does not."""

import json
import os
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm
from kvitt_chassis.auth import Authenticator, Forbidden, Unauthorized
from kvitt_contracts.types import Role

KEY = ec.generate_private_key(ec.SECP256R1())
CLAIMS = {
    "sub": "k082lno",
    "aud": "kvitt",
    "region": "ac",
    "roles": ["prescriber", "something_new"],
    "service_points": ["40210"],
}


def a_jwks(*names: str, key: ec.EllipticCurvePrivateKey = KEY) -> str:
    public = json.loads(ECAlgorithm.to_jwk(key.public_key()))
    return json.dumps({"keys": [{**public, "kid": name, "alg": "ES256"} for name in names]})


def a_token(*, key: Any = KEY, algorithm: str = "ES256", kid: str = "one", **changed: Any) -> str:
    claims = {**CLAIMS, "exp": datetime.now(UTC) + timedelta(hours=1), **changed}
    kept = {name: value for name, value in claims.items() if value is not None}
    return "Bearer " + jwt.encode(kept, key, algorithm, headers={"kid": kid})


@pytest.fixture
def authenticator(tmp_path: Path) -> Authenticator:
    file = tmp_path / "jwks.json"
    file.write_text(a_jwks("one"))
    return Authenticator.of(jwks_file=file, jwks_url=None)


async def test_a_token_says_who_where_and_what(authenticator: Authenticator) -> None:
    caller = await authenticator.caller(a_token())

    assert (caller.user_id, caller.region) == ("k082lno", "ac")
    assert caller.roles == {Role.PRESCRIBER}  # a role that we do not know opens nothing
    assert caller.service_points == {"40210"}


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "NO_TOKEN"),
        ("Basic abc", "NO_TOKEN"),
        ("Bearer ", "NO_TOKEN"),
        ("Bearer no.token.here", "INVALID_TOKEN"),
        (a_token(aud="other"), "INVALID_TOKEN"),
        (a_token(exp=datetime.now(UTC) - timedelta(minutes=5)), "TOKEN_EXPIRED"),
        (a_token(exp=None), "INVALID_TOKEN"),
        (a_token(region=None), "INVALID_TOKEN"),
        (a_token(region="Umeå"), "INVALID_TOKEN"),
        (a_token(sub="Anna Andersson"), "INVALID_TOKEN"),
        (a_token(kid="two"), "UNKNOWN_KEY"),
        (a_token(key=ec.generate_private_key(ec.SECP256R1())), "INVALID_TOKEN"),
        (a_token(key="x" * 64, algorithm="HS256"), "INVALID_TOKEN"),
        (
            a_token(key=rsa.generate_private_key(65537, 2048), algorithm="RS256"),
            "INVALID_TOKEN",
        ),
    ],
)
async def test_what_does_not_hold_is_refused(
    authenticator: Authenticator, header: str | None, reason: str
) -> None:
    with pytest.raises(Unauthorized) as refused:
        await authenticator.caller(header)

    assert refused.value.problem.reason == reason
    assert refused.value.problem.status == 401


async def test_a_token_without_signature_is_refused(authenticator: Authenticator) -> None:
    claims = {**CLAIMS, "exp": datetime.now(UTC) + timedelta(hours=1)}
    token = jwt.encode(claims, "", "none", headers={"kid": "one"})

    with pytest.raises(Unauthorized):
        await authenticator.caller(f"Bearer {token}")


async def test_a_caller_without_the_role_is_refused(authenticator: Authenticator) -> None:
    caller = await authenticator.caller(a_token())

    caller.must_have(Role.PRESCRIBER, Role.OPS)
    with pytest.raises(Forbidden) as refused:
        caller.must_have(Role.OPS)

    assert refused.value.problem.status == 403
    assert refused.value.problem.values == {"needs_one_of": ["ops"]}


async def test_a_changed_key_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(a_jwks("old"))
    authenticator = Authenticator.of(jwks_file=file, jwks_url=None)
    await authenticator.caller(a_token(kid="old"))

    file.write_text(a_jwks("new"))
    os.utime(file, (1, 1))

    assert (await authenticator.caller(a_token(kid="new"))).user_id == "k082lno"
    with pytest.raises(Unauthorized):
        await authenticator.caller(a_token(kid="old"))


async def test_keys_come_from_an_address_and_strangers_cause_no_fetches() -> None:
    fetches = []

    class Jwks(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fetches.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(a_jwks("one").encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Jwks)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/jwks"
        authenticator = Authenticator.of(jwks_file=None, jwks_url=address)
        assert (await authenticator.caller(a_token())).region == "ac"
        for _ in range(5):
            with pytest.raises(Unauthorized):
                await authenticator.caller(a_token(kid="made-up"))
    finally:
        server.shutdown()
        server.server_close()

    assert fetches == ["/jwks"]


def test_one_source_of_keys_is_given() -> None:
    with pytest.raises(ValueError, match="KVITT_JWKS_FILE"):
        Authenticator.of(jwks_file=None, jwks_url=None)
