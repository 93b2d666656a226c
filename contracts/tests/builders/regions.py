"""What a region states: its registry, its catalogue and stock, and what its warehouse does.

A region may send whatever the contract permits, so no shape is proven here.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from kvitt_contracts.inventory import (
    DecideDamage,
    RegisterReturn,
    RegisterSupplierReturn,
    RenumberDevice,
    ReportDamage,
    ReturnedLine,
    ScrapDevice,
    SetDeviceCard,
    TakeOverDevice,
)
from kvitt_contracts.personnummer import Identity, PersonalNumber
from kvitt_contracts.regions import (
    ArticlePriceStated,
    ArticleStated,
    BalanceStated,
    CareUnitStated,
    CustomerStated,
    DeviceConditionStated,
    DeviceReturned,
    DeviceStated,
    DispatchedLine,
    GoodsDispatched,
    GoodsReceived,
    PayerStated,
    PersonsJoined,
    PersonStated,
    PickingBegun,
    ReconditioningStated,
    ResponsiblesStated,
    ReturnedGoodsStated,
    SafetyLevelStated,
    ShelfCountStated,
    StoreStated,
    UserActivityStated,
    UserContactStated,
    UserStated,
)
from kvitt_contracts.types import Address

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import (
    BATTERY,
    CARE_UNIT,
    CENTRAL,
    CUSHION,
    DAY,
    FITTING,
    OWN,
    PATIENT,
    PAYER,
    PURCHASING,
    RECEIVER,
    RECEIVING,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
)

OLD_WOMAN = "189001019802"
"""A test number of Skatteverket: born 1890."""

CHILD = "201701012393"
"""A test number of Skatteverket: born 2017."""

HOME = Address(street="Storgatan 1", postal_code="90325", city="Umeå")

# -- the registry --------------------------------------------------------------------------------


def a_person_stated(identity: Identity | None = None, **changes: Any) -> PersonStated:
    """A person of the population registry, with an address."""
    values = {
        "version": 1,
        "identity": identity or PersonalNumber(number=OLD_WOMAN),
        "name": "Tess Testsson",
        "address": HOME,
        "home_region": "ac",
    }
    return build(PersonStated, values, changes)


def a_person_joined(joined: str, **changes: Any) -> PersonsJoined:
    """The subject and `joined` are one person."""
    return build(PersonsJoined, {"version": 1, "joined": joined}, changes)


def a_payer_stated(payer: str = PAYER, **changes: Any) -> PayerStated:
    """A payer."""
    values = {"version": 1, "payer_id": payer, "name": f"Hälsocentralen {payer}"}
    return build(PayerStated, values, changes)


def a_customer_stated(
    customer: str = SENDING, *, payer: str = PAYER, store: str | None = OWN, **changes: Any
) -> CustomerStated:
    """A service point with a store of its own."""
    values = {
        "version": 1,
        "customer_id": customer,
        "name": f"Arbetsplats {customer}",
        "payer_id": payer,
        "is_service_point": True,
        "store": store,
    }
    return build(CustomerStated, values, changes)


def a_care_unit_stated(unit: str = CARE_UNIT, *, customer: str = SENDING) -> CareUnitStated:
    """A care unit of a customer."""
    values = {"version": 1, "unit": unit, "name": f"Avdelning {unit}", "customer_id": customer}
    return build(CareUnitStated, values, {})


def a_user_stated(user: str = SENDER, *service_points: str, **changes: Any) -> UserStated:
    """A prescriber; the first service point is the default one."""
    points = service_points or (SENDING,)
    values = {
        "version": 1,
        "user_id": user,
        "roles": ("prescriber",),
        "service_points": points,
        "default_service_point": points[0],
    }
    return build(UserStated, values, changes)


def a_sign_in_stated(user: str = SENDER, **changes: Any) -> UserActivityStated:
    """A user has signed in to a system of the region's own on a day (REF-5)."""
    values = {"version": 1, "user_id": user, "signed_in_on": DAY}
    return build(UserActivityStated, values, changes)


def a_responsibles_stated(service_point: str = RECEIVING, **changes: Any) -> ResponsiblesStated:
    """Who answers for a service point: a main responsible alone, unless told."""
    values = {"version": 1, "service_point": service_point, "main": RECEIVER}
    return build(ResponsiblesStated, values, changes)


def a_user_contact_stated(user: str = SENDER, **changes: Any) -> UserContactStated:
    """How a user is reached at work."""
    values = {
        "version": 1,
        "user_id": user,
        "name": "Testa Förskrivare",
        "phone": "090-785 00 01",
        "mobile": "070-174 06 05",
        "email": "testa.forskrivare@region.example",
    }
    return build(UserContactStated, values, changes)


# -- the catalogue and the stores ----------------------------------------------------------------


def a_store_stated(store: str = CENTRAL, kind: str = "central", **changes: Any) -> StoreStated:
    """A store; the central one unless told."""
    values = {"version": 1, "store": store, "name": f"Lager {store}", "kind": kind}
    return build(StoreStated, values, changes)


