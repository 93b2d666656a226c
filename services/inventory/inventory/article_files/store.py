"""The store of articles' files, as this process is configured. Opened once."""

from functools import lru_cache

from kvitt_files.settings import FileSettings
from kvitt_files.store import FileStore, open_store


@lru_cache(maxsize=1)
def settings() -> FileSettings:
    """Where files are kept, and how large one may be. Raises pydantic's ValidationError."""
    return FileSettings()


@lru_cache(maxsize=1)
def files() -> FileStore:
    """The store. Raises pydantic's ValidationError, and OSError for a folder that cannot be."""
    return open_store(settings())
