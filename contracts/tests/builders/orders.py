"""What orders emits: persons, units, users, and orders from placing to their end."""

from typing import Any

from kvitt_contracts.orders import (
    AccessApplied,
    AccessGranted,
    AccessLapsed,
    AccessLapsing,
    AccessRefused,
    CareUnitRegistered,
    CustomerRegistered,
    FaultReported,
    FaultReportEscalated,
    FaultReportForwarded,
    FaultReportPrescriberNamed,
    FaultReportPrescriberRefused,
    FaultReportPrescriberSet,
    OrderDeclined,
    OrderDelivered,
    OrderLineDelivered,
    OrderPlaced,
    OrderPlacedV2,
    OrderPlanned,
    OrderVoided,
    OrderVoidRefused,
    OrderVoidRequested,
    PayerRegistered,
    PersonErased,
    PersonInactivated,
    PersonProtectionChanged,
    PersonReactivated,
    PersonRegistered,
    PersonsMerged,
    PlacedLine,
    ReplenishmentPlaced,
    SuppliedLine,
    UserRegistered,
)
from kvitt_contracts.refusals import OrdersMessageRefused, OrdersMessageSettled
from kvitt_contracts.types import OrderId, Recipient

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import (
    CARE_UNIT,
    CENTRAL,
    CUSHION,
    DAY,
    OTHER_PATIENT,
    OWN,
    PATIENT,
    PAYER,
    POLICY,
    RECEIVER,
    RECEIVING,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    a_patient,
    device_id,
    fault_report_id,
    line_id,
    order_id,
    person,
)


def a_person_registered(
    name: str = PATIENT, *, active: bool = True, **changes: Any
) -> PersonRegistered:
    """A person has got a reference."""
    values = {"person": person(name), "region_person_id": name, "active": active}
    return build(PersonRegistered, values, changes)


def a_person_inactivated(name: str = PATIENT) -> PersonInactivated:
    """Nothing new may be registered on the person."""
    return build(PersonInactivated, {"person": person(name)}, {})


def a_person_reactivated(name: str = PATIENT) -> PersonReactivated:
    """The person may be registered on again."""
    return build(PersonReactivated, {"person": person(name)}, {})


def a_person_protection_changed(
    name: str = PATIENT, *, is_protected: bool = True
) -> PersonProtectionChanged:
    """The person's identity is protected from now on, or no more."""
    values = {"person": person(name), "is_protected": is_protected}
    return build(PersonProtectionChanged, values, {})


def a_person_erased(name: str = PATIENT) -> PersonErased:
    """Nobody knows any more who a person is."""
    return build(PersonErased, {"person": person(name)}, {})


def a_person_merged(name: str = OTHER_PATIENT, *, into: str = PATIENT) -> PersonsMerged:
    """A person turned out to be another one."""
    values = {"person": person(name), "region_person_id": name, "into": person(into)}
    return build(PersonsMerged, values, {})


def a_payer_registered(payer: str = PAYER, **changes: Any) -> PayerRegistered:
    """A payer."""
    return build(PayerRegistered, {"payer_id": payer, "name": f"Hälsocentralen {payer}"}, changes)


def a_customer_registered(
    customer: str = SENDING, *, payer: str = PAYER, store: str | None = None, **changes: Any
) -> CustomerRegistered:
    """A service point; without a store of its own unless told."""
    values = {
        "customer_id": customer,
        "name": f"Arbetsplats {customer}",
        "payer_id": payer,
        "is_service_point": True,
        "private_clinic": False,
        "store": store,
    }
    return build(CustomerRegistered, values, changes)


def a_care_unit_registered(unit: str = CARE_UNIT, *, customer: str = SENDING) -> CareUnitRegistered:
    """A care unit of a customer."""
    values = {"unit": unit, "name": f"Avdelning {unit}", "customer_id": customer}
    return build(CareUnitRegistered, values, {})


def a_user_registered(
    user: str = SENDER, *service_points: str, role: str = "prescriber", **changes: Any
) -> UserRegistered:
    """A prescriber; the first service point is the default one."""
    points = service_points or (SENDING,)
    values = {
        "user_id": user,
        "roles": (role,),
        "service_points": points,
        "default_service_point": points[0],
        "active": True,
    }
    return build(UserRegistered, values, changes)


def an_access_applied(**changes: Any) -> AccessApplied:
    """The head of a unit applies for a prescriber's access."""
    values = {"user_id": SENDER, "service_point": SENDING, "by": RECEIVER}
    return build(AccessApplied, values, changes)


def an_access_granted(**changes: Any) -> AccessGranted:
    """Customer service grants it."""
    values = {"user_id": SENDER, "heads": (RECEIVER,), "by": SERVICE, "asked_by": RECEIVER}
    return build(AccessGranted, values, changes)


