"""What a region sends under load: orders, dispatches, loans, transfers, pickups and what else is
carried out or asked, by its own client.

Contracts and the committed examples only; open loop: what is due is sent, whatever comes back.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
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
_LIVES = b'"address":{'


class Business:
    """Makes the messages of one region, each thing named once."""

    def __init__(self, region: RegionCode = REGION) -> None:
        self.region = region
        (self.files,) = read_regions(_EXAMPLES, [region])
        self._number = count(1)

    def registry(self) -> Iterator[Outgoing]:
        """Units, users, persons, articles, prices, stores and stock, as the examples have them."""
        for stage in self.cut_over:
            yield from stage.messages(region=self.region)

    # decision 0121: load is published in stages that need each other
    @property
    def cut_over(self) -> Sequence[Stage]:
        """The same in stages: each names what stands in those before it."""
        return [stage for stage in self.files.stages if stage.day == self.files.cut_over]

    def goods(self, deliveries: int) -> Iterator[Outgoing]:
        """Stock for orders: that many of the largest deliveries of every article."""
        for article in self.articles:
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
        return self.message(
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

    def loan(self, *, prescriber: str | None = "f120") -> Outgoing:
        """A device on loan to a patient with an address and a phone, prescribed by the one who will
        hand the loan over, or by nobody.
        """
        return self._loan(json.loads(next(self._loans)), prescriber)

    def loans_to_one(self, count: int, *, not_paid_by: str | None = None) -> list[Outgoing]:
        """So many devices on loan to the same patient, paid by the same payer: another than this
        one, where one is named.
        """
        stated = map(json.loads, self._loans)
        loaned = next(one for one in stated if one["payer_id"] != not_paid_by)
        return [self._loan(loaned, "f120") for _ in range(count)]

    def transfer(
        self,
        *loans: Outgoing,
        sender: str = "f120",
        to: str = "f123",
        on: date | None = None,
    ) -> Outgoing:
        """The devices' transfer from their prescriber to another one, sent at once; `on` is its
        date, where that is not the day on which it is sent.
        """
        body = {
            "sender": sender,
            "devices": [loan.key.decode() for loan in loans],
            "new_prescriber": to,
            "attested": False,
            "execute": True,
        }
        if on is not None:
            body["transfer_date"] = on.isoformat()
        return self.message("bmb", self._name("BMB"), "bmb.transfer.save.v1", body)

    def accept(self, transfer: Outgoing, *, by: str = "f103", customer: str = "40003") -> Outgoing:
        """The receiver's yes."""
        return self.act(transfer, "accept", by=by, customer_id=customer)

    def reject(self, transfer: Outgoing, *, by: str) -> Outgoing:
        """The receiver's no, with a reason."""
        return self.act(transfer, "reject", by=by, message="Brukaren har flyttat.")

    def pickup(self, *loans: Outgoing, by: str, service_point: str) -> Outgoing:
        """The devices are to be fetched from whoever has them on loan."""
        body = {
            "recipient": recipient_of(loans[0]),
            "service_point": service_point,
            "ordered_by": "unit",
            "cause": "not_needed",
            "devices": [loan.key.decode() for loan in loans],
            "by": by,
        }
        return self.message("orders", self._name("PCK"), "orders.pickup.request.v1", body)

    def returned(self, loan: Outgoing, *, on: date) -> Outgoing:
        """The device is back in the store."""
        number = loan.key.decode()
        body = {"device_number": number, "store": _STORE, "returned_on": on.isoformat()}
        return self._fact("inventory", number, "region.device.returned.v1", **body)

    def work_order(
        self, loan: Outgoing, *, kind: str, requester: str, service_point: str
    ) -> Outgoing:
        """Work is to be done on the device."""
        body = {
            "kind": kind,
            "recipient": recipient_of(loan),
            "service_point": service_point,
            "requester": requester,
            "device_number": loan.key.decode(),
        }
        return self.message("orders", self._name("WRK"), "orders.work-order.register.v1", body)

    def fault_report(self, loan: Outgoing, *, by: str, service_point: str) -> Outgoing:
        """Something is wrong with the device, which nobody prescribes."""
        body = {"device_number": loan.key.decode(), "service_point": service_point, "by": by}
        return self.message("orders", self._name("FLT"), "orders.fault-report.report.v1", body)

    def case(self, pickup: Outgoing, *, kind: str, by: str, service_point: str) -> Outgoing:
        """Something is asked of customer service about the pickup."""
        about = {"kind": "pickup", "reference": pickup.key.decode()}
        body = {"kind": kind, "about": about, "service_point": service_point, "by": by}
        return self.message("orders", self._name("CAS"), "orders.case.ask.v1", body)

    def message(self, topic: str, key: str, wire_type: str, body: dict[str, Any]) -> Outgoing:
        """A message of the region's own, of now."""
        trace = uuid4().hex
        envelope = Envelope(
            id=uuid4(),
            source=f"urn:region:{self.region}:bench",
            type=wire_type,
            time=datetime.now(UTC),
            subject=key,
            region=self.region,
            traceparent=f"00-{trace}-{trace[:16]}-01",
        )
        return Outgoing(
            topic=f"region.{self.region}.{topic}",
            key=key.encode(),
            headers=tuple(envelope.headers()),
            value=json.dumps(body, ensure_ascii=False).encode(),
        )

    def act(self, thing: Outgoing, what: str, **body: Any) -> Outgoing:
        """What somebody does with a thing that was sent before: `withdraw` a transfer or a case,
        `finish` a work order.
        """
        _, _, topic = thing.topic.rpartition(".")
        noun, _, _ = dict(thing.headers)["ce_type"].decode().removesuffix(".v1").rpartition(".")
        return self.message(topic, thing.key.decode(), f"{noun}.{what}.v1", body)

    @cached_property
    def articles(self) -> list[str]:
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
        return cycle(self.articles)

    @cached_property
    def _buyers(self) -> Iterator[dict[str, Any]]:
        """Who orders what for whom, where the examples' order came to a delivery."""
        delivered = {
            name for name, one in self.files.expected["orders"].items() if one["delivered_on"]
        }
        found = [
            json.loads(one.value)
            for stage in self.files.stages
            for one in stage.messages(region=self.region)
            if dict(one.headers).get("ce_type") == b"orders.order.place.v1"
            and one.key.decode() in delivered
        ]
        return cycle(found)

    @cached_property
    def _loans(self) -> Iterator[str]:
        stated = list(self.registry())
        found = [one.value for one in stated if b'"recipient":{"kind":"patient"' in one.value]
        can_be_visited = {
            one.key.decode() for one in stated if b'"phone":"' in one.value and _LIVES in one.value
        }
        loans = [one.decode() for one in found if b"device_number" in one]
        return cycle(
            [one for one in loans if json.loads(one)["recipient"]["person"] in can_be_visited]
        )

    def _loan(self, stated: dict[str, Any], prescriber: str | None) -> Outgoing:
        number = f"R9{next(self._number):06}"
        new: dict[str, Any] = {"device_number": number, "serial_number": f"SN-{number}"}
        if prescriber is not None:
            new["prescriber"] = prescriber
        left_out = {"version", "prescriber"}
        body = {name: value for name, value in stated.items() if name not in left_out} | new
        return self._fact("inventory", number, "region.device.stated.v1", **body)

    @property
    def _day(self) -> str:
        return self.files.cut_over.isoformat()

    def _name(self, kind: str) -> str:
        return f"B-{kind}-{next(self._number):07}"

    def _fact(self, topic: str, key: str, wire_type: str, **body: Any) -> Outgoing:
        return self.message(topic, key, wire_type, {"version": 1, **body})


def recipient_of(loan: Outgoing) -> dict[str, str]:
    """Who has the device, by the region's own id."""
    recipient: dict[str, str] = json.loads(loan.value)["recipient"]
    return recipient


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
