"""Every credential that is wrong, by its name. What it is answered stands in matrix.py."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from kvitt.local.tokens import AUDIENCE, ISSUER
from kvitt_contracts.access import Grantee

from tests.attack.setting import INACTIVE, OURS, PRESCRIBER, WITHOUT_ROLE, Attacked

_LONG = 24 * 1024
_TOO_LONG = 64 * 1024


def strangers(world: Attacked) -> Iterator[tuple[str, str | None]]:
    """Headers (`Authorization`) by which nobody is known: each is 401 on every route. None: without
    the header.
    """
    key = _private_key(world)
    other = ec.generate_private_key(ec.SECP256R1())
    yield "none", None
    yield "empty", ""
    yield "no token", "Bearer "
    yield "garbage", "Bearer inte.en.token"
    yield "bytes", "Bearer \xff\xfe\x80"
    yield "other scheme", "Basic YWM6YWM="
    yield "a right token by another scheme", f"Token {_signed(key)}"
    past = datetime.now(UTC) - timedelta(days=1)
    yield "expired", f"Bearer {_signed(key, iat=past, exp=past + timedelta(hours=1))}"
    ahead = datetime.now(UTC) + timedelta(hours=1)
    yield "of the future", f"Bearer {_signed(key, iat=ahead, exp=ahead + timedelta(hours=1))}"
    not_before = {"nbf": ahead, "exp": ahead + timedelta(hours=1)}
    yield "not before", f"Bearer {_signed(key, **not_before)}"
    yield "lives too long", f"Bearer {_signed(key, exp=ahead + timedelta(days=400))}"
    yield "for ever", f"Bearer {_signed(key, exp=1e300)}"
    yield "foreign issuer", f"Bearer {_signed(other, iss='https://elak.example')}"
    yield "another's key", f"Bearer {_signed(other)}"
    yield "another's key, in its head", f"Bearer {_signed(other, head=_with_key(other))}"
    yield "other audience", f"Bearer {_signed(key, aud='kvitt-orders')}"
    yield "no audience", f"Bearer {_signed(key, aud=None)}"
    yield "other region", f"Bearer {_signed(key, region='xx')}"
    yield "no region", f"Bearer {_signed(key, region=None)}"
    yield "regions", f"Bearer {_signed(key, region=['ac', 'bd'])}"
    yield "no user", f"Bearer {_signed(key, sub=None)}"
    yield "unknown kid", f"Bearer {_signed(key, head={'kid': '../../etc/passwd'})}"
    yield "alg none", f"Bearer {_unsigned()}"
    yield "HS256 with the public key", f"Bearer {_by_public_key(world)}"
    yield "cut", f"Bearer {_signed(key)[:-8]}"
    yield "altered", f"Bearer {_altered(_signed(key))}"
    yield "long", f"Bearer {'a' * _LONG}"
    notifications = _key_of(world.system.tokens.of_service("notifications").key_file)
    told = {"iss": "kvitt-notifications", "aud": "kvitt-orders", "roles": [Grantee.SERVICE]}
    yield (
        "a service's, for another",
        f"Bearer {_signed(notifications, **{**told, 'aud': AUDIENCE})}",
    )


def too_long() -> str:
    """A header that is longer than a head may be: 400, and the connection is closed."""
    return f"Bearer {'a' * _TOO_LONG}"


def unauthorized(world: Attacked) -> Iterator[tuple[str, str]]:
    """Right tokens of those who may do nothing that users do: 403 on every route of a service."""
    yield "without a role", f"Bearer {world.token(WITHOUT_ROLE)}"
    yield "inactive", f"Bearer {world.token(INACTIVE)}"
    yield "unknown", f"Bearer {world.token('finns-ej')}"
    yield (
        "says its own role",
        f"Bearer {world.token('finns-ej', roles=('customer_service', 'Ops'))}",
    )
    yield "of another region", f"Bearer {world.token(PRESCRIBER + '-ac', region='bd')}"


def _signed(key: ec.EllipticCurvePrivateKey, *, head: Any = None, **changed: Any) -> str:
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": PRESCRIBER,
        "region": OURS,
        "roles": [Grantee.REGION_SYSTEM, Grantee.OPS],
        "iat": now,
        "exp": now + timedelta(hours=1),
        **changed,
    }
    told = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(told, key, "ES256", headers={"kid": "local", **(head or {})})


def _unsigned() -> str:
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": PRESCRIBER,
        "region": OURS,
        "iat": now,
        "exp": now + timedelta(hours=1),
    }
    return jwt.encode(claims, "", "none", headers={"kid": "local"})


def _by_public_key(world: Attacked) -> str:
    """Signed with what everybody may read, as if it were a shared secret."""
    import base64
    import hashlib
    import hmac

    public = _private_key(world).public_key()
    pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    now = int(datetime.now(UTC).timestamp())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": PRESCRIBER,
        "region": OURS,
        "iat": now,
        "exp": now + 3600,
    }

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    head = {"alg": "HS256", "typ": "JWT", "kid": "local"}
    signed = f"{part(json.dumps(head).encode())}.{part(json.dumps(claims).encode())}"
    return f"{signed}.{part(hmac.new(pem, signed.encode(), hashlib.sha256).digest())}"


def _with_key(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    return {"jwk": public, "jku": "http://127.0.0.1:9/jwks.json", "kid": "local"}


def _altered(token: str) -> str:
    """Its claims are others than those that were signed."""
    head, _, signature = token.split(".")
    return f"{head}.{_unsigned().split('.')[1]}.{signature}"


def _private_key(world: Attacked) -> ec.EllipticCurvePrivateKey:
    return _key_of(world.system.tokens.key_file)


def _key_of(file: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key
