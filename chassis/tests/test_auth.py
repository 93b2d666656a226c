"""Bearer tokens: what holds and what does not."""

import asyncio
import json
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm
from kvitt_chassis.auth import Authenticator, Unauthorized
from kvitt_chassis.issuers import Issuer, read_issuers
from kvitt_chassis.token_keys import KeysUnavailable, thumbprint
from kvitt_contracts.access import Grantee
from kvitt_contracts.types import Word

KEY = ec.generate_private_key(ec.SECP256R1())
CLAIMS = {
    "iss": "login.ac",
    "sub": "k082lno",
    "aud": "kvitt",
    "region": "ac",
    "roles": ["prescriber", "region_system", "something_new"],
    "service_points": ["40210"],
}
ISSUER = {
    "issuer": "login.ac",
    "jwks_file": "jwks.json",
    "regions": ["ac", "bd"],
    "may_say": ["region_system"],
    "longest_life_seconds": 2 * 3600,
}


def a_jwks(*names: str, key: ec.EllipticCurvePrivateKey = KEY) -> str:
    public = json.loads(ECAlgorithm.to_jwk(key.public_key()))
    return json.dumps({"keys": [{**public, "kid": name, "alg": "ES256"} for name in names]})


def a_token(*, key: Any = KEY, algorithm: str = "ES256", kid: str = "one", **changed: Any) -> str:
    """A token of now; a time that is changed is said by how long from now it is."""
    now = datetime.now(UTC)
    changed = {
        name: now + value if isinstance(value, timedelta) else value
        for name, value in changed.items()
    }
    claims = {**CLAIMS, "iat": now, "exp": now + timedelta(hours=1), **changed}
    kept = {name: value for name, value in claims.items() if value is not None}
    return "Bearer " + jwt.encode(kept, key, algorithm, headers={"kid": kid})


def an_issuer(directory: Path, **changed: Any) -> Issuer:
    """The issuer as it is read from the file of issuers."""
    file = directory / "issuers.json"
    file.write_text(json.dumps([{**ISSUER, **changed}]))
    (read,) = read_issuers(file)
    return read


@pytest.fixture
def authenticator(tmp_path: Path) -> Authenticator:
    (tmp_path / "jwks.json").write_text(a_jwks("one"))
    return Authenticator([an_issuer(tmp_path)])


@pytest.mark.rule("REF-18d")
async def test_a_token_says_who_and_where_and_of_a_system_what(
    authenticator: Authenticator,
) -> None:
    said = await authenticator.identity(a_token())

    assert (said.user_id, said.region) == ("k082lno", "ac")
    # neither a user's roles nor one that we do not know: they open nothing
    assert said.said == {Grantee.REGION_SYSTEM}


@pytest.mark.rule("REF-18f")
async def test_an_issuer_says_no_more_than_it_may(tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_text(a_jwks("one"))
    authenticator = Authenticator([an_issuer(tmp_path, may_say=["ops"])])

    said = await authenticator.identity(a_token(roles=["region_system", "platform"]))

    assert said.said == frozenset()


@pytest.mark.rule("REF-16b")
async def test_an_issuer_is_the_way_of_the_employers_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_text(a_jwks("one"))
    everybody = Authenticator([an_issuer(tmp_path)])
    own = Authenticator([an_issuer(tmp_path, employer_kinds=["municipality"])])

    assert (await everybody.identity(a_token())).employer_kinds is None
    assert (await own.identity(a_token())).employer_kinds == frozenset({Word("municipality")})
    with pytest.raises(ValueError, match="employer_kinds"):
        an_issuer(tmp_path, employer_kinds=[])


@pytest.mark.rule("REF-18f")
@pytest.mark.parametrize(
    "roles",
    ["ops", "devops", "no-platform", {"ops": False}, 5, True, [["ops"]], ["OPS"], [{"ops": 1}]],
)
async def test_roles_that_are_no_list_of_names_say_nothing(tmp_path: Path, roles: Any) -> None:
    (tmp_path / "jwks.json").write_text(a_jwks("one"))
    authenticator = Authenticator([an_issuer(tmp_path, may_say=["ops", "platform"])])

    said: frozenset[Grantee] = frozenset()
    with suppress(Unauthorized):
        said = (await authenticator.identity(a_token(roles=roles))).said

    assert said == frozenset()


@pytest.mark.rule("REF-18f")
@pytest.mark.parametrize("claim", [1.5, 12345, True, ["k999xyz"], {"k999xyz": 1}])
async def test_a_user_who_is_no_text_is_nobody(tmp_path: Path, claim: Any) -> None:
    (tmp_path / "jwks.json").write_text(a_jwks("one"))
    authenticator = Authenticator([an_issuer(tmp_path, user_claim="hsaid")])

    with pytest.raises(Unauthorized) as refused:
        await authenticator.identity(a_token(hsaid=claim))

    assert refused.value.problem.reason == "INVALID_TOKEN"


async def test_the_claim_that_is_the_user_is_the_issuers(tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_text(a_jwks("one"))
    authenticator = Authenticator([an_issuer(tmp_path, user_claim="hsaid")])

    said = await authenticator.identity(a_token(hsaid="k999xyz", sub="something else"))

    assert said.user_id == "k999xyz"
    with pytest.raises(Unauthorized):
        await authenticator.identity(a_token())


@pytest.mark.rule("REF-18f")
async def test_an_issuer_is_known_by_its_own_keys_alone(tmp_path: Path) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "jwks.json").write_text(a_jwks("one"))
    (tmp_path / "other.json").write_text(a_jwks("one", key=other))
    mine = an_issuer(tmp_path)
    theirs = an_issuer(tmp_path, issuer="login.w", jwks_file="other.json", regions=["w"])
    authenticator = Authenticator([mine, theirs])

    with pytest.raises(Unauthorized) as refused:
        await authenticator.identity(a_token(key=other))

    assert refused.value.problem.reason == "INVALID_TOKEN"
    assert (
        await authenticator.identity(a_token(key=other, iss="login.w", region="w"))
    ).region == "w"


@pytest.mark.rule("REF-18f")
@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "NO_TOKEN"),
        ("Basic abc", "NO_TOKEN"),
        ("Bearer ", "NO_TOKEN"),
        ("Bearer no.token.here", "INVALID_TOKEN"),
    ],
)
async def test_what_is_no_token_is_refused(
    authenticator: Authenticator, header: str | None, reason: str
) -> None:
    await _is_refused(authenticator, header, reason)


