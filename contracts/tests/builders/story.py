"""The names that the builders share: a region's units, users, stores and articles, and the ids of
its persons, orders, transfers and devices; of region ac unless told.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid5

from kvitt_contracts.types import (
    ActId,
    Address,
    CareUnitId,
    CareUnitRecipient,
    CaseId,
    DeviceId,
    Endpoint,
    FaultReportId,
    OrderId,
    OrderLineId,
    PatientRecipient,
    PersonRef,
    PickupId,
    PolicyVersion,
    ProposalId,
    PurchaseOrderId,
    ReceiptId,
    ReconditioningId,
    SaleId,
    StoreHolder,
    StoreId,
    TransferId,
    WorkOrderId,
    identify,
)

SENDING, RECEIVING, OTHER = "40201", "40355", "40400"
"""Three service points."""

PAYER, RECEIVING_PAYER, OTHER_PAYER = "20011", "20311", "20499"
"""The payers of the three service points."""

SENDER, RECEIVER, OUTSIDER, SERVICE = "k082lno", "k201ema", "k300ola", "kundtjanst1"
"""A prescriber at each of the service points, and one at customer service."""

SUBSTITUTE, STAND_IN = "k114asv", "k207ber"
"""A prescriber and a requester beside RECEIVER, at the receiving service point."""

CARE_UNIT = "30110"
CENTRAL, OWN, PURCHASING = "500", "402", "750"
ROLLATOR, CUSHION, BATTERY, FITTING = "30012", "30457", "30999", "39001"
"""A marked article that is rented, two unmarked ones that are sold, and a service."""

PATIENT, OTHER_PATIENT = "P-20417", "P-30771"
DAY = date(2026, 3, 2)
"""A Monday."""

ENDPOINT = Endpoint(scheme="0088", id="7350000000016")
"""Where a payer gets electronic invoices."""

ELECTRONIC: Mapping[str, object] = {
    "organisation_number": "212000-9028",
    "vat_number": "SE212000902801",
    "address": Address(street="Skolgatan 31 A", postal_code="90325", city="Umeå"),
    "endpoint": Endpoint(scheme="0007", id="2120009028"),
    "reference": "HJM-4711",
}
"""What a payer states that gets electronic invoices."""

POLICY = PolicyVersion(version=1, content_hash="0123456789abcdef")

_PERSONS = UUID("0f5d1f5e-9f0b-4c52-8df4-6e9d7a0d2c11")


def person(name: str = PATIENT) -> PersonRef:
    """The reference of the person that the region calls `name`."""
    return PersonRef(uuid5(_PERSONS, name))


def order_id(order: str | OrderId = "O-1", *, region: str = "ac") -> OrderId:
    """The id of the order that the region calls so; an id stands for itself."""
    if isinstance(order, UUID):
        return order
    return OrderId(identify(region, "order", order))


def line_id(order: str | OrderId = "O-1", number: int = 1) -> OrderLineId:
    """The id of an order's line."""
    return OrderLineId(uuid5(order_id(order), str(number)))


def transfer_id(transfer: str | TransferId = "BMB-1", *, region: str = "ac") -> TransferId:
    """The id of the transfer that the region calls so; an id stands for itself."""
    if isinstance(transfer, UUID):
        return transfer
    return TransferId(identify(region, "transfer", transfer))


def fault_report_id(report: str = "F-1", *, region: str = "ac") -> FaultReportId:
    """The id of the fault report that the region calls so."""
    return FaultReportId(identify(region, "fault-report", report))


def pickup_id(pickup: str = "H-1", *, region: str = "ac") -> PickupId:
    """The id of the pickup that the region calls so."""
    return PickupId(identify(region, "pickup", pickup))


def sale_id(sale: str = "S-1", *, region: str = "ac") -> SaleId:
    """The id of the sale to another region that the region calls so."""
    return SaleId(identify(region, "region-sale", sale))


def basket_id(basket: str = "V-1", *, region: str = "ac") -> OrderId:
    """The id of a basket loan."""
    return OrderId(identify(region, "basket-loan", basket))


def act_id(act: str = "1", *, basket: str = "V-1") -> ActId:
    """The id of an act on a basket."""
    return ActId(uuid5(basket_id(basket), f"act {act}"))


def case_id(case: str = "C-1", *, region: str = "ac") -> CaseId:
    """The id of the case that the region calls so."""
    return CaseId(identify(region, "case", case))


def work_order_id(work_order: str = "A-1", *, region: str = "ac") -> WorkOrderId:
    """The id of the work order that the region calls so."""
    return WorkOrderId(identify(region, "work-order", work_order))


def receipt_id(receipt: str = "K-1", *, order: str = "O-1") -> ReceiptId:
    """The id of what a region calls a receipt; of another order's its name is another too."""
    name = receipt if order == "O-1" else f"{order}-{receipt}"
    return ReceiptId(identify("ac", "receipt", name))


def device_id(number: str = "170098", *, region: str = "ac") -> DeviceId:
    """The id of a device by its first number."""
    return DeviceId(identify(region, "device", number))


def a_patient(name: str = PATIENT) -> PatientRecipient:
    """A patient as recipient."""
    return PatientRecipient(person=person(name))


def a_care_unit(code: str = CARE_UNIT) -> CareUnitRecipient:
    """A care unit as recipient."""
    return CareUnitRecipient(unit=CareUnitId(code))


def a_store(store: str = OWN) -> StoreHolder:
    """A store as holder."""
    return StoreHolder(store=StoreId(store))


def proposal_id(named: str = "F-1") -> ProposalId:
    """The id of the refill proposal that a test calls so."""
    return ProposalId(identify("ac", "proposal", named))


def reconditioning_id(named: str = "W-1") -> ReconditioningId:
    """The id of the work that a test calls so."""
    return ReconditioningId(identify("ac", "reconditioning", named))


def purchase_order_id(reference: str = "I-1", *, region: str = "ac") -> PurchaseOrderId:
    """The id of what a region calls a purchase order."""
    return PurchaseOrderId(identify(region, "purchase-order", reference))