def an_access_refused(**changes: Any) -> AccessRefused:
    """Customer service refuses it."""
    values = {"user_id": SENDER, "heads": (RECEIVER,), "by": SERVICE, "asked_by": RECEIVER}
    return build(AccessRefused, values, changes)


def an_access_lapsing(**changes: Any) -> AccessLapsing:
    """A prescriber has not been active for long."""
    values = {"user_id": SENDER, "heads": (RECEIVER,), "lapses_on": DAY}
    return build(AccessLapsing, values, changes)


def an_access_lapsed(**changes: Any) -> AccessLapsed:
    """A prescriber was not active in time."""
    return build(AccessLapsed, {"user_id": SENDER, "heads": (RECEIVER,)}, changes)


def a_line(
    article: str = CUSHION,
    quantity: int = 1,
    *,
    order: str | OrderId = "O-1",
    number: int = 1,
    **changes: Any,
) -> PlacedLine:
    """A line of an order; of an unmarked article unless told."""
    values = {
        "line_id": line_id(order, number),
        "number": number,
        "article_number": article,
        "article_type": "main_device",
        "marked": False,
        "quantity": quantity,
        "payer_id": PAYER,
    }
    return build(PlacedLine, values, changes)


def a_device_line(device: str | None = "170098", **changes: Any) -> PlacedLine:
    """A line of a marked rollator; from the central store it need not name a device."""
    return a_line(ROLLATOR, **{"marked": True, "device_number": device, **changes})


def an_order_placed(
    *lines: PlacedLine,
    reference: str | None = "O-1",
    recipient: Recipient | None = None,
    **changes: Any,
) -> OrderPlaced:
    """An order from the central store for a patient, which the region calls `reference`."""
    named = reference or "O-1"
    values = {
        "order_id": order_id(named),
        "order_number": f"2610{order_id(named).int % 100_000:05}",
        "reference": reference,
        "recipient": recipient or a_patient(),
        "prescriber": SENDER,
        "requester": SENDER,
        "service_point": SENDING,
        "customer_id": SENDING,
        "supply": "central",
        "store": CENTRAL,
        "address_kind": "unit",
        "placed_on": DAY,
        "policy": POLICY,
        "lines": lines or (a_line(order=named),),
    }
    return build(OrderPlaced, values, changes)


def a_withdrawal_placed(*lines: PlacedLine, reference: str = "O-1", **changes: Any) -> OrderPlaced:
    """A withdrawal from the own store for a patient."""
    return an_order_placed(
        *lines, reference=reference, **{"supply": "own_store", "store": OWN, **changes}
    )


def a_replenishment_line(
    article: str = CUSHION,
    quantity: int = 1,
    *,
    order: str = "R-1",
    number: int = 1,
    **changes: Any,
) -> SuppliedLine:
    """A line of a replenishment, from the central store."""
    values = {
        **dict(a_line(article, quantity, order=order, number=number)),
        "supply": "central",
        "store": CENTRAL,
    }
    return build(SuppliedLine, values, changes)


def a_replenishment_placed(
    *lines: SuppliedLine, reference: str = "R-1", store: str = OWN, **changes: Any
) -> ReplenishmentPlaced:
    """A unit orders from the central store to its own."""
    values = {
        "order_id": order_id(reference),
        "order_number": f"2610{order_id(reference).int % 100_000:05}",
        "reference": reference,
        "requester": SENDER,
        "service_point": SENDING,
        "customer_id": SENDING,
        "to_store": store,
        "placed_on": DAY,
        "policy": POLICY,
        "lines": lines or (a_replenishment_line(order=reference),),
    }
    return build(ReplenishmentPlaced, values, changes)


def a_delayed_line(
    article: str = CUSHION,
    quantity: int = 1,
    *,
    supply: str = "central",
    store: str = CENTRAL,
    **changes: Any,
) -> SuppliedLine:
    """A line from the central store with a fee of 500 kr that is charged 90 days after receipt."""
    placed = a_line(article, quantity, **{"fee": {"net_ore": 50_000, "vat_percent": 0}, **changes})
    values = {
        **dict(placed),
        "supply": supply,
        "store": store,
        "fee_group": "charger",
        "fee_timing": "delayed",
    }
    return build(SuppliedLine, values, {})


def an_order_with_a_delayed_fee(
    *lines: SuppliedLine, reference: str | None = "O-1", **changes: Any
) -> OrderPlacedV2:
    """An order from the central store for a patient, who pays for it later."""
    named = reference or "O-1"
    placed = an_order_placed(reference=reference)
    values = {
        **{name: getattr(placed, name) for name in OrderPlacedV2.model_fields if name != "cover"},
        "lines": lines or (a_delayed_line(order=named),),
    }
    return build(OrderPlacedV2, values, changes)


def an_order_planned(order: str | OrderId = "O-1", **changes: Any) -> OrderPlanned:
    """When the order is expected to leave, told for the first time."""
    values = {"order_id": order_id(order), "planned_dispatch_on": "2026-03-04", "changed": False}
    return build(OrderPlanned, values, changes)


