"""Encryption of raw records and stored answers. No table."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRecord
from cryptography.fernet import Fernet, MultiFernet

from kvitt_chassis.consuming.incoming import Record
from kvitt_chassis.fernet_keys import fernet_of
from kvitt_chassis.secret_files import Live


# decision 0539
class Digest(str):
    """A keyed hash by the newest key, which is equal to one that an older key made of the same."""

    _older: frozenset[str]

    def __new__(cls, newest: str, older: frozenset[str]) -> "Digest":
        """By every key."""
        made = super().__new__(cls, newest)
        made._older = older
        return made

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other) is True or other in self._older

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return str.__hash__(self)


class Sealer:
    """Encrypts raw records and answers (Fernet), so that what a region sent by mistake, or a user
    wrote in free text, cannot be read by a query.
    """

    def __init__(self, key: str | Live) -> None:
        self._live = key if isinstance(key, Live) else Live("key", key, check=Fernet)

    @property
    def _fernet(self) -> MultiFernet:
        return fernet_of(self._live.values())

    def digest(self, data: bytes, *, length: int | None = None) -> str:
        """A keyed hash (hex), or its beginning: equal for equal contents, also of an older key, and
        says nothing of them without the keys.
        """
        newest, *older = (
            hmac.new(key.encode(), data, hashlib.sha256).hexdigest()[:length]
            for key in self._live.values()
        )
        return Digest(newest, frozenset(older)) if older else newest

    def seal(self, record: Record) -> bytes:
        """The record, encrypted."""
        document = {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "timestamp": record.timestamp,
            "key": _encoded(record.key),
            "value": _encoded(record.value),
            "headers": [[name, _encoded(value)] for name, value in record.headers],
        }
        return self._fernet.encrypt(json.dumps(document).encode())

    def seal_text(self, text: str) -> str:
        """The text, encrypted."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal_text(self, sealed: str) -> str:
        """The text, decrypted. Raises InvalidToken for another key."""
        return self._fernet.decrypt(sealed).decode()

    def unseal(self, sealed: bytes) -> Record:
        """The record as it was read from Kafka. Raises InvalidToken for another key."""
        document = json.loads(self._fernet.decrypt(sealed))
        return record_of(
            topic=document["topic"],
            partition=document["partition"],
            offset=document["offset"],
            timestamp=document["timestamp"],
            key=_decoded(document["key"]),
            value=_decoded(document["value"]),
            headers=[(name, _decoded(value) or b"") for name, value in document["headers"]],
        )


def record_of(
    *,
    topic: str,
    partition: int,
    offset: int,
    key: bytes | None,
    value: bytes | None,
    headers: Sequence[tuple[str, bytes]],
    timestamp: int = 0,
) -> Record:
    """A record as aiokafka delivers it; sizes and checksum are not set."""
    return ConsumerRecord(
        topic=topic,
        partition=partition,
        offset=offset,
        timestamp=timestamp,
        timestamp_type=1,
        key=key,
        value=value,
        checksum=None,
        serialized_key_size=len(key or b""),
        serialized_value_size=len(value or b""),
        headers=tuple(headers),
    )


def _encoded(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()


def _decoded(value: Any) -> bytes | None:
    return None if value is None else base64.b64decode(value)