def the_stores() -> tuple[StoreStated, ...]:
    """The central store, a purchasing store, and a service point's own."""
    return (
        a_store_stated(),
        a_store_stated(PURCHASING, "purchasing"),
        a_store_stated(OWN, "own", service_point=SENDING),
    )


def an_article_stated(
    number: str = ROLLATOR, *, marked: bool = True, **changes: Any
) -> ArticleStated:
    """An article; a marked one is rented, an unmarked one sold."""
    values = {
        "version": 1,
        "article_number": number,
        "name": "Rollator Brukare 55",
        "iso_code": "120606",
        "type": "main_device",
        "marked": marked,
        "in_assortment": True,
        "charging": "rent" if marked else "sale",
        "supplier": "Nordhjälp AB",
    }
    return build(ArticleStated, values, changes)


def the_catalogue() -> tuple[ArticleStated, ...]:
    """A rollator (marked), a cushion with ten days' lead time, batteries, and a service."""
    return (
        an_article_stated(),
        an_article_stated(CUSHION, marked=False, name="Sittdyna Ängsull", lead_time_days=10),
        an_article_stated(BATTERY, marked=False, name="Batteri AGM", type="spare_part"),
        an_article_stated(FITTING, marked=False, name="Anpassning", type="service"),
    )


def an_article_price_stated(number: str = ROLLATOR, **changes: Any) -> ArticlePriceStated:
    """A price of an article, in öre."""
    values = {"version": 1, "article_number": number, "valid_from": DAY, "net_ore": 31_000}
    return build(ArticlePriceStated, values, changes)


# -- stock and devices ---------------------------------------------------------------------------


def a_balance_stated(
    article: str = CUSHION, quantity: int = 1, *, store: str = CENTRAL, **changes: Any
) -> BalanceStated:
    """Old stock of an unmarked article."""
    values = {
        "version": 1,
        "store": store,
        "article_number": article,
        "quantity": quantity,
        "stated_on": DAY,
    }
    return build(BalanceStated, values, changes)


def a_safety_level_stated(
    article: str = CUSHION, level: int = 6, *, store: str = OWN, **changes: Any
) -> SafetyLevelStated:
    """Below the level the store wants more of the article."""
    values = {"version": 1, "store": store, "article_number": article, "level": level}
    return build(SafetyLevelStated, values, changes)


def a_delivery_received(
    article: str = CUSHION,
    quantity: int = 1,
    *,
    store: str = CENTRAL,
    devices: Sequence[str] = (),
    **changes: Any,
) -> GoodsReceived:
    """Goods have come into a store."""
    values = {
        "version": 1,
        "store": store,
        "article_number": article,
        "quantity": quantity,
        "devices": tuple({"device_number": number} for number in devices),
        "received_on": DAY,
    }
    return build(GoodsReceived, values, changes)


def rollators_received(*devices: str, store: str = OWN, **changes: Any) -> GoodsReceived:
    """Marked rollators have come into a store; one unless told."""
    numbers = devices or ("170098",)
    received = a_delivery_received(ROLLATOR, len(numbers), store=store, devices=numbers)
    return build(GoodsReceived, dict(received), changes)


def a_device_on_loan_stated(
    device: str = "170098", *, person: str = PATIENT, **changes: Any
) -> DeviceStated:
    """Old stock: a rollator at a patient."""
    values = {
        "version": 1,
        "device_number": device,
        "article_number": ROLLATOR,
        "recipient": {"kind": "patient", "person": person},
        "payer_id": PAYER,
        "prescriber": SENDER,
        "stated_on": DAY,
    }
    return build(DeviceStated, values, changes)


def a_device_in_store_stated(
    device: str = "170098", *, store: str = OWN, **changes: Any
) -> DeviceStated:
    """Old stock: a rollator in a store."""
    values = {
        "version": 1,
        "device_number": device,
        "article_number": ROLLATOR,
        "store": store,
        "stated_on": DAY,
    }
    return build(DeviceStated, values, changes)


def a_picking_begun(order: str = "O-1", **changes: Any) -> PickingBegun:
    """The warehouse has begun with an order."""
    return build(PickingBegun, {"version": 1, "order": order}, changes)


def a_sent_line(number: int = 1, quantity: int = 1, *devices: str) -> DispatchedLine:
    """What was sent of an order's line."""
    values = {"line": number, "quantity": quantity, "devices": devices}
    return build(DispatchedLine, values, {})


def a_dispatch(
    *lines: DispatchedLine,
    order: str = "O-1",
    on: str | date = DAY,
    arrives_on: str | date = "2026-03-04",
) -> GoodsDispatched:
    """Goods of an order have left the central store: one of its first line unless told."""
    values = {
        "version": 1,
        "order": order,
        "dispatched_on": on,
        "arrives_on": arrives_on,
        "lines": lines or (a_sent_line(),),
    }
    return build(GoodsDispatched, values, {})


