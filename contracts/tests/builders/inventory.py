"""What inventory emits: the catalogue, reservations, holds, devices and their custody, days."""

from datetime import date
from typing import Any

from kvitt_contracts.inventory import (
    ArticleListed,
    ArticlePriced,
    ClaimRefused,
    Custody,
    CustodyChanged,
    DayClosed,
    DeviceDamageRecorded,
    DeviceRegistered,
    DeviceRenumbered,
    DeviceReturnAwaited,
    DeviceStatedOnLoan,
    HoldBroken,
    HoldGranted,
    HoldRefused,
)
from kvitt_contracts.refusals import InventoryMessageRefused, InventoryMessageSettled
from kvitt_contracts.types import Holder, OrderId, TransferId

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import (
    DAY,
    OTHER,
    OTHER_PAYER,
    OWN,
    PAYER,
    RECEIVER,
    RECEIVING,
    RECEIVING_PAYER,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    a_patient,
    a_store,
    device_id,
    fault_report_id,
    line_id,
    order_id,
    person,
    transfer_id,
)

# -- the catalogue -------------------------------------------------------------------------------


def an_article_listed(
    number: str = ROLLATOR, *, marked: bool = True, **changes: Any
) -> ArticleListed:
    """An article of the catalogue; a marked one is rented, an unmarked one sold (BIL-1)."""
    values = {
        "article_number": number,
        "name": "Rollator Brukare 55" if marked else "Sittdyna Ängsull",
        "iso_code": "120606",
        "type": "main_device",
        "marked": marked,
        "in_assortment": True,
        "charging": "rent" if marked else "sale",
        "status": "active",
        "lead_time_days": 5,
        "supplier": "Nordhjälp AB",
    }
    return build(ArticleListed, values, changes)


def an_article_priced(
    number: str = ROLLATOR,
    net_ore: int = 31_000,
    *,
    valid_from: str = "2026-01-01",
    vat_percent: int = 25,
) -> ArticlePriced:
    """A price of an article, in öre."""
    price = {"net_ore": net_ore, "vat_percent": vat_percent}
    values = {"article_number": number, "valid_from": valid_from, "price": price}
    return build(ArticlePriced, values, {})


# -- reservations --------------------------------------------------------------------------------


# -- holds ---------------------------------------------------------------------------------------


def a_hold_granted(
    *devices: str, transfer: str | TransferId = "BMB-1", region: str = "ac"
) -> HoldGranted:
    """All devices of the transfer are claimed for it."""
    values = {
        "transfer_id": transfer_id(transfer, region=region),
        "devices": tuple(device_id(number, region=region) for number in devices or ("170098",)),
    }
    return build(HoldGranted, values, {})


def a_hold_refused(
    device: str = "170098", *, transfer: str | TransferId = "BMB-1", reason: str = "IN_TRANSFER"
) -> HoldRefused:
    """A device of the transfer cannot be claimed."""
    refused = {"device_id": device_id(device), "reason": reason}
    values = {"transfer_id": transfer_id(transfer), "refused": (refused,)}
    return build(HoldRefused, values, {})


def a_hold_broken(device: str = "170098", *, transfer: str | TransferId = "BMB-1") -> HoldBroken:
    """A device of the transfer has been returned."""
    values = {
        "transfer_id": transfer_id(transfer),
        "device_id": device_id(device),
        "reason": "RETURNED",
    }
    return build(HoldBroken, values, {})


# -- devices and their custody -------------------------------------------------------------------


def a_device_registered(
    number: str = "170098", *, article: str = ROLLATOR, store: str = OWN, region: str = "ac"
) -> DeviceRegistered:
    """A marked device has come into a store."""
    values = {
        "device_id": device_id(number, region=region),
        "device_number": number,
        "article_number": article,
        "store": store,
        "registered_on": DAY,
    }
    return build(DeviceRegistered, values, {})


def a_device_taken_over(number: str = "R-1", *, service_point: str = SENDING) -> DeviceRegistered:
    """A device that PATIENT has brought from region w is in the store of their unit."""
    values = {
        "device_id": device_id(number),
        "device_number": number,
        "article_number": ROLLATOR,
        "store": OWN,
        "registered_on": DAY,
        "origin": {
            "from_region": "w",
            "supplier_id": "L1042",
            "supplier_article_number": "TRO-24",
            "service_point": service_point,
            "approver": SENDER,
            "person": person(),
        },
        "bought_on": "2024-05-14",
        "value": {"net_ore": 420_000, "vat_percent": 25},
    }
    return build(DeviceRegistered, values, {})


