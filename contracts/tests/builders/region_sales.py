"""Sales to other regions as billing emits them, and as regions ask for them (BIL-7)."""

from typing import Any

from kvitt_contracts.billing import (
    ApproveRegionSale,
    DisapproveRegionSale,
    ProposeRegionSale,
    RegionSaleApproved,
    RegionSaleLineDropped,
    RegionSaleNotApproved,
    RegionSaleProposed,
    RegionSaleRefused,
    RegionSaleReminderDue,
    RegionSaleRequested,
    RequestRegionSale,
)
from kvitt_contracts.inventory import (
    ClaimBroken,
    ClaimGranted,
    ClaimRefused,
    DeviceStatusChanged,
)
from kvitt_contracts.policy import Policies, PolicyHistory
from kvitt_contracts.policy_parts import HomeRegionPolicy
from kvitt_contracts.types import Money, PayerId, RegionCode

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import (
    DAY,
    PATIENT,
    SENDER,
    SENDING,
    SERVICE,
    a_patient,
    device_id,
    sale_id,
)

OTHER_REGION = "81002"
"""The payer of the register that stands for the region that buys."""


def with_other_regions(delivered: Policies) -> Policies:
    """These policies, of which region ac's names who stands for the region that buys."""
    region = RegionCode("ac")
    others = HomeRegionPolicy(payers={RegionCode("w"): PayerId(OTHER_REGION)})
    named = [
        one.model_copy(update={"home_region": others}) for one in delivered.of(region).versions
    ]
    histories = {code: delivered.of(code) for code in delivered.regions}
    return Policies({**histories, region: PolicyHistory(versions=tuple(named))})


def _claimant(sale: str = "S-1") -> dict[str, Any]:
    """The sale as inventory names it."""
    return {"kind": "sale", "id": sale_id(sale)}


# -- what regions ask ------------------------------------------------------------------------------


def a_sale_asked(*devices: str, **changes: Any) -> RequestRegionSale:
    """A unit wants what a patient has sold to the region where they move."""
    values = {
        "payer_id": OTHER_REGION,
        "recipient": {"kind": "patient", "person": PATIENT},
        "service_point": SENDING,
        "devices": devices or ("170098",),
        "by": SENDER,
    }
    return build(RequestRegionSale, values, changes)


def prices(answer_by: str = "2026-04-01", **ore: int) -> ProposeRegionSale:
    """Customer service names prices, of `d170098=…` öre without VAT each."""
    lines = [
        {"device_number": number.removeprefix("d"), "price": Money(net_ore=net)}
        for number, net in ore.items()
    ]
    values = {
        "lines": lines or [{"device_number": "170098", "price": Money(net_ore=250_000)}],
        "answer_by_on": answer_by,
        "by": SERVICE,
        "asked_by": SENDER,
    }
    return build(ProposeRegionSale, values, {})


def approval(on: str = "2026-03-02") -> ApproveRegionSale:
    """The other region buys, from a day on."""
    return build(ApproveRegionSale, {"sold_on": on, "by": SERVICE}, {})


def disapproval() -> DisapproveRegionSale:
    """The other region does not buy."""
    return build(DisapproveRegionSale, {"by": SERVICE}, {})


# -- what billing says -----------------------------------------------------------------------------


def a_sale_requested(*devices: str, sale: str = "S-1", **changes: Any) -> RegionSaleRequested:
    """Devices of a patient are to be sold to another region."""
    values = {
        "sale_id": sale_id(sale),
        "reference": sale,
        "payer_id": OTHER_REGION,
        "recipient": a_patient(),
        "service_point": SENDING,
        "devices": [device_id(device) for device in devices or ("170098",)],
        "by": SENDER,
    }
    return build(RegionSaleRequested, values, changes)


def a_sale_refused(*devices: str, sale: str = "S-1") -> RegionSaleRefused:
    """Inventory did not answer in time; of these devices it said why not."""
    refused = [{"device_id": device_id(one), "reason": "IN_TRANSFER"} for one in devices]
    return build(RegionSaleRefused, {"sale_id": sale_id(sale), "refused": refused}, {})


