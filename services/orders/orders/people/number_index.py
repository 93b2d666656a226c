"""The look-up index of the vault: a keyed hash of {identity domain, number}, never a number."""

import hashlib
import hmac
from functools import lru_cache

from kvitt_chassis.settings import FromFiles
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.types import RegionCode
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict


class PersonKey(FromFiles):
    """KVITT_PERSON_KEY: at least 32 bytes in hex. Only orders has it."""

    model_config = SettingsConfigDict(env_prefix="KVITT_")

    person_key: SecretStr

    def as_bytes(self) -> bytes:
        """The key. Raises ValueError when it is no hex or too short."""
        key = bytes.fromhex(self.person_key.get_secret_value())
        if len(key) < 32:
            raise ValueError("KVITT_PERSON_KEY must hold at least 32 bytes in hex")
        return key


def index_of(identity: Identity, *, region: RegionCode, key: bytes | None = None) -> bytes:
    """Returns 32 bytes under which a number is found again; without the key they reveal nothing.

    A reserve number is unique within its region alone, so the region is part of its domain. `key`
    is for tests; by default the configured one (`person_key`) is used.
    """
    domain = f"{identity.kind}/{region}" if identity.kind == "reserve_number" else "national"
    return hmac.digest(key or person_key(), f"{domain}/{identity.number}".encode(), hashlib.sha256)


@lru_cache(maxsize=1)
def person_key() -> bytes:
    """The configured key, read once. Raises pydantic's ValidationError when it is missing."""
    return PersonKey().as_bytes()