def a_device_renumbered(
    device: str = "170098", to: str = "170500", *, before: str | None = None, **changes: Any
) -> DeviceRenumbered:
    """A device, by its first number, bears another one from now on."""
    values = {
        "device_id": device_id(device),
        "device_number": to,
        "before": before or device,
        "by": SENDER,
    }
    return build(DeviceRenumbered, values, changes)


def a_custody(
    holder: Holder | None = None,
    *,
    payer: str = OTHER_PAYER,
    customer: str = OTHER,
    prescriber: str = SENDER,
    since: str | date = "2026-02-02",
) -> Custody:
    """A patient has got a device by an order or a transfer: a customer's payer pays."""
    values = {
        "holder": holder or a_patient(),
        "payer_id": payer,
        "customer_id": customer,
        "prescriber": prescriber,
        "since": since,
    }
    return build(Custody, values, {})


def an_old_custody(
    holder: Holder | None = None,
    *,
    payer: str = OTHER_PAYER,
    customer: str | None = None,
    prescriber: str | None = SENDER,
) -> Custody:
    """A patient has a device of the old stock; a region may state the customer too."""
    values = {
        "holder": holder or a_patient(),
        "payer_id": payer,
        "customer_id": customer,
        "prescriber": prescriber,
        "since": "2026-02-02",
    }
    return build(Custody, values, {})


def a_store_custody(store: str = OWN, *, since: str | date = DAY) -> Custody:
    """A store has a device: nobody pays and nobody has prescribed it."""
    return build(Custody, {"holder": a_store(store), "since": since}, {})


def a_device_stated_on_loan(
    number: str = "170098",
    *,
    holder: Holder | None = None,
    payer: str = OTHER_PAYER,
    customer: str | None = None,
    prescriber: str | None = SENDER,
    article: str = ROLLATOR,
    region: str = "ac",
    change: int = 1,
) -> DeviceStatedOnLoan:
    """A device of the old stock, at a patient; the region's `change` of custody by number."""
    values = {
        "device_id": device_id(number, region=region),
        "device_number": number,
        "article_number": article,
        "custody": an_old_custody(holder, payer=payer, customer=customer, prescriber=prescriber),
        "number": change,
        "charging": "rent",
    }
    return build(DeviceStatedOnLoan, values, {})


def a_custody_changed_by_order(
    number: str = "170098",
    *,
    to: Custody | None = None,
    order: str | OrderId = "O-1",
    article: str = ROLLATOR,
    charging: str = "rent",
) -> CustodyChanged:
    """A device has gone from a store to the recipient of an order: a loan begins."""
    cause = {"order_id": order_id(order), "line_id": line_id(order)}
    return _custody_changed(
        number, to or a_custody(), a_store_custody(), cause, article=article, charging=charging
    )


def a_custody_changed_by_transfer(
    number: str = "170098",
    *,
    to: Custody | None = None,
    before: Custody | None = None,
    transfer: str | TransferId = "BMB-1",
    article: str = ROLLATOR,
    charging: str = "rent",
) -> CustodyChanged:
    """A device on loan has changed payer, prescriber or patient by a transfer. A loan that begins
    by it is charged as the article is.
    """
    after = to or a_custody(payer=RECEIVING_PAYER, customer=RECEIVING, since="2026-05-04")
    cause = {"transfer_id": transfer_id(transfer)}
    begins = before is not None and before.payer_id is None and after.payer_id is not None
    return _custody_changed(
        number,
        after,
        before or a_custody(),
        cause,
        article=article,
        charging=charging if begins else None,
    )


def a_custody_changed_by_return(
    number: str = "170098",
    *,
    store: str = OWN,
    since: str = "2026-03-09",
    before: Custody | None = None,
    article: str = ROLLATOR,
) -> CustodyChanged:
    """A device on loan is in a store again."""
    after = a_store_custody(store, since=since)
    return _custody_changed(number, after, before or a_custody(), {}, article=article)


def a_custody_changed_by_loss(
    number: str = "170098",
    *,
    kind: str = "stolen",
    since: str = DAY.isoformat(),
    before: Custody | None = None,
) -> CustodyChanged:
    """A device was `stolen` or `lost`: it is searched for."""
    after = a_store_custody("UTREDNING", since=since)
    cause = {"damage": kind}
    return _custody_changed(number, after, before or a_custody(), cause, article=ROLLATOR)


def a_loan_that_lasted(
    number: str = "170098", *, to: Custody | None = None, article: str = ROLLATOR
) -> CustodyChanged:
    """The day of a return is corrected to a later one: from `to.since` the loan lasts."""
    return _custody_changed(number, to or a_custody(), a_store_custody(), {}, article=article)


