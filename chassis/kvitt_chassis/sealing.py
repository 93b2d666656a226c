"""Encryption of raw records and stored answers. No table."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRecord
from cryptography.fernet import Fernet

from kvitt_chassis.consuming.incoming import Record


class Sealer:
    """Encrypts raw records and answers (Fernet), so that what a region sent by mistake, or a user
    wrote in free text, cannot be read by a query.
    """

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(key)
        self._key = key.encode()

    def digest(self, data: bytes) -> str:
        """A keyed hash (hex): equal for equal contents, and says nothing of them without
        the key.
        """
        return hmac.new(self._key, data, hashlib.sha256).hexdigest()

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
