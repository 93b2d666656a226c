"""What a region sends under load: orders, dispatches, loans, transfers, by its own client.

Contracts and the committed examples only; open loop: what is due is sent, whatever comes back.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import count, cycle
from pathlib import Path
from time import monotonic, time
from typing import Any
from uuid import uuid4

from kvitt.story.files import Outgoing, Stage, read_regions
from kvitt_contracts.envelope import Envelope
from kvitt_contracts.types import RegionCode

REGION = RegionCode("ac")
_EXAMPLES = Path(__file__).parents[2] / "examples"
_LARGEST = 10_000  # the contract's bound of one delivery
_STORE = "500"


class Business:
    """Makes the messages of one region, each thing named once."""

    def __init__(self) -> None:
        (self.files,) = read_regions(_EXAMPLES, [REGION])
        self._number = count(1)

    def registry(self) -> Iterator[Outgoing]:
        """Units, users, persons, articles, prices, stores and stock, as the examples have them."""
        for stage in self.cut_over:
            yield from stage.messages(region=REGION)

    # decision 0121: load is published in stages that need each other
    @property
    def cut_over(self) -> Sequence[Stage]:
        """The same in stages: each names what stands in those before it."""
        return [stage for stage in self.files.stages if stage.day == self.files.cut_over]

    def goods(self, deliveries: int) -> Iterator[Outgoing]:
        """Stock for orders: that many of the largest deliveries of every article."""
        for article in self._articles:
            for _ in range(deliveries):
                yield self._fact(
                    "inventory",
                    self._name("INL"),
                    "region.goods.received.v1",
                    store=_STORE,
                    article_number=article,
                    quantity=_LARGEST,
                    received_on=self._day,
                )

    def order(self) -> Outgoing:
        """One order of one line that is in stock."""
        buyer = next(self._buyers)
        return self._message(
            "orders",
            self._name("ORD"),
            "orders.order.place.v1",
            {
                "recipient": buyer["recipient"],
                "prescriber": buyer["prescriber"],
                "service_point": buyer["service_point"],
                "lines": [{"article_number": next(self._in_turn), "quantity": 1}],
                "delivery": {"to": {"kind": "unit"}, "consolidated": True},
            },
        )

    def dispatch(self, order: Outgoing) -> Outgoing:
        """The order's goods leave the store and arrive the same day."""
        name = order.key.decode()
        return self._fact(
            "inventory",
            name,
            "region.goods.dispatched.v1",
            order=name,
            dispatched_on=self._day,
            arrives_on=self._day,
            lines=[{"line": 1, "quantity": 1, "devices": []}],
        )

    def loan(self) -> Outgoing:
        """A device on loan, prescribed by the one who will hand the loan over."""
        number = f"R9{next(self._number):06}"
        loaned = json.loads(next(self._loans))
        loaned |= {"device_number": number, "serial_number": f"SN-{number}", "prescriber": "f120"}
        loaned.pop("version")
        return self._fact("inventory", number, "region.device.stated.v1", **loaned)

    def transfer(self, loan: Outgoing) -> Outgoing:
        """The device's transfer to another prescriber, carried out at once."""
        return self._message(
            "bmb",
            self._name("BMB"),
            "bmb.transfer.save.v1",
            {
                "sender": "f120",
                "devices": [loan.key.decode()],
                "new_prescriber": "f123",
                "attested": False,
                "execute": True,
            },
        )

    def accept(self, transfer: Outgoing) -> Outgoing:
        """The receiver's yes."""
        body = {"by": "b203", "customer_id": "40003"}
        return self._message("bmb", transfer.key.decode(), "bmb.transfer.accept.v1", body)

    @cached_property
    def _articles(self) -> list[str]:
        """What is counted, not marked, and delivered to somebody in the examples."""
        stated = [
            json.loads(one.value) for one in self.registry() if b"lead_time_days" in one.value
        ]
        return [
            one["article_number"]
            for one in stated
            if not one["marked"] and one["in_assortment"] and one["status"] == "active"
        ][:20]

    @cached_property
    def _in_turn(self) -> Iterator[str]:
        return cycle(self._articles)

    @cached_property
    def _buyers(self) -> Iterator[dict[str, Any]]:
        """Who orders what for whom, where the examples' order came to a delivery."""
        delivered = {
            name for name, one in self.files.expected["orders"].items() if one["delivered_on"]
        }
        found = [
            json.loads(one.value)
            for stage in self.files.stages
            for one in stage.messages(region=REGION)
            if dict(one.headers).get("ce_type") == b"orders.order.place.v1"
            and one.key.decode() in delivered
        ]
        return cycle(found)

    @cached_property
    def _loans(self) -> Iterator[str]:
        found = [
            one.value for one in self.registry() if b'"recipient":{"kind":"patient"' in one.value
        ]
        return cycle([one.decode() for one in found if b"device_number" in one])

    @property
    def _day(self) -> str:
        return self.files.cut_over.isoformat()

    def _name(self, kind: str) -> str:
        return f"B-{kind}-{next(self._number):07}"

    def _fact(self, topic: str, key: str, wire_type: str, **body: Any) -> Outgoing:
        return self._message(topic, key, wire_type, {"version": 1, **body})

    def _message(self, topic: str, key: str, wire_type: str, body: dict[str, Any]) -> Outgoing:
        trace = uuid4().hex
        envelope = Envelope(
            id=uuid4(),
            source=f"urn:region:{REGION}:bench",
            type=wire_type,
            time=datetime.now(UTC),
            subject=key,
            region=REGION,
            traceparent=f"00-{trace}-{trace[:16]}-01",
        )
        return Outgoing(
            topic=f"region.{REGION}.{topic}",
            key=key.encode(),
            headers=tuple(envelope.headers()),
            value=json.dumps(body, ensure_ascii=False).encode(),
        )


async def send_open_loop(
    producer: Any, messages: Iterable[Outgoing], *, rate: float
) -> dict[str, float]:
    """Send each message at its own time, `rate` a second; answers when (Unix time) by message id.

    Never waits for an answer but at the end. Raises KafkaError.
    """
    begun, wall = monotonic(), time()
    due: dict[str, float] = {}
    waiting = []
    for number, message in enumerate(messages):
        at = number / rate
        if (pause := begun + at - monotonic()) > 0:
            await asyncio.sleep(pause)
        due[dict(message.headers)["ce_id"].decode()] = wall + at
        waiting.append(
            await producer.send(
                message.topic, message.value, key=message.key, headers=list(message.headers)
            )
        )
    await asyncio.gather(*waiting)
    return due
