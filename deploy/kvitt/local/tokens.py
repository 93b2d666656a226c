"""Bearer tokens of the local profile: its own key pair, the public half as a JWKS file,
and what its issuer may say. Never for production.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from kvitt_chassis.private_files import write_private
from kvitt_chassis.profiles import LOCAL_ISSUER
from kvitt_contracts.access import IN_TOKENS, Grantee

from kvitt.local.private import make_directory
from kvitt.local.state import State

ISSUER = LOCAL_ISSUER
AUDIENCE = "kvitt"
LIFETIME = timedelta(hours=12)

ASKED_BY = {"orders": ("notifications",)}
"""Which of our services ask which."""
_SERVICE_LIFETIME = timedelta(minutes=5)

_ALGORITHM = "ES256"
_KEY_ID = "local"


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """Issues tokens with the key pair in `directory`, created at the first use."""

    directory: Path

    @property
    def jwks_file(self) -> Path:
        """The public keys; written when the file is missing."""
        file = self.directory / "jwks.json"
        if not file.exists():
            self._private_key()
            public = json.loads(ECAlgorithm.to_jwk(self._private_key().public_key()))
            key = {**public, "kid": _KEY_ID, "alg": _ALGORITHM, "use": "sig"}
            write_private(file, json.dumps({"keys": [key]}, indent=2))
        return file

    def issuers_file(self, regions: Iterable[str]) -> Path:
        """The one issuer of these regions' tokens, for KVITT_ISSUERS; written anew each time."""
        issuer = {
            "issuer": ISSUER,
            "jwks_file": self.jwks_file.name,
            "regions": sorted(regions),
            "may_say": sorted(IN_TOKENS - {Grantee.SERVICE}),
            "longest_life_seconds": int(LIFETIME.total_seconds()),
        }
        return _written(self._issuers, [issuer])

    # decision 0461: orders alone believes what notifications says
    def issuers_file_of(self, service: str, regions: Iterable[str]) -> Path:
        """Whom a service believes: this issuer and, where others of our services ask it, them."""
        file = self.issuers_file(regions)
        asked_by = ASKED_BY.get(service, ())
        if not asked_by:
            return file
        issuers = json.loads(file.read_text()) + [
            {
                "issuer": f"kvitt-{asker}",
                "jwks_file": str(self.of_service(asker).jwks_file.relative_to(self.directory)),
                "regions": sorted(regions),
                "may_say": [Grantee.SERVICE],
                "audience": f"kvitt-{service}",
                "longest_life_seconds": int(_SERVICE_LIFETIME.total_seconds()),
            }
            for asker in asked_by
        ]
        return _written(self.directory / f"issuers-{service}.json", issuers)

    def of_service(self, service: str) -> "TokenIssuer":
        """The key pair that a service signs what it asks others with."""
        return TokenIssuer(self.directory / f"keys-{service}")

    def issue(
        self,
        user: str,
        *,
        region: str,
        roles: Sequence[str] = (),
        lifetime: timedelta = LIFETIME,
        now: datetime | None = None,
    ) -> str:
        """A token for `user` of `region`, who is what the register of users says; or for a system
        or an operator, where `roles` says so. It expires by real time, not by business time.
        """
        issued_at = now or datetime.now(UTC)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": user,
            "region": region,
            "roles": list(roles),
            "iat": issued_at,
            "exp": issued_at + lifetime,
        }
        return jwt.encode(claims, self._private_key(), _ALGORITHM, headers={"kid": _KEY_ID})

    def issue_to_operator(self, user: str) -> str:
        """A token for who operates all regions of the system that was started here: of any region
        that its services believe. Raises OSError where none was.
        """
        (ours,) = json.loads(self._issuers.read_text())
        return self.issue(user, region=ours["regions"][0], roles=(Grantee.PLATFORM,))

    @property
    def _issuers(self) -> Path:
        return self.directory / "issuers.json"

    @property
    def key_file(self) -> Path:
        """The private key; written when the file is missing."""
        self._private_key()
        return self._key_file

    @property
    def _key_file(self) -> Path:
        return self.directory / "token-key.pem"

    def _private_key(self) -> ec.EllipticCurvePrivateKey:
        file = self._key_file
        if not file.exists():
            made = ec.generate_private_key(ec.SECP256R1())
            pem = made.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            make_directory(self.directory)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(pem)
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key


def _written(file: Path, issuers: Sequence[object]) -> Path:
    write_private(file, json.dumps(issuers, indent=2))
    return file.resolve()


def quarantine_key(secret: str) -> str:
    """The Fernet key that parked messages are encrypted with, from the state's secret."""
    return base64.urlsafe_b64encode(_derive(secret, "quarantine")).decode()


def portal_key(secret: str) -> str:
    """The Fernet key that the portal's sessions are sealed with, from the state's secret."""
    return base64.urlsafe_b64encode(_derive(secret, "portal")).decode()


def person_key(secret: str) -> str:
    """The key of the people module's look-up index, as hex, from the state's secret."""
    return _derive(secret, "persons").hex()


def person_keys_file(state: State) -> Path:
    """The file of the key that persons' keys are wrapped by: made once, then the operator's own."""
    file = state.directory / "person-keys.json"
    if not file.exists():
        write_private(file, json.dumps({"1": _derive(state.secret, "persons' keys").hex()}))
    return file


def log_key(secret: str) -> str:
    """The key that chains the services' logs, as hex, from the state's secret."""
    return _derive(secret, "logs").hex()


def _derive(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()
