"""The look-up index of the vault: a keyed hash of {identity domain, number}, never a number; and
the keys, in versions.
"""

import hashlib
import hmac
import json
import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

from kvitt_chassis.private_files import read_private
from kvitt_chassis.secret_files import Replaced, stamp_of
from kvitt_chassis.settings import FromFiles
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.types import RegionCode
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

log = logging.getLogger(__name__)

_SHORTEST: Final = 32
_MOST_VERSIONS: Final = 2
_LAST_VERSION: Final = 32_767


# decision 0520
@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys by version. What is written has the current one; what is looked for may have any."""

    current: int
    by_version: dict[int, bytes]

    def every(self) -> tuple[bytes, ...]:
        """All of them, the current one first."""
        others = [key for version, key in self.by_version.items() if version != self.current]
        return self.by_version[self.current], *others


class PersonKey(FromFiles):
    """KVITT_PERSON_KEY: at least 32 bytes in hex, version 1; or KVITT_PERSON_KEYS_FILE: a file that
    nobody else may read, as `{"current": 2, "keys": {"1": "…", "2": "…"}}`. Only orders has them.
    """

    model_config = SettingsConfigDict(env_prefix="KVITT_")

    person_key: Annotated[SecretStr | None, Replaced.BY_COMMAND] = None
    person_keys_file: Annotated[Path | None, Replaced.BY_COMMAND] = None

    def keys(self) -> Keys:
        """The keys. Raises ValueError, which repeats none of them, where they cannot be used."""
        if self.person_keys_file is not None:
            return _keys_in(self.person_keys_file)
        if self.person_key is None:
            raise ValueError("KVITT_PERSON_KEY or KVITT_PERSON_KEYS_FILE must be set")
        key = _key(self.person_key.get_secret_value(), where="KVITT_PERSON_KEY")
        return Keys(current=1, by_version={1: key})


def index_of(identity: Identity, *, region: RegionCode, key: bytes | None = None) -> bytes:
    """Returns 32 bytes under which a number is found again; without the key they reveal nothing.

    A reserve number is unique within its region alone, so the region is part of its domain. By
    default the current key is used.
    """
    domain = f"{identity.kind}/{region}" if identity.kind == "reserve_number" else "national"
    return hmac.digest(
        key or person_keys().every()[0], f"{domain}/{identity.number}".encode(), hashlib.sha256
    )


def indexes_of(identity: Identity, *, region: RegionCode) -> tuple[bytes, ...]:
    """Under each of these a number may be found, while the index is re-keyed; what is written now
    has the first.
    """
    return tuple(index_of(identity, region=region, key=key) for key in person_keys().every())


# decision 0539: a file is read anew when it has changed, and what it had goes on where it is wrong
def person_keys() -> Keys:
    """The configured keys as they are now. Raises ValueError where there are none that can be
    used.
    """
    file, read = configured_keys()
    if file is None or (stamp := stamp_of(file)) == read.stamp:
        return read.keys
    read.stamp = stamp
    try:
        read.keys = _keys_in(file)
    except (OSError, ValueError) as error:
        log.error("KVITT_PERSON_KEYS_FILE was not read anew: %s", type(error).__name__)
    else:
        log.info("KVITT_PERSON_KEYS_FILE was read anew: version %d", read.keys.current)
    return read.keys


@dataclass(slots=True)
class _Read:
    """The keys, and what stamp their file had when they were read."""

    keys: Keys
    stamp: tuple[int, ...]


@lru_cache(maxsize=1)
def configured_keys() -> tuple[Path | None, _Read]:
    """The file, where there is one; and what it had."""
    configured = PersonKey()
    stamp = stamp_of(configured.person_keys_file)
    return configured.person_keys_file, _Read(configured.keys(), stamp)


def _keys_in(file: Path) -> Keys:
    where = "KVITT_PERSON_KEYS_FILE"
    text = read_private(file)
    try:
        read = json.loads(text)
        current, given = int(read["current"]), dict(read["keys"])
        keys = {int(version): _key(str(key), where=where) for version, key in given.items()}
    except (KeyError, TypeError, json.JSONDecodeError):
        raise ValueError(f'{where} is not like {{"current": 2, "keys": {{"1": "…"}}}}') from None
    if current not in keys or len(keys) > _MOST_VERSIONS:
        raise ValueError(f"{where} must hold its current key, and at most one other")
    if not all(0 < version <= _LAST_VERSION for version in keys):
        raise ValueError(f"{where} must name versions by 1 to {_LAST_VERSION}")
    return Keys(current=current, by_version=keys)


def _key(text: str, *, where: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        raise ValueError(f"{where} must be hex") from None
    if len(key) < _SHORTEST:
        raise ValueError(f"{where} must hold at least {_SHORTEST} bytes in hex")
    return key
