"""Keeps files by their keys, in a folder or in a bucket of an S3-compatible store. Knows nothing of
what is in them or whose they are.
"""

import logging
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from kvitt_files.settings import MEGABYTE, FileSettings

log = logging.getLogger(__name__)

_PIECE: Final = 5 * MEGABYTE
"""What is passed on at once: the least that S3 takes as a part of a file."""
_AT_ONCE: Final = 2
_TRIES: Final = 3


class StoreUnavailable(Exception):
    """The store does not answer, or does not let us in. Names no key."""


class NoSuchFile(Exception):
    """The store has no file of that key."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is there: how large it is, and its pieces."""

    size: int
    pieces: AsyncIterator[bytes]


class FileStore:
    """Keeps files. A file is there whole or not at all: one whose pieces end with an exception
    leaves nothing.
    """

    def __init__(self, store: "ObjectStore | _Renewed") -> None:
        self._given = store

    @property
    def _store(self) -> ObjectStore:
        return self._given.now() if isinstance(self._given, _Renewed) else self._given

    async def put(self, key: str, pieces: AsyncIterable[bytes]) -> None:
        """Keep a file under a key; one that is there is replaced. What `pieces` raises is raised;
        else StoreUnavailable.
        """
        try:
            await obstore.put_async(
                self._store, key, pieces, chunk_size=_PIECE, max_concurrency=_AT_ONCE
            )
        except (BaseError, OSError) as error:
            raise StoreUnavailable(type(error).__name__) from error

    async def get(self, key: str) -> KeptFile:
        """The file of a key. Raises NoSuchFile, StoreUnavailable; the latter also from within."""
        try:
            found = await obstore.get_async(self._store, key)
        except FileNotFoundError:
            raise NoSuchFile from None
        except (BaseError, OSError) as error:
            raise StoreUnavailable(type(error).__name__) from error
        return KeptFile(found.meta["size"], _pieces(found))

    async def delete(self, key: str) -> None:
        """Delete the file of a key; without effect where there is none. Raises StoreUnavailable."""
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise StoreUnavailable(type(error).__name__) from error


# decision 0375: obstore, a folder or a bucket behind one name
def open_store(settings: FileSettings) -> FileStore:
    """The store that the settings name. Connects to nothing yet; makes the folder where there is
    none. Raises OSError where that cannot be.
    """
    address = urlsplit(settings.url)
    if address.scheme == "file":
        return FileStore(LocalStore(unquote(address.path), mkdir=True))
    return FileStore(_Renewed(settings))


# decision 0539
class _Renewed:
    """A bucket that is opened anew when both files with its keys have changed: of one that has
    changed alone, the other is on its way.
    """

    def __init__(self, settings: FileSettings) -> None:
        self._settings = settings
        self._files = settings.key_files()
        self._stamps = self._stamped()
        self._bucket = _bucket(settings)

    def now(self) -> ObjectStore:
        """The bucket by the keys as they are now."""
        stamps = self._stamped()
        if all(new != old for new, old in zip(stamps, self._stamps, strict=True)) and stamps:
            try:
                self._bucket = _bucket(self._settings)
                self._stamps = stamps
            except OSError:  # the next call finds them
                log.warning("the store's keys were not read anew")
            else:
                log.info("the store's keys were read anew")
        return self._bucket

    def _stamped(self) -> tuple[tuple[int, int], ...]:
        try:
            found = [file.stat() for file in self._files or ()]
        except OSError:
            return self._stamps
        return tuple((one.st_mtime_ns, one.st_ino) for one in found)


def _bucket(settings: FileSettings) -> S3Store:
    address = urlsplit(settings.url)
    endpoint = settings.endpoint or ""
    key_id, secret = settings.keys() or (None, None)
    return S3Store(
        address.netloc,
        prefix=address.path.strip("/") or None,
        endpoint=settings.endpoint,
        region=settings.region,
        access_key_id=key_id,
        secret_access_key=secret,
        # a bucket in the path is what every store of one's own understands
        virtual_hosted_style_request=not endpoint,
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=2),
            "timeout": timedelta(seconds=30),
        },
        retry_config={"max_retries": _TRIES, "retry_timeout": timedelta(seconds=10)},
    )


async def _pieces(found: "obstore.GetResult") -> AsyncIterator[bytes]:
    try:
        async for piece in found.stream(min_chunk_size=MEGABYTE):
            yield bytes(piece)
    except (BaseError, OSError) as error:
        raise StoreUnavailable(type(error).__name__) from error