def a_custody_changed_by_fault_report(
    number: str = "170098", *, prescriber: str = RECEIVER, report: str = "F-1"
) -> CustodyChanged:
    """A patient's device has got the prescriber whom a fault report named."""
    before, after = a_custody(), a_custody(prescriber=prescriber, since=DAY)
    cause = {"fault_report_id": fault_report_id(report)}
    return _custody_changed(number, after, before, cause, article=ROLLATOR)


def a_claim_refused_of_fault_report(
    device: str = "170098", *, report: str = "F-1", reason: str = "IN_TRANSFER"
) -> ClaimRefused:
    """A device cannot be given the prescriber whom a fault report named."""
    values = {
        "claimant": {"kind": "fault_report", "id": fault_report_id(report)},
        "refused": ({"device_id": device_id(device), "reason": reason},),
    }
    return build(ClaimRefused, values, {})


def a_device_return_awaited(
    device: str = "170098", *, service_points: tuple[str, ...] = (SENDING,), **changes: Any
) -> DeviceReturnAwaited:
    """A device that is to be returned at once stands in a unit's own store."""
    values = {
        "device_id": device_id(device),
        "store": OWN,
        "service_points": service_points,
        "since_on": DAY,
    }
    return build(DeviceReturnAwaited, values, changes)


def a_damage_recorded(
    device: str = "170098",
    kind: str = "damaged",
    outcome: str = "undecided",
    *,
    net_ore: int | None = None,
    **changes: Any,
) -> DeviceDamageRecorded:
    """A device was stolen, lost or damaged; of a `net_ore` PAYER or the patient pays."""
    payer: Any = None
    if net_ore is not None:
        payer = {"kind": "unit", "payer_id": PAYER}
    if net_ore is not None and outcome == "patient_pays":
        payer = {"kind": "patient", "person": a_patient().person}
    values = {
        "device_id": device_id(device),
        "kind": kind,
        "happened_on": DAY,
        "outcome": outcome,
        "payer": payer,
        "amount": None if net_ore is None else {"net_ore": net_ore, "vat_percent": 25},
        "has_note": False,
        "by": SERVICE,
    }
    return build(DeviceDamageRecorded, values, changes)


def numbered(*changes: CustodyChanged, first: int = 1) -> tuple[CustodyChanged, ...]:
    """The region's changes of custody with their numbers, in this order."""
    return tuple(
        changed.model_copy(update={"number": number})
        for number, changed in enumerate(changes, start=first)
    )


def before_numbers(changed: CustodyChanged) -> CustodyChanged:
    """As an earlier release emitted it: with neither number nor charging."""
    return changed.model_copy(update={"number": None, "charging": None})


def a_day_closed(day: str | date = DAY, *, custody_changes: int = 0) -> DayClosed:
    """A Stockholm day is over, after so many custody changes."""
    return build(DayClosed, {"day": day, "custody_changes_so_far": custody_changes}, {})


def a_day_edited(closed: DayClosed, *, forgone: tuple[int, ...]) -> DayClosed:
    """A closed day as an operator has edited it where it waited: without these changes."""
    return closed.model_copy(update={"forgone": forgone})


def an_inventory_message_refused(**changes: Any) -> InventoryMessageRefused:
    """A delivery of marked goods that names no devices."""
    values = {
        "message_id": "b7c1c3a0-6d5e-4c1e-9a70-3f1a5f0f9d13",
        "message_source": "urn:region:ac",
        "message_type": "region.goods.received.v1",
        "message_subject": "INL-1",
        "reason": "DEVICES_DO_NOT_MATCH_QUANTITY",
        "rule": "INV-5",
        "field": "devices",
        "way_on": "Artikeln är individmärkt: ange ett individnummer per styck.",
    }
    return build(InventoryMessageRefused, values, changes)


def _custody_changed(
    number: str,
    custody: Custody,
    before: Custody,
    cause: dict[str, Any],
    *,
    article: str,
    charging: str | None = None,
) -> CustodyChanged:
    values = {
        "device_id": device_id(number),
        "article_number": article,
        "custody": custody,
        "before": before,
        "cause": cause,
        "number": 1,
        "charging": charging,
    }
    return build(CustodyChanged, values, {})


def an_inventory_message_settled(**changes: Any) -> InventoryMessageSettled:
    """A message that cannot be read, and has neither id nor subject."""
    values = {
        "topic": "region.ac.inventory",
        "partition": 3,
        "offset": 17,
        "outcome": "quarantined",
        "reason": "UNREADABLE",
        "rule": "contract",
        "field": "ce_id",
        "way_on": "Rätta attributet.",
    }
    return build(InventoryMessageSettled, values, changes)
