"""Takes in what somebody sends, piece by piece: bounded, looked at, summed. Keeps nothing."""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass

from kvitt_files.media_types import Look


class FileRefused(Exception):
    """What came is not taken in."""


class TooLarge(FileRefused):
    """More came than the limit."""


class OtherThanSaid(FileRefused):
    """It is not what its sender says."""


class Empty(FileRefused):
    """Nothing came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What a file was found to be when the whole of it had come. `sha256`: in hex."""

    size: int
    sha256: str
    media_type: str


class Intake:
    """The pieces of one file, to be passed on as they come: `async for piece in intake`.

    Raises, from within: TooLarge as soon as it is, OtherThanSaid where it is not of the type
    `said`, at the latest at its end, and Empty. Whatever has been passed on by then is to be thrown
    away. `taken_in` says what it was, once the whole of it has come.
    """

    def __init__(self, pieces: AsyncIterable[bytes], *, said: str, limit: int) -> None:
        self._pieces = pieces
        self._said = said
        self._limit = limit
        self._taken_in: TakenIn | None = None

    @property
    def taken_in(self) -> TakenIn:
        """What came. Raises ValueError before the end."""
        if self._taken_in is None:
            raise ValueError("the file has not come to its end")
        return self._taken_in

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size, digest, look = 0, hashlib.sha256(), Look()
        async for piece in self._pieces:
            size += len(piece)
            if size > self._limit:
                raise TooLarge
            digest.update(piece)
            look.at(piece)
            if look.media_type not in (None, self._said):
                raise OtherThanSaid
            yield piece
        if not size:
            raise Empty
        look.end()
        if look.media_type != self._said:
            raise OtherThanSaid
        self._taken_in = TakenIn(size=size, sha256=digest.hexdigest(), media_type=self._said)