@pytest.mark.rule("REF-18f")
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"aud": "other"}, "INVALID_TOKEN"),
        ({"exp": timedelta(minutes=-5)}, "TOKEN_EXPIRED"),
        ({"exp": None}, "INVALID_TOKEN"),
        ({"iat": None}, "INVALID_TOKEN"),
        ({"iat": timedelta(days=1)}, "INVALID_TOKEN"),
        ({"exp": timedelta(hours=3)}, "TOKEN_LIVES_TOO_LONG"),
        ({"iat": timedelta(hours=-2)}, "TOKEN_LIVES_TOO_LONG"),
        ({"iss": None}, "UNKNOWN_ISSUER"),
        ({"iss": "login.w"}, "UNKNOWN_ISSUER"),
        ({"region": "w"}, "FOREIGN_REGION"),
        ({"region": None}, "INVALID_TOKEN"),
        ({"region": "Umeå"}, "INVALID_TOKEN"),
        ({"region": ["ac"]}, "INVALID_TOKEN"),
        ({"sub": "Anna Andersson"}, "INVALID_TOKEN"),
        ({"exp": float("nan")}, "INVALID_TOKEN"),
        ({"exp": float("inf")}, "INVALID_TOKEN"),
        ({"exp": 10**400}, "INVALID_TOKEN"),
        ({"iat": float("nan")}, "INVALID_TOKEN"),
        ({"iat": float("-inf")}, "INVALID_TOKEN"),
        ({"iat": [1]}, "INVALID_TOKEN"),
        ({"kid": "two"}, "UNKNOWN_KEY"),
        ({"key": ec.generate_private_key(ec.SECP256R1())}, "INVALID_TOKEN"),
        ({"key": "x" * 64, "algorithm": "HS256"}, "INVALID_TOKEN"),
        (
            {"key": rsa.generate_private_key(65537, 2048), "algorithm": "RS256"},
            "INVALID_TOKEN",
        ),
    ],
)
async def test_what_does_not_hold_is_refused(
    authenticator: Authenticator, changed: dict[str, Any], reason: str
) -> None:
    await _is_refused(authenticator, a_token(**changed), reason)


async def _is_refused(authenticator: Authenticator, header: str | None, reason: str) -> None:
    with pytest.raises(Unauthorized) as refused:
        await authenticator.identity(header)

    assert refused.value.problem.reason == reason
    assert refused.value.problem.status == 401


async def test_a_token_without_signature_is_refused(authenticator: Authenticator) -> None:
    claims = {**CLAIMS, "exp": datetime.now(UTC) + timedelta(hours=1)}
    token = jwt.encode(claims, "", "none", headers={"kid": "one"})

    with pytest.raises(Unauthorized):
        await authenticator.identity(f"Bearer {token}")


async def test_a_changed_key_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(a_jwks("old"))
    authenticator = Authenticator([an_issuer(tmp_path)])
    await authenticator.identity(a_token(kid="old"))

    file.write_text(a_jwks("new"))
    os.utime(file, (1, 1))

    assert (await authenticator.identity(a_token(kid="new"))).user_id == "k082lno"
    with pytest.raises(Unauthorized):
        await authenticator.identity(a_token(kid="old"))


