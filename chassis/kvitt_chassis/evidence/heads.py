"""The ends of chains as they are kept apart from the database: without them, a chain whose last
rows are cut off is a whole chain.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from kvitt_chassis.evidence.tables import Head
from kvitt_chassis.private_files import write_private

Heads = Mapping[str, Head]
"""The end of each chain that was seen, by the chain's name."""


class Witness:
    """A file with the end of each chain that this process has seen. It belongs where who may write
    into the database may not write; without a path nothing is kept.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.heads: dict[str, Head] = read_heads(path) if path is not None else {}

    def note(self, seen: Heads) -> None:
        """Keep these ends, whole or not at all. Raises OSError."""
        self.heads |= seen
        if self._path is not None and seen:
            write_heads(self._path, self.heads)


def read_heads(path: Path) -> dict[str, Head]:
    """The ends that a file holds; none where it is not there. Raises ValueError for another file,
    and OSError.
    """
    try:
        document = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return heads_from(document)


def heads_from(document: object) -> dict[str, Head]:
    """The ends as a JSON object says them. Raises ValueError."""
    try:
        assert isinstance(document, dict)
        heads = {
            str(chain): Head(position=int(one["position"]), mac=bytes.fromhex(one["mac"]), at=None)
            for chain, one in document.items()
        }
        assert all(0 < head.position < 1 << 63 for head in heads.values())
        return heads
    except (AssertionError, KeyError, OverflowError, TypeError, ValueError):
        raise ValueError("these are no ends of a log's chains") from None


def as_document(heads: Heads) -> dict[str, dict[str, object]]:
    """The ends as JSON says them."""
    return {
        chain: {"position": head.position, "mac": head.mac.hex()} for chain, head in heads.items()
    }


def write_heads(path: Path, heads: Heads) -> None:
    """Write the ends: a crash leaves the file as it was. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, json.dumps(as_document(heads), indent=2, sort_keys=True))
