"""Authentication: bearer tokens (JWT) verified against a JWKS, and who their holder is.

A token's expiry is judged by real time, never by business time.
"""

import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import jwt
from kvitt_contracts.access import IN_TOKENS, Act, Grantee
from kvitt_contracts.types import RegionCode, UserId

from kvitt_chassis.web.problems import Problem, ProblemRaised

AUDIENCE = "kvitt"
LEEWAY_SECONDS = 30

# Asymmetric ones alone: with a shared secret a service could issue tokens itself.
_ALGORITHMS = ["ES256", "ES384", "RS256", "PS256", "EdDSA"]
_CLAIMS = ["exp", "sub", "aud", "region"]
_KEYS_LIVE_SECONDS = 3600.0
_RELOAD_PAUSE_SECONDS = 10.0


WAY_ON = "Be enhetschefen om behörighet."


class Forbidden(ProblemRaised):
    """The caller is known and may not do this (403), by the act's row of the table of access."""

    def __init__(self, act: Act) -> None:
        super().__init__(
            Problem(
                status=403,
                reason=act.reason,
                title="Behörighet saknas",
                detail="Din användare har inte den roll som krävs.",
                rule=act.rule,
                way_on=WAY_ON,
                values={"act": act.name, "needs_one_of": sorted(act.granted)},
            )
        )


class Unauthorized(ProblemRaised):
    """The request has no token, or one that cannot be verified (401)."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(
            Problem(
                status=401,
                reason=reason,
                title="Inloggning krävs",
                detail=detail,
                rule="REF-5",
                way_on="Logga in på nytt och skicka Authorization: Bearer <token>.",
            ),
            headers={"WWW-Authenticate": "Bearer"},
        )


def no_token() -> Unauthorized:
    """The request has no bearer token."""
    return Unauthorized("NO_TOKEN", "Anropet saknar åtkomsttoken.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a token says: an internal user id, never a name, and the region.

    `said` are the grantees that a token alone can name (IN_TOKENS); for a user it is empty: what a
    user may do is in the register.
    """

    user_id: UserId
    region: RegionCode
    said: frozenset[Grantee] = frozenset()


class KeysUnavailable(OSError):
    """The issuer does not give its keys, and none were given before."""


class KeySource(Protocol):
    """Where the public keys of the token's issuer come from."""

    async def key(self, key_id: str | None) -> jwt.PyJWK | None:
        """The public key with this id; where the token names none, the only key there is."""


class FileKeys:
    """Keys of a JWKS file, which is read again when it has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed = 0.0
        self._keys: list[jwt.PyJWK] = []

    async def key(self, key_id: str | None) -> jwt.PyJWK | None:
        """See KeySource. Raises OSError when the file is missing."""
        changed = self._path.stat().st_mtime
        if changed != self._changed:
            self._keys = _parse(json.loads(self._path.read_text()))
            self._changed = changed
        return _choose(self._keys, key_id)


class UrlKeys:
    """Keys of a JWKS address, cached for an hour; fetched again when a token names a key that is
    not there.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._fetched = float("-inf")
        self._keys: list[jwt.PyJWK] = []
        self._fetching = asyncio.Lock()

    async def key(self, key_id: str | None) -> jwt.PyJWK | None:
        """See KeySource. Raises KeysUnavailable when nothing was ever fetched."""
        found = _choose(self._keys, key_id)
        age = time.monotonic() - self._fetched
        # A stranger's made-up key id must not turn every request into a fetch.
        if (found and age < _KEYS_LIVE_SECONDS) or (self._keys and age < _RELOAD_PAUSE_SECONDS):
            return found
        async with self._fetching:
            if time.monotonic() - self._fetched >= _RELOAD_PAUSE_SECONDS:
                await self._fetch()
        return _choose(self._keys, key_id)

    async def _fetch(self) -> None:
        import httpx  # 5 MiB, of use to a process whose issuer has an address alone

        try:
            async with httpx.AsyncClient(timeout=5.0) as client:
                answer = await client.get(self._url)
                answer.raise_for_status()
                self._keys = _parse(answer.json())
        except httpx.HTTPError as error:
            if not self._keys:  # old keys serve until the issuer answers again
                raise KeysUnavailable(type(error).__name__) from error
        except (ValueError, jwt.PyJWTError):
            if not self._keys:
                raise
        self._fetched = time.monotonic()


class Authenticator:
    """Turns a bearer token into an Identity."""

    def __init__(self, keys: KeySource, *, audience: str = AUDIENCE) -> None:
        self._keys = keys
        self._audience = audience

    @classmethod
    def of(cls, *, jwks_file: Path | None, jwks_url: str | None) -> "Authenticator":
        """An authenticator with keys of a file or of an address. Raises ValueError when neither or
        both are given.
        """
        if jwks_file is not None and not jwks_url:
            return cls(FileKeys(jwks_file))
        if jwks_url and jwks_file is None:
            return cls(UrlKeys(jwks_url))
        raise ValueError("give either KVITT_JWKS_FILE or KVITT_JWKS_URL")

    async def identity(self, authorization: str | None) -> Identity:
        """Who an `Authorization` header authenticates. Raises Unauthorized (401)."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise no_token()
        try:
            key = await self._keys.key(jwt.get_unverified_header(token).get("kid"))
            if key is None:
                raise Unauthorized("UNKNOWN_KEY", "Åtkomsttoken är signerad med en okänd nyckel.")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                audience=self._audience,
                leeway=LEEWAY_SECONDS,
                options={"require": _CLAIMS},
            )
            return _identity(claims)
        except jwt.ExpiredSignatureError:
            raise Unauthorized("TOKEN_EXPIRED", "Åtkomsttoken har gått ut.") from None
        except (jwt.PyJWTError, ValueError, TypeError):
            raise Unauthorized("INVALID_TOKEN", "Åtkomsttoken går inte att godta.") from None


def _identity(claims: dict[str, Any]) -> Identity:
    known = {grantee.value for grantee in IN_TOKENS}
    return Identity(
        user_id=UserId(str(claims["sub"])),
        region=RegionCode(str(claims["region"])),
        # an issuer may know roles that we do not: they open nothing here
        said=frozenset(Grantee(one) for one in claims.get("roles", ()) if one in known),
    )


def _parse(document: dict[str, Any]) -> list[jwt.PyJWK]:
    return list(jwt.PyJWKSet.from_dict(document).keys)


def _choose(keys: list[jwt.PyJWK], key_id: str | None) -> jwt.PyJWK | None:
    if key_id is None:
        return keys[0] if len(keys) == 1 else None
    return next((key for key in keys if key.key_id == key_id), None)
