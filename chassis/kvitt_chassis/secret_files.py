"""Secrets that are replaced while a process serves: each setting says how it is, and what stands in
a file is read anew when the file has changed. Knows no part that uses one.
"""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final
from weakref import WeakSet

log = logging.getLogger(__name__)

SECRETS_DIR: Final = "KVITT_SECRETS_DIR"


class Replaced(StrEnum):
    """How a secret is replaced, on its setting: `Annotated[SecretStr, Replaced.BY_LINES]`."""

    BY_LINES = "its file is read when it has changed; it has the new one, and the old one below it"
    BY_FILE = "its file is read when it has changed"
    BY_COMMAND = "by a command, or in the store of keys that it names"
    AT_THE_NEXT_RUN = "who reads it runs once and ends"
    NEVER = "it is of the local profile alone, where all data are for training"


# decision 0539: a secret's file is read anew, and may hold two
class Live:
    """A secret as it is now: its values, the newest first. What is newest is written and shown to
    others, all of them are believed.

    `file` is read anew when it has changed; without one the value is what the environment said. A
    file that cannot be read, or whose values `check` does not like, changes nothing: the log says
    so, and `fault`. Raises what `check` raises for what is there at first.
    """

    def __init__(
        self,
        name: str,
        value: str,
        *,
        file: Path | None = None,
        check: Callable[[str], object] = str,
    ) -> None:
        self.name = name
        self.version = 0
        self.fault: str | None = None
        self.read_at = datetime.now(UTC)
        self._file = file
        self._check = check
        self._stamp: tuple[int, ...] = ()  # what the file says now is read at the first use
        self._values = _lines(value)
        for one in self._values:
            check(one)
        _KNOWN.add(self)

    def values(self) -> tuple[str, ...]:
        """All of them, the newest first."""
        if self._file is not None and (stamp := stamp_of(self._file)) != self._stamp:
            self._stamp = stamp
            self._read(self._file)
        return self._values

    def newest(self) -> str:
        """The one that is written, and shown to others."""
        return self.values()[0]

    @property
    def written_at(self) -> datetime | None:
        """When its file was written; None where it is a value of the environment."""
        return datetime.fromtimestamp(self._stamp[0] / 1e9, UTC) if any(self._stamp) else None

    def _read(self, file: Path) -> None:
        try:
            found = _lines(file.read_text(encoding="utf-8"))
            for one in found:
                self._check(one)
        except (OSError, ValueError) as error:
            self.fault = type(error).__name__  # its text may hold the secret
            log.error("%s was not read anew: %s", self.name, self.fault)
            return
        self.fault = None
        if found != self._values:
            self._values, self.version, self.read_at = found, self.version + 1, datetime.now(UTC)
            log.info("%s was read anew: %d values", self.name, len(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told of a secret: never what it is."""

    name: str
    written_at: datetime | None
    read_at: datetime
    values: int
    fault: str | None


def told() -> list[Told]:
    """Each secret that this process has, by name."""
    by_name = {one.name: _told(one) for one in list(_KNOWN)}  # several parts may have one
    return [by_name[name] for name in sorted(by_name)]


def file_of(name: str) -> Path | None:
    """The file in `KVITT_SECRETS_DIR` that a setting is read from; None where a variable of the
    environment says it, or no file does.
    """
    directory = os.environ.get(SECRETS_DIR)
    if not directory or name in map(str.upper, os.environ):
        return None
    file = Path(directory) / name.lower()
    return file if file.is_file() else None


def stamp_of(file: Path | None) -> tuple[int, ...]:
    """What changes where a file is written, gets other rights, or another takes its place; empty
    without one.
    """
    try:
        found = file.stat() if file is not None else None
    except OSError:
        return (0,)
    if found is None:
        return ()
    # who may read it too: what is copied there first, and given to its reader then, is read then
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_size)


def _told(one: Live) -> Told:
    values = one.values()
    return Told(
        name=one.name,
        written_at=one.written_at,
        read_at=one.read_at,
        values=len(values),
        fault=one.fault,
    )


def _lines(text: str) -> tuple[str, ...]:
    found = tuple(_stripped(text))
    if not found:
        raise ValueError("a secret is empty")
    return found


def _stripped(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


_KNOWN: WeakSet[Live] = WeakSet()
