"""What a topic is: owner, key, types, readers and writers; how one of each sort is declared."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args

from kvitt_contracts.envelope import Message

SERVICES = ("orders", "bmb", "inventory", "billing", "notifications")

FOR_EVER = -1
DAYS_14 = 14 * 24 * 60 * 60 * 1000
REGION = "<code>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic.

    `consumers` are services; `readers` and `writers` are principals (`orders`, `region-ac`).
    `compression` is the broker's: `producer` keeps records as they were sent, another is what every
    reader gets. `coming` are its reserved types, `consumers_to_come` the services that will read
    it: nobody emits or reads them yet (decision 0170).
    """

    name: str
    owner: str
    key: str
    types: tuple[type[Message], ...]
    coming: tuple[type[Message], ...] = ()
    consumers_to_come: frozenset[str] = frozenset()
    consumers: frozenset[str] = frozenset()
    writers: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()
    partitions: int = 6
    retention_ms: int = FOR_EVER
    max_message_bytes: int = 1024 * 1024
    compression: str = "producer"
    personal_data: bool = False

    @property
    def is_inbound(self) -> bool:
        """True for what regions write."""
        return self.owner == "region"

    @property
    def region(self) -> str | None:
        """The code of the region that writes here; None for what our services write."""
        return self.name.split(".")[1] if self.is_inbound else None

    def group_of(self, service: str) -> str:
        """The consumer group in which a service reads this topic: what regions send is read apart
        from what our services say (decision 0185).
        """
        return f"{service}-regions" if self.is_inbound else service

    @property
    def wire_types(self) -> frozenset[str]:
        """The declared types, by their `ce_type`."""
        return frozenset(message.wire_type for message in self.types)

    @property
    def reserved(self) -> frozenset[str]:
        """The reserved types, by their `ce_type`."""
        return frozenset(message.wire_type for message in self.coming)

    @property
    def is_per_region(self) -> bool:
        """True while the name still has the placeholder of a region's code."""
        return REGION in self.name


def every(union: Any) -> tuple[type[Message], ...]:
    """The types of a union of messages, in its order; a union of one is the type itself."""
    return () if union is None else get_args(union) or (union,)


def domain_topic(
    name: str,
    key: str,
    events: Any,
    *consumers: str,
    coming: Any = None,
    to_come: Iterable[str] = (),
) -> Topic:
    """A service's topic; `events` is the union of what happens to its aggregate."""
    owner = name.split(".")[0]
    return Topic(
        name=name,
        owner=owner,
        key=key,
        types=every(events),
        coming=every(coming),
        consumers=frozenset(consumers),
        consumers_to_come=frozenset(to_come),
        writers=frozenset({owner}),
        readers=frozenset(consumers) | {owner},
    )


def inbound_topic(
    name: str,
    consumer: str,
    key: str,
    types: Iterable[type[Message]],
    *,
    coming: Iterable[type[Message]] = (),
    personal_data: bool = False,
) -> Topic:
    """What each region writes to one service, on a topic of its own: by its own client, or over
    HTTP, from where the service writes it (decision 0551).
    """
    return Topic(
        name=f"region.{REGION}.{name}",
        owner="region",
        key=key,
        types=tuple(types),
        coming=tuple(coming),
        consumers=frozenset({consumer}),
        writers=frozenset({f"region-{REGION}", consumer}),
        readers=frozenset({consumer}),
        retention_ms=DAYS_14,
        personal_data=personal_data,
    )
