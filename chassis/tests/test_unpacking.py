"""A batch that unpacks to too much takes no memory, and each of its records is answered for."""

import tracemalloc

import pytest
from aiokafka import ConsumerRecord
from aiokafka.record.default_records import DefaultRecordBase as Batch
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy as Builder
from kvitt_chassis.consuming.incoming import Reader
from kvitt_chassis.consuming.lenient_records import LenientRecords
from kvitt_chassis.consuming.unpacking import MOST_UNPACKED, fits
from kvitt_chassis.handlers import Handlers
from kvitt_contracts.topics import consumed_by

CODECS = pytest.mark.parametrize(
    "codec",
    [Batch.CODEC_GZIP, Batch.CODEC_SNAPPY, Batch.CODEC_LZ4, Batch.CODEC_ZSTD],
    ids=["gzip", "snappy", "lz4", "zstd"],
)


def a_batch(codec: int, *values: bytes) -> bytes:
    """A batch of records as a client packs it."""
    builder = Builder(2, codec, 0, -1, -1, -1, 1 << 30)
    for number, value in enumerate(values):
        assert builder.append(number, 0, b"key", value, []) is not None
    return bytes(builder.build())


def read(data: bytes) -> list[tuple[int, bytes | None]]:
    """Offset and value of each record, as the consumer takes them from a fetch."""
    records, found = LenientRecords(data), []
    while records.has_next():
        found += [(record.offset, record.value) for record in records.next_batch()]
    return found


@CODECS
def test_what_clients_pack_is_read_as_it_is(codec: int) -> None:
    batch = a_batch(codec, b"one", b"x" * (MOST_UNPACKED - 1_000))

    assert fits(batch)
    assert [(at, len(value or b"")) for at, value in read(batch)] == [
        (0, 3),
        (1, MOST_UNPACKED - 1_000),
    ]


@CODECS
def test_what_unpacks_to_too_much_is_never_unpacked(codec: int) -> None:
    bomb = a_batch(codec, b"one", b"\0" * (8 * MOST_UNPACKED))
    after = a_batch(codec, b"after it")

    tracemalloc.start()
    found = read(bomb + after)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found == [(0, None), (1, None), (0, b"after it")]
    assert most < 3 * MOST_UNPACKED


def test_what_cannot_be_unpacked_at_all_stops_nobody() -> None:
    batch = bytearray(a_batch(Batch.CODEC_ZSTD, b"one" * 1_000))
    batch[Batch.HEADER_STRUCT.size :] = b"\xff" * (len(batch) - Batch.HEADER_STRUCT.size)

    assert read(bytes(batch)) == [(0, None)]


def test_each_of_its_records_rests_in_quarantine_with_the_reason() -> None:
    (record,) = LenientRecords(a_batch(Batch.CODEC_ZSTD, bytes(2 * MOST_UNPACKED))).next_batch()
    taken = ConsumerRecord(
        "region.ac.orders", 3, 17, 0, 0, record.key, record.value, None, 0, 0, record.headers
    )

    incoming = Reader(consumed_by("orders", ["ac"]), Handlers(), digest=bytes.hex).read(taken)

    assert incoming.key == "@3:17"
    assert incoming.unreadable is not None
    assert incoming.unreadable.reason == "comes in a batch that unpacks to too much"
