"""Inventory's values for tests, with only what matters to say; of region ac unless told."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from inventory.articles.domain import Article
from inventory.devices.domain import Device
from kvitt_contracts.bmb import TransferAccepted, TransferRequested
from kvitt_contracts.inventory import Custody
from kvitt_contracts.orders import AddressKind, OrderPlaced, PersonRegistered, PlacedLine, Supply
from kvitt_contracts.regions import (
    ArticleStated,
    BalanceStated,
    DeviceReturned,
    DeviceStated,
    DispatchedLine,
    GoodsDispatched,
    GoodsReceived,
    MarkedDevice,
    StoreStated,
)
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    Charging,
    CustomerId,
    DeviceId,
    DeviceNumber,
    Holder,
    IsoCode,
    NamedPatient,
    OrderId,
    OrderLineId,
    OrderNumber,
    PatientRecipient,
    PayerId,
    PersonRef,
    PolicyVersion,
    Reference,
    RegionPersonId,
    ServicePointId,
    StoreHolder,
    StoreId,
    TransferId,
    UserId,
    identify,
)

ROLLATOR, CUSHION, BATTERY, FITTING = "30012", "30457", "30999", "39001"
CENTRAL, OWN = "500", "402"
PAYER, OTHER_PAYER = "20011", "20499"
PRESCRIBER, OTHER_PRESCRIBER = "k082lno", "k201ema"
SERVICE_POINT = "40201"
DAY = date(2026, 3, 2)  # a Monday
POLICY = PolicyVersion(version=1, content_hash="0123456789abcdef")

_NAMESPACE = UUID("3b7f0a52-9c8e-4a3b-8a41-51f9a6f5d0c7")


def device_id(number: str = "170098") -> DeviceId:
    """The id of a device by its first number."""
    return DeviceId(identify("ac", "device", number))


def order_id(reference: str = "O-1") -> OrderId:
    """The id of the order that the region calls `reference`."""
    return OrderId(identify("ac", "order", reference))


def line_id(reference: str = "O-1", number: int = 1) -> OrderLineId:
    """The id of an order's line."""
    return OrderLineId(uuid5(_NAMESPACE, f"{reference}/{number}"))


def transfer_id(reference: str = "BMB-1") -> TransferId:
    """The id of the transfer that the region calls `reference`."""
    return TransferId(identify("ac", "transfer", reference))


def person_ref(person: str = "P-20417") -> PersonRef:
    """The reference of what the region calls a person."""
    return PersonRef(uuid5(_NAMESPACE, person))


def a_patient(person: str = "P-20417") -> PatientRecipient:
    """A patient, by reference."""
    return PatientRecipient(person=person_ref(person))


def a_store_holder(store: str = OWN) -> StoreHolder:
    """A store as holder."""
    return StoreHolder(store=StoreId(store))


def an_article(number: str = ROLLATOR, **changes: Any) -> Article:
    """An article as inventory keeps it; a rollator that is marked and rented."""
    values: dict[str, Any] = {
        "article_number": ArticleNumber(number),
        "name": "Rollator Brukare 55",
        "iso_code": IsoCode("120606"),
        "type": ArticleType.MAIN_DEVICE,
        "marked": True,
        "in_assortment": True,
        "charging": Charging.RENT,
        "status": ArticleStatus.ACTIVE,
        "lead_time_days": 5,
        "fee_group": None,
        "supplier": "Nordhjälp AB",
        "unit": "piece",
    }
    return Article(**values | changes)


def an_article_stated(number: str = ROLLATOR, **changes: Any) -> ArticleStated:
    """An article as its region states it."""
    values: dict[str, Any] = {
        "version": 1,
        "article_number": number,
        "name": "Rollator Brukare 55",
        "iso_code": "120606",
        "type": "main_device",
        "marked": True,
        "in_assortment": True,
        "charging": "rent",
        "supplier": "Nordhjälp AB",
    }
    return ArticleStated.model_validate(values | changes)


def the_catalogue() -> tuple[ArticleStated, ...]:
    """A rollator (marked), a cushion with ten days' lead time, batteries, and a service."""
    return (
        an_article_stated(),
        an_article_stated(
            CUSHION, name="Sittdyna Ängsull", marked=False, charging="sale", lead_time_days=10
        ),
        an_article_stated(
            BATTERY, name="Batteri AGM", type="spare_part", marked=False, charging="sale"
        ),
        an_article_stated(
            FITTING, name="Anpassning", type="service", marked=False, charging="sale"
        ),
    )


def the_stores() -> tuple[StoreStated, ...]:
    """The central store, a purchasing store, an own store."""
    return (
        StoreStated(version=1, store=StoreId(CENTRAL), name="Centrallager", kind="central"),
        StoreStated(version=1, store=StoreId("750"), name="Inköp", kind="purchasing"),
        StoreStated(
            version=1,
            store=StoreId(OWN),
            name="Förråd rehab",
            kind="own",
            service_point=ServicePointId(SERVICE_POINT),
        ),
    )


def a_person(person: str = "P-20417") -> PersonRegistered:
    """A person that orders has told of."""
    return PersonRegistered(
        person=person_ref(person), region_person_id=RegionPersonId(person), active=True
    )


def a_balance(number: str, quantity: int, *, store: str = CENTRAL) -> BalanceStated:
    """Old stock of an unmarked article."""
    return BalanceStated(
        version=1,
        store=StoreId(store),
        article_number=ArticleNumber(number),
        quantity=quantity,
        stated_on=DAY,
    )


