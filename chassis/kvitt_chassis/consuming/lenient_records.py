"""Lets aiokafka read a record with a header whose name is not UTF-8, and pass over a batch that
unpacks to too much. By itself it raises while it takes records of other partitions out of its
buffer, loses those, and gets no further; and it unpacks a mebibyte into as many gibibytes as its
writer likes.

Decodes only. What follows for such a record is decided by the reader.
"""

import struct
from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy, _DefaultRecordPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy

from kvitt_chassis.consuming.unpacking import fits

UNREADABLE_NAME = "\N{REPLACEMENT CHARACTER}"
"""Replaces, in a header's name, bytes that are not UTF-8."""
UNPACKED_TOO_LARGE = f"{UNREADABLE_NAME}unpacked"
"""The one header of what stands in for a record whose batch unpacks to too much."""

_HEAD = struct.Struct(">qi")  # of a batch: its first offset, and how long the rest of it is


# decision 0009: the Kafka client is watched, and not believed
def install() -> None:
    """Make every aiokafka consumer of this process decode so. Idempotent."""
    fetcher.MemoryRecords = LenientRecords


class LenientRecords:
    """Replaces aiokafka's MemoryRecords: the fast decoder, and the slow one for a batch that it
    cannot decode.
    """

    def __init__(self, data: bytes) -> None:
        self._fast = MemoryRecords(data)
        self._data = data
        self._given = 0
        self._at = 0

    def has_next(self) -> bool:
        return bool(self._fast.has_next())

    def next_batch(self) -> Any:
        batch = self._fast.next_batch()
        self._given += 1
        _, length = _HEAD.unpack_from(self._data, self._at)
        begin, self._at = self._at, self._at + _HEAD.size + length
        if not fits(memoryview(self._data)[begin : self._at]):
            return _StandIns(batch)
        return _Batch(batch, self._data, self._given)

    def size_in_bytes(self) -> int:
        return int(self._fast.size_in_bytes())


class _Batch:
    """One batch. Everything but the iteration over records is delegated to the fast decoder's
    batch.
    """

    def __init__(self, fast: Any, data: bytes, number: int) -> None:
        self._fast = fast
        self._data = data
        self._number = number

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fast, name)

    def __next__(self) -> Any:
        return next(self._fast)

    def __iter__(self) -> Iterator[Any]:
        given = 0
        try:
            for record in self._fast:
                yield record
                given += 1
        except UnicodeDecodeError:
            for index, record in enumerate(_slow(self._data, self._number)):
                if index >= given:
                    yield record


class _StandIns:
    """A batch that unpacks to too much: for each of its records one without key and value."""

    def __init__(self, fast: Any) -> None:
        self._fast = fast

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fast, name)

    def __iter__(self) -> Iterator[Any]:
        at, kind = self._fast.max_timestamp, self._fast.timestamp_type
        for offset in range(self._fast.base_offset, self._fast.next_offset):
            yield _DefaultRecordPy(offset, at, kind, None, None, [(UNPACKED_TOO_LARGE, b"")])


def _slow(data: bytes, number: int) -> Any:
    """Batch number `number` (from 1), decoded in Python, tolerant of header names that are not
    UTF-8.
    """
    records = _MemoryRecordsPy(data)
    for _ in range(number - 1):
        records.next_batch()
    batch = _DefaultRecordBatchPy(bytes(records._next_slice))
    batch._maybe_uncompress()
    batch._buffer = _Buffer(batch._buffer)
    return batch


class _Buffer(bytearray):
    """A buffer whose slices can always be decoded."""

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        return found if isinstance(found, int) else _Slice(found)


class _Slice(bytes):
    def decode(self, encoding: str = "utf-8", errors: str = "replace") -> str:
        return super().decode("utf-8", "replace")