def a_sale_proposed(sale: str = "S-1", **changes: Any) -> RegionSaleProposed:
    """Customer service has named the prices."""
    values = {
        "sale_id": sale_id(sale),
        "lines": [{"device_id": device_id(), "price": Money(net_ore=250_000)}],
        "answer_by_on": "2026-04-01",
        "by": SERVICE,
        "asked_by": SENDER,
    }
    return build(RegionSaleProposed, values, changes)


def a_sale_approved(*devices: str, sale: str = "S-1", on: str = "2026-03-02") -> RegionSaleApproved:
    """The other region buys."""
    values = {
        "sale_id": sale_id(sale),
        "devices": [device_id(device) for device in devices or ("170098",)],
        "sold_on": on,
        "by": SERVICE,
    }
    return build(RegionSaleApproved, values, {})


def a_sale_not_approved(sale: str = "S-1") -> RegionSaleNotApproved:
    """The other region does not buy."""
    return build(RegionSaleNotApproved, {"sale_id": sale_id(sale), "by": SERVICE}, {})


def a_sale_line_dropped(device: str = "170098", *, sale: str = "S-1") -> RegionSaleLineDropped:
    """A device came back before it was sold."""
    values = {"sale_id": sale_id(sale), "device_id": device_id(device), "reason": "RETURNED"}
    return build(RegionSaleLineDropped, values, {})


def a_sale_reminder(
    waits_for: str = "answer", *, sale: str = "S-1", **changes: Any
) -> RegionSaleReminderDue:
    """The other region has not answered, or what it did not buy is not back."""
    values = {"sale_id": sale_id(sale), "service_point": SENDING, "waits_for": waits_for}
    return build(RegionSaleReminderDue, values, changes)


# -- what inventory answers ------------------------------------------------------------------------


def a_sale_granted(*devices: str, sale: str = "S-1") -> ClaimGranted:
    """Every device is claimed for the sale."""
    claimed = [device_id(device) for device in devices or ("170098",)]
    return build(ClaimGranted, {"claimant": _claimant(sale), "devices": claimed}, {})


def a_sale_hindered(device: str = "170098", *, sale: str = "S-1") -> ClaimRefused:
    """One device cannot be claimed."""
    refused = [{"device_id": device_id(device), "reason": "IN_TRANSFER"}]
    return build(ClaimRefused, {"claimant": _claimant(sale), "refused": refused}, {})


def a_sale_broken(
    device: str = "170098", *, sale: str = "S-1", reason: str = "RETURNED"
) -> ClaimBroken:
    """A device came back before it was sold."""
    values = {"claimant": _claimant(sale), "device_id": device_id(device), "reason": reason}
    return build(ClaimBroken, values, {})


def sold(
    device: str = "170098", *, sale: str = "S-1", on: str = "2026-03-02"
) -> DeviceStatusChanged:
    """The device is another region's."""
    values = {
        "device_id": device_id(device),
        "kind": "sold",
        "since_on": on,
        "cause": "sale",
        "cause_id": sale_id(sale),
    }
    return build(DeviceStatusChanged, values, {})


def in_use(device: str = "170098", *, on: str = str(DAY)) -> DeviceStatusChanged:
    """The device had come back before it was sold."""
    values = {
        "device_id": device_id(device),
        "kind": "in_use",
        "since_on": on,
        "cause": "device",
    }
    return build(DeviceStatusChanged, values, {})


def lost(device: str = "170098", *, payer: str, net_ore: int | None) -> DeviceStatusChanged:
    """A private clinic's device is missing; None: nobody knows its value."""
    values = {
        "device_id": device_id(device),
        "kind": "lost",
        "since_on": DAY,
        "cause": "stocktaking",
        "cause_id": sale_id(device),
        "payer_id": payer,
        "value": None if net_ore is None else Money(net_ore=net_ore),
    }
    return build(DeviceStatusChanged, values, {})


def found(device: str = "170098") -> DeviceStatusChanged:
    """It is found."""
    values = {
        "device_id": device_id(device),
        "kind": "in_use",
        "since_on": DAY,
        "cause": "stocktaking",
        "cause_id": sale_id(device),
    }
    return build(DeviceStatusChanged, values, {})
