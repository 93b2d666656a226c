"""The store of attachments' files, as this process is configured. Opened once; what is kept there
is sealed.
"""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from functools import lru_cache

from kvitt_files.settings import FileSettings
from kvitt_files.store import FileStore, NoSuchFile, open_store

from orders.attachments.models import AttachmentRow
from orders.attachments.sealing import sealed, unsealed


@lru_cache(maxsize=1)
def settings() -> FileSettings:
    """Where files are kept, and how large one may be. Raises pydantic's ValidationError."""
    return FileSettings()


@lru_cache(maxsize=1)
def files() -> FileStore:
    """The store. Raises pydantic's ValidationError, and OSError for a folder that cannot be."""
    return open_store(settings())


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where an attachment's file is kept, and with which key it is sealed: None where an earlier
    release kept it in clear. `is_lost`: the key is destroyed.
    """

    at: str
    key: bytes | None
    is_lost: bool

    @classmethod
    def of(cls, row: AttachmentRow) -> "Kept":
        """Of a row that has its person's key."""
        key = row.file_key
        return cls(
            at=row.key,
            key=bytes.fromhex(key) if key is not None else None,
            is_lost=row.is_sealed and key is None,
        )

    async def put(self, pieces: AsyncIterable[bytes]) -> None:
        """Keep the file. Raises what `pieces` raises, and StoreUnavailable."""
        assert self.key is not None
        await files().put(self.at, sealed(pieces, self.key, at=self.at))

    async def pieces(self) -> AsyncIterator[bytes]:
        """The file as it was sent in. Raises NoSuchFile where nobody can open it any more, or it is
        not there; StoreUnavailable.
        """
        if self.is_lost:
            raise NoSuchFile
        kept = await files().get(self.at)
        return kept.pieces if self.key is None else unsealed(kept.pieces, self.key, at=self.at)
