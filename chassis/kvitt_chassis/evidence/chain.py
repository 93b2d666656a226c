"""The arithmetic of a chained log: what each link and each stone hashes. No IO, no clock."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kvitt_chassis.secret_files import Live

START = bytes(32)
"""What the first link of a chain is joined to."""

_SHORTEST = 32
_TOO_SHORT = f"a log's key has at least {_SHORTEST} bytes"


class Fault(StrEnum):
    """What is wrong at the first place where a log is not what was sealed."""

    LINK_GONE = "link_gone"  # a number of the chain is left out
    ROW_GONE = "row_gone"  # a link whose row is not there
    ALTERED = "altered"  # contents, order, or what stands before it
    INSERTED = "inserted"  # a row that was never sealed, and is too old to wait
    CUT = "cut"  # shorter than what was kept apart, or another there
    STONE = "stone"  # what stands for a thinned stretch
    UNKNOWN_KEY = "unknown_key"  # sealed with a key that is not here


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One row's place in a chain. `content` is the row as it is now, None where it is gone."""

    position: int
    row_key: str
    content: str | None
    key_id: str
    mac: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stone:
    """What stands for a stretch that was thinned: from which number to which, sealed."""

    from_position: int
    to_position: int
    first_at: str
    last_at: str
    last_mac: bytes
    key_id: str
    mac: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first place where a chain does not hold. It repeats nothing of the row."""

    fault: Fault
    position: int
    row_key: str | None = None


class Keys:
    """The keys of a log: the first one seals, all of them verify what they have sealed."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) < _SHORTEST for key in keys):
            raise ValueError(_TOO_SHORT)
        self._by_id = {_id_of(key): key for key in keys}
        self.newest = _id_of(keys[0])

    @classmethod
    def of(cls, text: str, *, service: str) -> "Keys":
        """From hex, the newest first, parted by commas: a service's own, so that no chain passes
        for another service's. Raises ValueError, without the text.
        """
        return cls(_keys_of(text, service))

    def now(self) -> "Keys":
        """The keys as they are at this instant, for one piece of work."""
        return self

    def knows(self, key_id: str) -> bool:
        """True for a key that is here."""
        return key_id in self._by_id

    def of_link(self, key_id: str, chain: str, before: bytes, link: Link) -> bytes:
        """The keyed hash of a row, its place, and the link before it. Raises KeyError."""
        said = ["link", chain, link.position, before.hex(), link.row_key, link.content]
        return self._mac(key_id, said)

    def of_stone(self, key_id: str, chain: str, stone: Stone) -> bytes:
        """The keyed hash of what stands for a thinned stretch. Raises KeyError."""
        stretch = [stone.from_position, stone.to_position, stone.first_at, stone.last_at]
        return self._mac(key_id, ["stone", chain, *stretch, stone.last_mac.hex()])

    def _mac(self, key_id: str, said: Sequence[object]) -> bytes:
        document = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return hmac.digest(self._by_id[key_id], document.encode(), hashlib.sha256)


class LiveKeys(Keys):
    """Keys that are replaced while they are used: `now` answers those that there are."""

    def __init__(self, live: Live, *, service: str) -> None:
        self._live, self._service = live, service
        super().__init__(_keys_of(",".join(live.values()), service))

    def now(self) -> Keys:
        return Keys.of(",".join(self._live.values()), service=self._service)


def joined(
    keys: Keys, chain: str, rows: Iterable[tuple[str, str]], *, after: int, before: bytes
) -> list[Link]:
    """The links of rows (key and contents), in this order, after a link of number `after`."""
    links: list[Link] = []
    for position, (row_key, content) in enumerate(rows, start=after + 1):
        bare = Link(
            position=position, row_key=row_key, content=content, key_id=keys.newest, mac=b""
        )
        before = keys.of_link(keys.newest, chain, before, bare)
        links.append(
            Link(
                position=position,
                row_key=row_key,
                content=content,
                key_id=keys.newest,
                mac=before,
            )
        )
    return links


def first_break(
    keys: Keys, chain: str, links: Iterable[Link], *, after: int, before: bytes
) -> Broken | None:
    """The first of these links that does not follow from what is before it, or None."""
    for link in links:
        if link.position != after + 1:
            return Broken(fault=Fault.LINK_GONE, position=after + 1)
        if link.content is None:
            return _broken(Fault.ROW_GONE, link)
        if not keys.knows(link.key_id):
            return _broken(Fault.UNKNOWN_KEY, link)
        if not hmac.compare_digest(keys.of_link(link.key_id, chain, before, link), link.mac):
            return _broken(Fault.ALTERED, link)
        after, before = link.position, link.mac
    return None


def broken_stone(keys: Keys, chain: str, stones: Iterable[Stone]) -> Broken | None:
    """The first stone that is not whole, or does not follow the one before it, or None."""
    after = 0
    for stone in stones:
        is_next = stone.from_position == after + 1 and stone.to_position >= stone.from_position
        if not is_next or not keys.knows(stone.key_id):
            return Broken(fault=Fault.STONE, position=after + 1)
        if not hmac.compare_digest(keys.of_stone(stone.key_id, chain, stone), stone.mac):
            return Broken(fault=Fault.STONE, position=stone.from_position)
        after = stone.to_position
    return None


def _broken(fault: Fault, link: Link) -> Broken:
    return Broken(fault=fault, position=link.position, row_key=link.row_key)


def _id_of(key: bytes) -> str:
    """What a key is called beside what it has sealed: says nothing of the key."""
    return hmac.digest(key, b"kvitt log key", hashlib.sha256).hex()[:8]


def must_be_keys(text: str) -> None:
    """Raises ValueError, without the text, where it is no list of keys in hex."""
    _keys_of(text, "")


def _keys_of(text: str, service: str) -> list[bytes]:
    try:
        keys = [bytes.fromhex(part) for part in text.split(",")]
    except ValueError:
        raise ValueError("a log's key is no hex") from None
    if any(len(key) < _SHORTEST for key in keys):
        raise ValueError(_TOO_SHORT)
    return [hmac.digest(key, service.encode(), hashlib.sha256) for key in keys]
