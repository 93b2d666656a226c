"""notifications' values for tests, with only what matters to say; of region ac unless told."""

from datetime import date
from typing import Any
from uuid import UUID, uuid5

from kvitt_contracts.bmb import (
    TransferDrafted,
    TransferRequested,
    TransferSent,
)
from kvitt_contracts.examples import example
from kvitt_contracts.orders import OrderDelivered, OrderLineDelivered, OrderPlaced
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import (
    OrderId,
    OrderNumber,
    RegionCode,
    ServicePointId,
    TransferId,
    UserId,
)

SENDER, RECEIVING, PRESCRIBER = "k082lno", "40355", "k201ema"

_NAMESPACE = UUID("5d3f2a51-6a35-4b8e-8f39-0d7a2b7c1e90")
ORDER = OrderId(uuid5(_NAMESPACE, "order"))
TRANSFER = TransferId(uuid5(_NAMESPACE, "transfer"))


def an_order(*quantities: int, reference: str | None = "VB-2026-17", **changes: Any) -> OrderPlaced:
    """An order, one line for each quantity."""
    placed = example(OrderPlaced)
    line = placed.lines[0]
    lines = tuple(
        line.model_copy(update={"number": number, "quantity": quantity})
        for number, quantity in enumerate(quantities or (1,), start=1)
    )
    update = {
        "order_id": ORDER,
        "order_number": OrderNumber("26180001"),
        "reference": reference,
        "prescriber": UserId(PRESCRIBER),
        "lines": lines,
        **changes,
    }
    return placed.model_copy(update=update)


def a_line_delivered(quantity: int) -> OrderLineDelivered:
    """Some of the order's first line has arrived."""
    return OrderLineDelivered(
        order_id=ORDER,
        line_id=an_order().lines[0].line_id,
        quantity=quantity,
        delivered_on=date(2026, 5, 7),
    )


def an_order_delivered() -> OrderDelivered:
    """All of the order has arrived."""
    return OrderDelivered(
        order_id=ORDER, prescriber=UserId(PRESCRIBER), delivered_on=date(2026, 5, 7)
    )


def a_draft(reference: str | None = "BMB-1", **changes: Any) -> TransferDrafted:
    """A draft of a transfer from one prescriber to another."""
    update = {
        "transfer_id": TRANSFER,
        "reference": reference,
        "sender": UserId(SENDER),
        "receiving_service_point": ServicePointId(RECEIVING),
        **changes,
    }
    return example(TransferDrafted).model_copy(update=update)


def a_request(policies: Policies, *, region: str = "ac") -> TransferRequested:
    """The draft is executed under the region's policy."""
    pin = policies.of(RegionCode(region)).versions[0].pin
    return example(TransferRequested).model_copy(update={"transfer_id": TRANSFER, "policy": pin})


def a_sent_transfer(policies: Policies, *, region: str = "ac") -> TransferSent:
    """The receiver sees the transfer."""
    pin = policies.of(RegionCode(region)).versions[0].pin
    return example(TransferSent).model_copy(update={"transfer_id": TRANSFER, "policy": pin})
