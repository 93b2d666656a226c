"""Who keeps the key of keys: a file in the local profile, a Vault in earnest. No table."""

import base64
import json
import ssl
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Protocol
from urllib.parse import urlsplit

from kvitt_chassis.private_files import read_private
from kvitt_chassis.profiles import is_private
from kvitt_chassis.secret_files import Replaced
from kvitt_chassis.settings import FromFiles
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from orders.people.keys.sealing import seal, unseal

_SECONDS = 10.0


class KeyWrapper(Protocol):
    """Encrypts keys with one that it never gives away, or that no database holds."""

    async def wrap(self, key: bytes, *, bound_to: str) -> str:
        """The key, encrypted by the newest version of the one that is kept here."""

    async def unwrap(self, wrapped: str, *, bound_to: str) -> bytes:
        """The key again. Raises LookupError for a version that is not kept any more."""


class PersonKeys(FromFiles):
    """KVITT_PERSON_KEYS: `file:///path` of a file that its owner alone may read, or
    `vault:https://host:port/mount/key` of a transit key, with KVITT_VAULT_TOKEN_FILE.
    """

    model_config = SettingsConfigDict(env_prefix="KVITT_")

    person_keys: Annotated[str, Replaced.BY_COMMAND]
    vault_token_file: Annotated[Path | None, Replaced.BY_FILE] = None
    vault_ca_file: Path | None = None

    def wrapper(self) -> KeyWrapper:
        """Who is named. Raises ValueError for an address that is none, or not safe."""
        kind, _, rest = self.person_keys.partition(":")
        if kind == "file":
            return FileWrapper(Path(urlsplit(self.person_keys).path))
        if kind == "vault":
            if self.vault_token_file is None:
                raise ValueError("KVITT_PERSON_KEYS names a Vault: set KVITT_VAULT_TOKEN_FILE too")
            return VaultWrapper(rest, self.vault_token_file, ca_file=self.vault_ca_file)
        raise ValueError("KVITT_PERSON_KEYS must begin with file: or vault:")


class FileWrapper:
    """Keys from a file: `{"1": "<32 bytes in hex>", …}`; the highest number wraps, all unwrap.

    It is read each time: a version that is added counts at once. Raises ValueError for a file that
    others may read, or that holds no key.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._keys()

    async def wrap(self, key: bytes, *, bound_to: str) -> str:
        keys = self._keys()
        newest = max(keys)
        return f"file:{newest}:{seal(keys[newest], key, bound_to=bound_to)}"

    async def unwrap(self, wrapped: str, *, bound_to: str) -> bytes:
        _, version, sealed = wrapped.split(":", 2)
        return unseal(self._keys()[int(version)], sealed, bound_to=bound_to)

    def _keys(self) -> Mapping[int, bytes]:
        read = json.loads(read_private(self._file))
        keys = {int(version): bytes.fromhex(key) for version, key in read.items()}
        if not keys or any(len(key) != 32 for key in keys.values()):
            raise ValueError(f"{self._file} must hold keys of 32 bytes in hex, by their versions")
        return keys


class VaultWrapper:
    """A key of Vault's or OpenBao's transit engine, over its HTTP API. It never leaves the Vault.

    The token is read from its file at each call, so whoever renews it needs no restart.
    """

    def __init__(self, address: str, token_file: Path, *, ca_file: Path | None = None) -> None:
        parts = urlsplit(address)
        mount, _, name = parts.path.strip("/").rpartition("/")
        if not mount or not name or parts.hostname is None:
            raise ValueError("a Vault is named as vault:https://host:port/mount/key")
        if not is_private(address):
            raise ValueError("a Vault is spoken to over https")
        self._base = f"{parts.scheme}://{parts.netloc}/v1/{mount}"
        self._name = name
        self._token_file = token_file
        self._trusted = ssl.create_default_context(cafile=ca_file)

    async def wrap(self, key: bytes, *, bound_to: str) -> str:
        answer = await self._ask(
            "encrypt", plaintext=_encoded(key), associated_data=_encoded(bound_to.encode())
        )
        return answer["ciphertext"]

    async def unwrap(self, wrapped: str, *, bound_to: str) -> bytes:
        answer = await self._ask(
            "decrypt", ciphertext=wrapped, associated_data=_encoded(bound_to.encode())
        )
        return base64.b64decode(answer["plaintext"])

    async def _ask(self, act: str, **body: str) -> dict[str, str]:
        import httpx  # by who asks a Vault alone: it costs each process its memory

        token = SecretStr(self._token_file.read_text().strip())
        async with httpx.AsyncClient(timeout=_SECONDS, verify=self._trusted) as client:
            answer = await client.post(
                f"{self._base}/{act}/{self._name}",
                json=body,
                headers={"X-Vault-Token": token.get_secret_value()},
            )
        answer.raise_for_status()
        found: dict[str, str] = answer.json()["data"]
        return found


@lru_cache(maxsize=1)
def wrapper() -> KeyWrapper:
    """The configured one, made once. Raises pydantic's ValidationError when it is missing."""
    return PersonKeys().wrapper()


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
