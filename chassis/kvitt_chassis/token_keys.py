"""Where the public keys of an issuer of tokens come from: a file, or an address (JWKS)."""

import asyncio
import hashlib
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import jwt

from kvitt_chassis.secret_files import stamp_of
from kvitt_chassis.trust import trusted

_KEYS_LIVE_SECONDS = 3600.0
_RELOAD_PAUSE_SECONDS = 10.0
_RETRY_PAUSE_SECONDS = 1.0


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
        self._changed: tuple[int, ...] = ()
        self._keys: list[jwt.PyJWK] = []

    async def key(self, key_id: str | None) -> jwt.PyJWK | None:
        """See KeySource. Raises OSError when the file is missing."""
        self._path.stat()
        changed = stamp_of(self._path)
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
        self._failed = float("-inf")
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
            # of those who have waited for one that failed, each would else wait for its own
            if not self._keys and time.monotonic() - self._failed < _RETRY_PAUSE_SECONDS:
                raise KeysUnavailable("they were asked for just now")
            if time.monotonic() - self._fetched >= _RELOAD_PAUSE_SECONDS:
                await self._fetch()
        return _choose(self._keys, key_id)

    async def _fetch(self) -> None:
        import httpx  # 5 MiB, of use to a process whose issuer has an address alone

        try:
            async with httpx.AsyncClient(timeout=5.0, verify=trusted()) as client:
                answer = await client.get(self._url)
                answer.raise_for_status()
                self._keys = _parse(answer.json())
        except httpx.HTTPError as error:
            if not self._keys:  # old keys serve until the issuer answers again
                self._failed = time.monotonic()
                raise KeysUnavailable(type(error).__name__) from error
        except (ValueError, jwt.PyJWTError) as error:
            if not self._keys:
                self._failed = time.monotonic()
                raise KeysUnavailable(type(error).__name__) from error
        self._fetched = time.monotonic()


def _parse(document: Any) -> list[jwt.PyJWK]:
    if not isinstance(document, dict):
        raise ValueError("this is no set of keys")
    return list(jwt.PyJWKSet.from_dict(document).keys)


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """The name that a key has by what it is (RFC 7638): who signs needs to be told no other."""
    named = {name: jwk[name] for name in sorted(_WHAT_IT_IS[jwk["kty"]])}
    text = json.dumps(named, separators=(",", ":"))
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def _choose(keys: list[jwt.PyJWK], key_id: str | None) -> jwt.PyJWK | None:
    if key_id is None:
        return keys[0] if len(keys) == 1 else None
    named = (key for key in keys if key.key_id == key_id)
    return next(named, None) or next((key for key in keys if _is_named(key, key_id)), None)


def _is_named(key: jwt.PyJWK, key_id: str) -> bool:
    try:
        return thumbprint(key._jwk_data) == key_id
    except KeyError:  # of a kind that nobody signs with here
        return False


_WHAT_IT_IS: Final[Mapping[str, tuple[str, ...]]] = {
    "EC": ("crv", "kty", "x", "y"),
    "OKP": ("crv", "kty", "x"),
    "RSA": ("e", "kty", "n"),
}
