"""Raw records and answers encrypted, and back. No table."""

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
    """Encrypts raw records and answers (Fernet), so that what a region wrote by mistake, or a user
    wrote freely, is readable to nobody by a query.
    """

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(key)
        self._key = key.encode()

    def digest(self, data: bytes) -> str:
        """What tells two contents apart and says nothing of them to who lacks the key (hex)."""
        return hmac.new(self._key, data, hashlib.sha256).hexdigest()

    def seal(self, record: Record) -> bytes:
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
        """A text, encrypted."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal_text(self, sealed: str) -> str:
        """The text again. Raises InvalidToken for another key."""
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
    """A record as aiokafka hands it over; the sizes and the checksum are of no use to us."""
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
