"""Lets aiokafka read a record with a header whose name is not UTF-8. By itself it raises while it
takes records of other partitions out of its buffer, loses those, and gets no further.

Decodes only. What follows for such a record is decided by the reader.
"""

from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy

UNREADABLE_NAME = "\N{REPLACEMENT CHARACTER}"
"""Replaces, in a header's name, bytes that are not UTF-8."""


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

    def has_next(self) -> bool:
        return bool(self._fast.has_next())

    def next_batch(self) -> Any:
        batch = self._fast.next_batch()
        self._given += 1
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
