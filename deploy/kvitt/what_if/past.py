"""Reads what was: the transfers of a region with their events, what is known of users, customers
and devices. Over HTTP alone; changes nothing.
"""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from billing.rents.domain import PricePoint
from bmb.what_if.domain import Known, Past
from kvitt_chassis.operating.row_comparison import read_event
from kvitt_contracts.bmb import TransferEvent
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import DeviceEvent
from kvitt_contracts.types import (
    Charging,
    CustomerId,
    DeviceId,
    Money,
    PayerId,
    Role,
    TransferId,
    UserId,
)

from kvitt.admin import Admin
from kvitt.local.problems import LocalProblem
from kvitt.region_system import RegionSystem
from kvitt.what_if.costs import PastDevice

_AT_ONCE = 4
_PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTransfer:
    """A transfer that was sent, with its log. `reference` is the region's own, where it has one."""

    id: TransferId
    reference: str | None
    sent_at: datetime
    log: Sequence[Past]


class PastReader:
    """Reads the past of a region, as its system and as who operates it."""

    def __init__(self, system: RegionSystem, admin: Admin) -> None:
        self._system = system
        self._admin = admin

    def now(self) -> datetime:
        """The business time of transfers. Raises LocalProblem."""
        return datetime.fromisoformat(self._admin.get("bmb", "clock")["now"])

    def known(self) -> Known:
        """Users' roles and customers' payers, as they are today. Raises LocalProblem."""
        users = self._system.all("orders", "/users")
        customers = self._system.all("orders", "/customers")
        return Known(
            roles={UserId(one["user_id"]): frozenset(map(Role, one["roles"])) for one in users},
            payers={CustomerId(one["customer_id"]): PayerId(one["payer_id"]) for one in customers},
        )

    def transfers(self, since: date) -> Iterator[PastTransfer]:
        """The transfers that were sent from a Stockholm day on, the latest first. Raises
        LocalProblem.
        """
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            yield from pool.map(self._transfer, self._sent(start_of_day(since)))

    def device(self, device: DeviceId) -> PastDevice:
        """A device with its log, and what its article costs by the day. Raises LocalProblem."""
        log = [(at, _of_device(event)) for at, event in self._log("inventory", "devices", device)]
        number = self._system.get("inventory", f"/devices/{device}")["article_number"]
        article = self._system.get("inventory", f"/articles/{number}")
        prices = [
            PricePoint(
                valid_from=one["valid_from"],
                price=Money(net_ore=one["net_ore"], vat_percent=one["vat_percent"]),
            )
            for one in article["prices"]
        ]
        charging = Charging(article["charging"])
        return PastDevice(id=device, log=log, prices=prices, charging=charging)

    def _sent(self, since: datetime) -> list[dict[str, Any]]:
        found = []
        for one in self._system.all("bmb", "/transfers", sort="-sent_at"):
            if one["sent_at"] is None:
                continue  # a draft
            if datetime.fromisoformat(one["sent_at"]) < since:
                break
            found.append(one)
        return found

    def _transfer(self, line: dict[str, Any]) -> PastTransfer:
        log = self._log("bmb", "transfers", line["id"])
        return PastTransfer(
            id=TransferId(UUID(line["id"])),
            reference=line["reference"],
            sent_at=datetime.fromisoformat(line["sent_at"]),
            log=[Past(at=at, event=_of_transfer(event)) for at, event in log],
        )

    def _log(self, service: str, nouns: str, key: object) -> list[tuple[datetime, Event]]:
        found: list[tuple[datetime, Event]] = []
        page_is_full = True
        while page_is_full:
            path = f"aggregate/{service}.{nouns}/{key}"
            page = self._admin.get(service, path, from_seq=len(found) + 1)
            found += [(datetime.fromisoformat(one["time"]), event_of(one)) for one in page]
            page_is_full = len(page) == _PAGE
        return found


def event_of(recorded: dict[str, Any]) -> Event:
    """An event as the admin HTTP tells it. Raises LocalProblem for one of a newer release."""
    try:
        return read_event(recorded["type"], json.dumps(recorded["data"]))
    except LookupError as unknown:
        raise LocalProblem(
            f"A service has written {recorded['type']}, which this kvitt does not know.",
            remedy="Use the kvitt of the services' own release.",
        ) from unknown


def _of_transfer(event: Event) -> TransferEvent:
    if not isinstance(event, TransferEvent):
        raise TypeError(f"{event.wire_type} is no event of a transfer")
    return event


def _of_device(event: Event) -> DeviceEvent:
    if not isinstance(event, DeviceEvent):
        raise TypeError(f"{event.wire_type} is no event of a device")
    return event
