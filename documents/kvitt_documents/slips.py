"""What stands on the slips that go along with a device, of a pickup and of a work order; and on the
list of what a region is offered.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kvitt_documents.rendering import Data
from kvitt_documents.showing import pieces

PICKUP_TEMPLATE = "pickup-slip-1"
WORK_ORDER_TEMPLATE = "work-order-slip-1"
OFFER_TEMPLATE = "offer-slip-1"

Fact = tuple[str, str]
"""What a value is called, and the value; one that is empty is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipDevice:
    """A device on a slip: its number, and its article with number and name."""

    number: str
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What is to come along with the devices of one product area (PCK-6)."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PickupSlip:
    """A pickup's slip, in Swedish (PCK-4, PCK-6): what is fetched, where, and what comes along."""

    pickup_number: str
    issued_on: date
    order: tuple[Fact, ...]
    place: tuple[Fact, ...]
    devices: tuple[SlipDevice, ...]
    checklists: tuple[Checklist, ...]
    template: str = PICKUP_TEMPLATE

    def data(self) -> Data:
        """What the template shows."""
        return {
            "title": f"Hämtorder {self.pickup_number}",
            "issued_on": self.issued_on.isoformat(),
            "number": self.pickup_number,
            "order": shown_facts(self.order),
            "place": shown_facts(self.place),
            "devices": _rows(self.devices),
            "checklists": [[one.name, list(one.lines)] for one in self.checklists],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrderSlip:
    """A work order's slip, in Swedish, which goes along to the supplier (ACT-2)."""

    work_order_number: str
    issued_on: date
    order: tuple[Fact, ...]
    requester: tuple[Fact, ...]
    devices: tuple[SlipDevice, ...]
    fault: str
    return_to: tuple[Fact, ...]
    comment: str
    template: str = WORK_ORDER_TEMPLATE

    def data(self) -> Data:
        """What the template shows."""
        return {
            "title": f"Arbetsorder {self.work_order_number}",
            "issued_on": self.issued_on.isoformat(),
            "number": self.work_order_number,
            "order": shown_facts(self.order),
            "requester": shown_facts(self.requester),
            "devices": _rows(self.devices),
            "fault": paragraphs(self.fault),
            "return_to": shown_facts(self.return_to),
            "comment": paragraphs(self.comment),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSlip:
    """The list of devices that a region is offered when a patient moves there, in Swedish (CAS-1).
    It names no patient. `to`: whom it is for, as it was written.
    """

    issued_on: date
    order: tuple[Fact, ...]
    devices: tuple[SlipDevice, ...]
    to: str
    sender: tuple[Fact, ...]
    template: str = OFFER_TEMPLATE

    def data(self) -> Data:
        """What the template shows."""
        return {
            "title": "Erbjudande om hjälpmedel",
            "issued_on": self.issued_on.isoformat(),
            "order": shown_facts(self.order),
            "devices": _rows(self.devices),
            "to": paragraphs(self.to),
            "sender": shown_facts(self.sender),
        }


def shown_facts(facts: Iterable[Fact]) -> list[list[object]]:
    """Facts as a template shows them, without those that are empty."""
    return [[name, paragraphs(value)] for name, value in facts if value.strip()]


def _rows(devices: Iterable[SlipDevice]) -> list[list[str]]:
    return [[str(row), one.number, one.article] for row, one in enumerate(devices, start=1)]


def paragraphs(text: str) -> list[list[str]]:
    """The lines of a text that are not empty, each in pieces short enough to be shown whole."""
    return [pieces(line) for line in text.splitlines() if line.strip()]