def a_shelf_counted(
    *lines: tuple[str, int, tuple[str, ...]], at: datetime, store: str = OWN, **changes: Any
) -> ShelfCountStated:
    """A batch of a stocktaking: each line an article, how many, and the marked devices."""
    values = {
        "version": 1,
        "store": store,
        "counted_at": at,
        "lines": [
            {"article_number": article, "counted": counted, "devices": devices}
            for article, counted, devices in lines
        ],
        "by": SENDER,
    }
    return build(ShelfCountStated, values, changes)


def a_device_returned(
    device: str = "170098", *, on: str | date = DAY, store: str = OWN, version: int = 1
) -> DeviceReturned:
    """A device has come back into a store."""
    values = {"version": version, "device_number": device, "store": store, "returned_on": on}
    return build(DeviceReturned, values, {})


def a_reconditioning(
    device: str = "170098",
    stage: str = "inspected",
    *,
    on: str | date = DAY,
    technician: str = SERVICE,
    **changes: Any,
) -> ReconditioningStated:
    """A technician has done a stage of the work on a device that came back."""
    values = {
        "version": 1,
        "device_number": device,
        "stage": stage,
        "done_on": on,
        "technician": technician,
    }
    return build(ReconditioningStated, values, changes)


def a_condition(
    device: str = "170098", condition: str = "lost", *, on: str | date = DAY, **changes: Any
) -> DeviceConditionStated:
    """What a region states has become of a device; in OWN where it asks for a store."""
    values = {
        "version": 1,
        "device_number": device,
        "condition": condition,
        "since_on": on,
        "by": SENDER,
    }
    if condition == "found":
        values["store"] = OWN
    return build(DeviceConditionStated, values, changes)


def a_goods_return_stated(
    order: str = "O-1", line: int = 1, *, on: str | date = DAY, **changes: Any
) -> ReturnedGoodsStated:
    """One of an unmarked line has come back into OWN, as a region states it."""
    values = {
        "version": 1,
        "order": order,
        "line": line,
        "quantity": 1,
        "store": OWN,
        "returned_on": on,
        "by": SENDER,
    }
    return build(ReturnedGoodsStated, values, changes)


def a_return_registered(
    *devices: str,
    store: str = OWN,
    lines: Sequence[ReturnedLine] = (),
    on: str | date = DAY,
    leaves_region: bool = False,
    by: str = SENDER,
) -> RegisterReturn:
    """A user takes devices and unmarked goods back into a store."""
    values = {
        "store": store,
        "devices": devices if devices or lines else ("170098",),
        "lines": tuple(lines),
        "returned_on": on,
        "leaves_region": leaves_region,
        "by": by,
    }
    return build(RegisterReturn, values, {})


def a_scrapping(device: str = "170098", *, on: str | date = DAY, by: str = SENDER) -> ScrapDevice:
    """A user has a device of theirs scrapped."""
    return build(ScrapDevice, {"device_number": device, "scrapped_on": on, "by": by}, {})


def a_supplier_return(
    device: str | None = "170098", *, on: str | date = DAY, by: str = SENDER, **changes: Any
) -> RegisterSupplierReturn:
    """A user sends a device of their store back to its supplier."""
    values = {
        "supplier_id": "L1042",
        "store": OWN,
        "device_number": device,
        "returned_on": on,
        "by": by,
    }
    return build(RegisterSupplierReturn, values, changes)


def a_renumbering(device: str = "170098", to: str = "170500", **changes: Any) -> RenumberDevice:
    """SENDER gives a device another number, and confirms it."""
    values = {"device_number": device, "new_number": to, "is_confirmed": True, "by": SENDER}
    return build(RenumberDevice, values, changes)


def a_card_set(device: str = "170098", **changes: Any) -> SetDeviceCard:
    """SENDER, unless told, sets fields of a device's card."""
    return build(SetDeviceCard, {"device_number": device, "by": SENDER}, changes)


def a_damage(device: str = "170098", kind: str = "damaged", **changes: Any) -> ReportDamage:
    """SENDER, unless told, reports what has happened to a device."""
    values = {"device_number": device, "kind": kind, "happened_on": DAY, "by": SENDER}
    return build(ReportDamage, values, changes)


def a_decision(
    device: str = "170098", kind: str = "damaged", outcome: str = "nobody_pays", **changes: Any
) -> DecideDamage:
    """Customer service decides who pays for what has happened to a device."""
    values = {
        "device_number": device,
        "kind": kind,
        "happened_on": DAY,
        "outcome": outcome,
        "by": SERVICE,
    }
    return build(DecideDamage, values, changes)


def a_take_over(device: str = "R-1", **changes: Any) -> TakeOverDevice:
    """Customer service registers a rollator that PATIENT brings from region w, for SENDING."""
    values = {
        "device_number": device,
        "article_number": ROLLATOR,
        "store": OWN,
        "service_point": SENDING,
        "person": PATIENT,
        "from_region": "w",
        "supplier_id": "L1042",
        "supplier_article_number": "TRO-24",
        "approver": SENDER,
        "bought_on": "2024-05-14",
        "value": {"net_ore": 420_000, "vat_percent": 25},
        "by": SERVICE,
        "asked_by": SENDER,
    }
    return build(TakeOverDevice, values, changes)
