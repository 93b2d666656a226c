"""How much a packed batch of records may become when it is unpacked, whoever wrote it. Looks only;
the records are decoded by the client.
"""

import struct
import zlib
from contextlib import suppress

import cramjam
from aiokafka.record.default_records import _DefaultRecordBatchPy as Head

MOST_UNPACKED = 8 * 1024 * 1024
"""Bytes. Clients pack batches of at most a mebibyte unless they are told otherwise."""

_XERIAL = b"\x82SNAPPY\x00"
_XERIAL_HEAD = 16
_MOST_MEMBERS = 16  # each is copied anew; clients write one
# what each makes of one byte, at most: a batch that is small enough needs no look
_RATIO = {Head.CODEC_GZIP: 1032, Head.CODEC_LZ4: 255}


# decision 0521: a packed batch is measured before it is unpacked
def fits(batch: bytes | memoryview) -> bool:
    """True when a batch (its head included) unpacks to MOST_UNPACKED bytes or fewer; False where it
    cannot be unpacked at all. Never holds more than that.
    """
    (attributes,) = struct.unpack_from(">h", batch, Head.ATTRIBUTES_OFFSET)
    codec = attributes & Head.CODEC_MASK
    if codec == Head.CODEC_NONE or len(batch) * _RATIO.get(codec, MOST_UNPACKED) <= MOST_UNPACKED:
        return True
    packed = bytes(batch[Head.HEADER_STRUCT.size :])
    with suppress(zlib.error, cramjam.DecompressionError, struct.error, ValueError):
        match codec:
            case Head.CODEC_GZIP:
                return _gzip_fits(packed)
            case Head.CODEC_SNAPPY:
                return sum(map(cramjam.snappy.decompress_raw_len, _blocks(packed))) <= MOST_UNPACKED
            case Head.CODEC_LZ4:
                cramjam.lz4.decompress_into(packed, bytearray(MOST_UNPACKED))
                return True
            case Head.CODEC_ZSTD:
                cramjam.zstd.decompress_into(packed, bytearray(MOST_UNPACKED))
                return True
    return False


def _gzip_fits(packed: bytes) -> bool:
    left = MOST_UNPACKED
    for _ in range(_MOST_MEMBERS):
        if not packed:
            return True
        member = zlib.decompressobj(wbits=31)
        left -= len(member.decompress(packed, left + 1))
        if left < 0 or not member.eof:
            return False
        packed = member.unused_data
    return not packed


def _blocks(packed: bytes) -> list[bytes]:
    """The blocks of snappy's two framings: one, or several with their lengths before them."""
    if not packed.startswith(_XERIAL):
        return [packed]
    found, at = [], _XERIAL_HEAD
    while at < len(packed):
        (size,) = struct.unpack_from("!i", packed, at)
        if size <= 0:
            raise ValueError("a block is empty")
        found.append(packed[at + 4 : at + 4 + size])
        at += 4 + size
    return found