def an_order_line_delivered(
    order: str | OrderId = "O-1", quantity: int = 1, *, number: int = 1, **changes: Any
) -> OrderLineDelivered:
    """Some of a line has arrived."""
    values = {
        "order_id": order_id(order),
        "line_id": line_id(order, number),
        "quantity": quantity,
        "delivered_on": "2026-03-05",
    }
    return build(OrderLineDelivered, values, changes)


def an_order_delivered(order: str | OrderId = "O-1", **changes: Any) -> OrderDelivered:
    """All of the order has arrived."""
    values = {"order_id": order_id(order), "prescriber": SENDER, "delivered_on": "2026-03-05"}
    return build(OrderDelivered, values, changes)


def an_order_declined(order: str | OrderId = "O-1", **changes: Any) -> OrderDeclined:
    """The own store had too little for a withdrawal."""
    values = {
        "order_id": order_id(order),
        "prescriber": SENDER,
        "reason": "NO_BALANCE",
        "rule": "ORD-7",
    }
    return build(OrderDeclined, values, changes)


def an_order_void_requested(order: str | OrderId = "O-1") -> OrderVoidRequested:
    """Somebody wants the order void."""
    return build(OrderVoidRequested, {"order_id": order_id(order)}, {})


def an_order_voided(order: str | OrderId = "O-1", **changes: Any) -> OrderVoided:
    """The order has no effect."""
    return build(OrderVoided, {"order_id": order_id(order), "prescriber": SENDER}, changes)


def an_order_void_refused(order: str | OrderId = "O-1", **changes: Any) -> OrderVoidRefused:
    """The warehouse had begun."""
    values = {"order_id": order_id(order), "prescriber": SENDER, "reason": "PICKING_BEGUN"}
    return build(OrderVoidRefused, values, changes)


def a_fault_reported(report: str = "F-1", device: str = "170098", **changes: Any) -> FaultReported:
    """Customer service has a fault on a patient's device that nobody prescribes."""
    values = {
        "fault_report_id": fault_report_id(report),
        "device_id": device_id(device),
        "recipient": a_patient(),
        "service_point": RECEIVING,
        "has_text": False,
        "by": SERVICE,
    }
    return build(FaultReported, values, changes)


def a_fault_report_escalated(report: str = "F-1") -> FaultReportEscalated:
    """Nobody has answered in time."""
    values = {"fault_report_id": fault_report_id(report), "service_point": RECEIVING}
    return build(FaultReportEscalated, values, {})


def a_fault_report_prescriber_named(
    report: str = "F-1", device: str = "170098", *, prescriber: str = RECEIVER
) -> FaultReportPrescriberNamed:
    """The main responsible has named a prescriber."""
    values = {
        "fault_report_id": fault_report_id(report),
        "device_id": device_id(device),
        "prescriber": prescriber,
        "by": RECEIVER,
    }
    return build(FaultReportPrescriberNamed, values, {})


def a_fault_report_prescriber_set(report: str = "F-1") -> FaultReportPrescriberSet:
    """The device has the prescriber who was named."""
    values = {"fault_report_id": fault_report_id(report), "prescriber": RECEIVER}
    return build(FaultReportPrescriberSet, values, {})


def a_fault_report_prescriber_refused(report: str = "F-1") -> FaultReportPrescriberRefused:
    """The device is in a transfer."""
    values = {"fault_report_id": fault_report_id(report), "reason": "IN_TRANSFER"}
    return build(FaultReportPrescriberRefused, values, {})


def a_fault_report_forwarded(report: str = "F-1", *, to: str = SENDER) -> FaultReportForwarded:
    """The main responsible has forwarded the need for a new assessment."""
    values = {"fault_report_id": fault_report_id(report), "to": to, "by": RECEIVER}
    return build(FaultReportForwarded, values, {})


def an_orders_message_refused(**changes: Any) -> OrdersMessageRefused:
    """An order of something that is not in the catalogue."""
    values = {
        "message_id": "b7c1c3a0-6d5e-4c1e-9a70-3f1a5f0f9d11",
        "message_source": "urn:region:ac",
        "message_type": "orders.order.place.v1",
        "message_subject": "O-1",
        "reason": "UNKNOWN_ARTICLE",
        "rule": "INV-2",
        "field": "lines.0.article_number",
        "way_on": "Ange en artikel ur sortimentet.",
    }
    return build(OrdersMessageRefused, values, changes)


def an_orders_message_settled(**changes: Any) -> OrdersMessageSettled:
    """A message that cannot be read, and has neither id nor subject."""
    values = {
        "topic": "region.ac.orders",
        "partition": 3,
        "offset": 17,
        "outcome": "quarantined",
        "reason": "UNREADABLE",
        "rule": "contract",
        "field": "ce_id",
        "way_on": "Rätta attributet.",
    }
    return build(OrdersMessageSettled, values, changes)
