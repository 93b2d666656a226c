"""Lets aiokafka read a record with a header whose name is not UTF-8, which it cannot: it raises
while it takes records of other partitions out of its buffer, loses those, and stays there for ever.

Only how bytes become records. What becomes of such a record is the reader's business.
"""

from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy

UNREADABLE_NAME = "\N{REPLACEMENT CHARACTER}"
"""Stands in the name of a header where bytes were that are not UTF-8."""


# decision 0009: the Kafka client is watched, and not believed
def install() -> None:
    """Let every consumer of this process read so. Does nothing the second time."""
    fetcher.MemoryRecords = LenientRecords


class LenientRecords:
    """aiokafka's MemoryRecords: the fast ones, and slow ones for a batch that those cannot read."""

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
    """One batch. Everything but the records is the fast batch's own."""

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
    """The batch with this number (from 1), read in Python, with names that need not be UTF-8."""
    records = _MemoryRecordsPy(data)
    for _ in range(number - 1):
        records.next_batch()
    batch = _DefaultRecordBatchPy(bytes(records._next_slice))
    batch._maybe_uncompress()
    batch._buffer = _Buffer(batch._buffer)
    return batch


class _Buffer(bytearray):
    """Its slices can always be decoded."""

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        return found if isinstance(found, int) else _Slice(found)


class _Slice(bytes):
    def decode(self, encoding: str = "utf-8", errors: str = "replace") -> str:
        return super().decode("utf-8", "replace")
