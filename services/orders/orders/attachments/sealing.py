"""Seals a file as it comes, piece by piece, with a key of its own. No database, no store."""

import os
from collections.abc import AsyncIterable, AsyncIterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE: Final = 1024 * 1024
"""What is sealed at once: nothing of it is passed on before all of it has been proven."""
_NONCE: Final = 12
_SEALED: Final = _NONCE + PIECE + 16


class NotSealedSo(Exception):
    """A file that is sealed with another key, moved, cut off, or altered."""


async def sealed(pieces: AsyncIterable[bytes], key: bytes, *, at: str) -> AsyncIterator[bytes]:
    """The pieces of a file, sealed: each for its place in the file that is kept under `at`."""
    cipher, number, waiting = AESGCM(key), 0, b""
    async for piece in pieces:
        waiting += piece
        while len(waiting) > PIECE:
            yield _seal(cipher, waiting[:PIECE], _place(at, number, is_last=False))
            waiting, number = waiting[PIECE:], number + 1
    yield _seal(cipher, waiting, _place(at, number, is_last=True))


async def unsealed(pieces: AsyncIterable[bytes], key: bytes, *, at: str) -> AsyncIterator[bytes]:
    """The pieces of a sealed file, opened. Raises NotSealedSo, from within."""
    cipher, number, waiting = AESGCM(key), 0, b""
    async for piece in pieces:
        waiting += piece
        while len(waiting) > _SEALED:
            yield _open(cipher, waiting[:_SEALED], _place(at, number, is_last=False))
            waiting, number = waiting[_SEALED:], number + 1
    yield _open(cipher, waiting, _place(at, number, is_last=True))


def _seal(cipher: AESGCM, plain: bytes, place: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, plain, place)


def _open(cipher: AESGCM, token: bytes, place: bytes) -> bytes:
    try:
        return cipher.decrypt(token[:_NONCE], token[_NONCE:], place)
    except (InvalidTag, ValueError):
        raise NotSealedSo from None


def _place(at: str, number: int, *, is_last: bool) -> bytes:
    return f"{at}/{number}/{'end' if is_last else 'on'}".encode()