def goods(
    number: str, quantity: int = 1, *, store: str = CENTRAL, devices: Sequence[str] = ()
) -> GoodsReceived:
    """A delivery into a store."""
    return GoodsReceived(
        version=1,
        store=StoreId(store),
        article_number=ArticleNumber(number),
        quantity=quantity or len(devices),
        devices=tuple(MarkedDevice(device_number=DeviceNumber(name)) for name in devices),
        received_on=DAY,
    )


def rollators(*numbers: str, store: str = OWN) -> GoodsReceived:
    """Marked rollators that came into a store."""
    return goods(ROLLATOR, len(numbers), store=store, devices=numbers)


def a_device_on_loan(number: str = "170098", *, person: str = "P-20417") -> DeviceStated:
    """Old stock: a rollator on loan."""
    return DeviceStated(
        version=1,
        device_number=DeviceNumber(number),
        article_number=ArticleNumber(ROLLATOR),
        recipient=NamedPatient(person=RegionPersonId(person)),
        payer_id=PayerId(PAYER),
        prescriber=UserId(PRESCRIBER),
        stated_on=DAY,
    )


def a_return(
    number: str = "170098", *, on: date = date(2026, 3, 9), store: str = OWN
) -> DeviceReturned:
    """A device that has come back into a store."""
    return DeviceReturned(
        version=1, device_number=DeviceNumber(number), store=StoreId(store), returned_on=on
    )


def a_line(
    article: str = CUSHION, quantity: int = 1, *, order: str = "O-1", number: int = 1, **more: Any
) -> PlacedLine:
    """An order line; of an unmarked article unless told."""
    values: dict[str, Any] = {
        "line_id": line_id(order, number),
        "number": number,
        "article_number": article,
        "article_type": "main_device",
        "marked": False,
        "quantity": quantity,
        "payer_id": PAYER,
    }
    return PlacedLine.model_validate(values | more)


def a_device_line(device: str | None = "170098", **more: Any) -> PlacedLine:
    """An order line of a marked rollator."""
    return a_line(ROLLATOR, marked=True, device_number=device, **more)


def an_order(
    *lines: PlacedLine, reference: str = "O-1", placed_on: date = DAY, **more: Any
) -> OrderPlaced:
    """An order from the central store for a patient."""
    values: dict[str, Any] = {
        "order_id": order_id(reference),
        "order_number": OrderNumber(f"2610{sum(reference.encode()):04}"),
        "reference": Reference(reference),
        "recipient": a_patient(),
        "prescriber": UserId(PRESCRIBER),
        "requester": UserId(PRESCRIBER),
        "service_point": ServicePointId(SERVICE_POINT),
        "customer_id": CustomerId(SERVICE_POINT),
        "supply": Supply.CENTRAL,
        "store": StoreId(CENTRAL),
        "address_kind": AddressKind.UNIT,
        "placed_on": placed_on,
        "policy": POLICY,
        "lines": lines or (a_line(order=reference),),
    }
    return OrderPlaced(**values | more)


def a_withdrawal(*lines: PlacedLine, reference: str = "O-1", **more: Any) -> OrderPlaced:
    """A withdrawal from the own store for a patient."""
    return an_order(
        *lines, reference=reference, supply=Supply.OWN_STORE, store=StoreId(OWN), **more
    )


def a_dispatch(
    *lines: DispatchedLine,
    order: str = "O-1",
    on: date = date(2026, 3, 3),
    arrives_on: date = date(2026, 3, 4),
) -> GoodsDispatched:
    """Goods that have left the central store."""
    return GoodsDispatched(
        version=1,
        order=Reference(order),
        dispatched_on=on,
        arrives_on=arrives_on,
        lines=lines or (DispatchedLine(line=1, quantity=1),),
    )


def sent(line: int = 1, quantity: int = 1, *devices: str) -> DispatchedLine:
    """What was sent of a line."""
    return DispatchedLine(
        line=line, quantity=quantity, devices=tuple(DeviceNumber(name) for name in devices)
    )


def a_request(*devices: str, transfer: str = "BMB-1", **more: Any) -> TransferRequested:
    """A transfer that asks for devices at a patient."""
    values: dict[str, Any] = {
        "transfer_id": transfer_id(transfer),
        "devices": tuple(device_id(number) for number in devices or ("170098",)),
        "current_recipient": a_patient(),
        "requested_at": "2026-03-02T09:00:00Z",
        "policy": POLICY,
    }
    return TransferRequested.model_validate(values | more)


def an_acceptance(
    *devices: str, transfer: str = "BMB-1", on: date = date(2026, 3, 2), **more: Any
) -> TransferAccepted:
    """A transfer that was accepted: another payer from a day on."""
    values: dict[str, Any] = {
        "transfer_id": transfer_id(transfer),
        "devices": tuple(device_id(number) for number in devices or ("170098",)),
        "customer_id": "40355",
        "payer_id": OTHER_PAYER,
        "effective_on": on,
        "sender": PRESCRIBER,
        "sending_service_point": SERVICE_POINT,
        "policy": POLICY,
    }
    return TransferAccepted.model_validate(values | more)


def a_device(holder: Holder | None = None, **changes: Any) -> Device:
    """A rollator; on loan with a payer unless told."""
    holder = holder or a_patient()
    on_loan = not isinstance(holder, StoreHolder)
    custody = Custody(
        holder=holder,
        payer_id=PayerId(PAYER) if on_loan else None,
        customer_id=CustomerId(SERVICE_POINT) if on_loan else None,
        prescriber=UserId(PRESCRIBER) if on_loan else None,
        since=DAY,
    )
    values: dict[str, Any] = {
        "device_number": DeviceNumber("170098"),
        "serial_number": None,
        "article_number": ArticleNumber(ROLLATOR),
        "custody": custody,
    }
    return Device(**values | changes)