async def test_keys_are_rotated_while_both_are_believed(tmp_path: Path) -> None:
    file, new = tmp_path / "jwks.json", ec.generate_private_key(ec.SECP256R1())
    old_keys, new_keys = (json.loads(a_jwks(name, key=key)) for name, key in _rotated(new))
    authenticator = Authenticator([an_issuer(tmp_path)])
    believed = []
    for step, keys in enumerate(
        (old_keys["keys"], old_keys["keys"] + new_keys["keys"], new_keys["keys"])
    ):
        file.write_text(json.dumps({"keys": keys}))
        os.utime(file, (step + 1, step + 1))
        for name, key in _rotated(new):
            try:
                await authenticator.identity(a_token(kid=name, key=key))
                believed.append((step, name))
            except Unauthorized:
                continue

    assert believed == [(0, "old"), (1, "old"), (1, "new"), (2, "new")]


def _rotated(new: ec.EllipticCurvePrivateKey) -> list[tuple[str, ec.EllipticCurvePrivateKey]]:
    return [("old", KEY), ("new", new)]


async def test_keys_come_from_an_address_and_strangers_cause_no_fetches(
    tmp_path: Path,
) -> None:
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
        authenticator = Authenticator([an_issuer(tmp_path, jwks_url=address, jwks_file=None)])
        assert (await authenticator.identity(a_token())).region == "ac"
        for _ in range(5):
            with pytest.raises(Unauthorized):
                await authenticator.identity(a_token(kid="made-up"))
    finally:
        server.shutdown()
        server.server_close()

    assert fetches == ["/jwks"]


@pytest.mark.parametrize("answers", [(500, b""), (200, b"<html>"), (200, b"[]"), (200, b"{}")])
async def test_an_issuer_that_gives_no_keys_is_asked_once_for_all_who_wait(
    tmp_path: Path, answers: tuple[int, bytes]
) -> None:
    fetches = []

    class NoJwks(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fetches.append(self.path)
            self.send_response(answers[0])
            self.end_headers()
            self.wfile.write(answers[1])

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), NoJwks)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/jwks"
        authenticator = Authenticator([an_issuer(tmp_path, jwks_url=address, jwks_file=None)])
        asked = (authenticator.identity(a_token()) for _ in range(8))
        came = await asyncio.gather(*asked, return_exceptions=True)
    finally:
        server.shutdown()
        server.server_close()

    assert [type(one) for one in came] == [KeysUnavailable] * 8
    assert fetches == ["/jwks"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"jwks_url": "https://login"}, "either jwks_url or jwks_file"),
        ({"jwks_file": None}, "either jwks_url or jwks_file"),
        ({"may_say": ["prescriber"]}, "0.may_say.0: Value error, the register of users"),
        ({"regions": []}, "0.regions"),
        ({"regions": ["Umeå"]}, "0.regions"),
        ({"longest_life_seconds": 0}, "0.longest_life_seconds"),
        ({"lifetime": 60}, "0.lifetime"),
    ],
)
def test_an_issuer_that_is_wrongly_described_is_none(
    tmp_path: Path, changed: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValueError, match=f"issuers.json: .*{says}"):
        an_issuer(tmp_path, **changed)


def test_a_list_of_issuers_that_is_no_json_is_named(tmp_path: Path) -> None:
    file = tmp_path / "issuers.json"
    file.write_text("[{]")

    with pytest.raises(ValueError, match=r"issuers\.json: Invalid JSON"):
        read_issuers(file)


def test_an_issuer_stands_once_among_the_issuers(tmp_path: Path) -> None:
    file = tmp_path / "issuers.json"
    file.write_text(json.dumps([ISSUER, ISSUER]))

    with pytest.raises(ValueError, match=r"login\.ac stands there twice"):
        read_issuers(file)


@pytest.mark.rule("REF-22g")
async def test_an_issuers_key_is_replaced_while_tokens_of_both_hold(tmp_path: Path) -> None:
    new = ec.generate_private_key(ec.SECP256R1())
    file = tmp_path / "jwks.json"
    file.write_text(a_jwks("one"))
    authenticator = Authenticator([an_issuer(tmp_path)])
    shown = [json.loads(one)["keys"][0] for one in (a_jwks("one"), a_jwks("two", key=new))]
    by_thumbprint = thumbprint(shown[1])

    await authenticator.identity(a_token())
    file.write_text(json.dumps({"keys": shown}))
    for token in (
        a_token(),
        a_token(key=new, kid="two"),
        a_token(key=new, kid=by_thumbprint),
    ):
        assert (await authenticator.identity(token)).user_id == "k082lno"
    file.write_text(json.dumps({"keys": shown[1:]}))

    await authenticator.identity(a_token(key=new, kid=by_thumbprint))
    with pytest.raises(Unauthorized):
        await authenticator.identity(a_token())
