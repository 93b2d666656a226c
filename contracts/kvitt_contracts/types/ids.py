"""Ids: derived from a region's own names, or random; they reveal nothing of what they name."""

from typing import NewType
from uuid import UUID, uuid5

# ids are derived from what a region calls a thing, so that a repeated message names the same thing
NAMESPACE = UUID("6f1c3c5e-5a0b-4d53-9c1e-2b6a0d2d7f10")

OrderId = NewType("OrderId", UUID)
OrderLineId = NewType("OrderLineId", UUID)
TransferId = NewType("TransferId", UUID)
DeviceId = NewType("DeviceId", UUID)
InvoiceId = NewType("InvoiceId", UUID)
ChargeId = NewType("ChargeId", UUID)
MessageId = NewType("MessageId", UUID)
ActId = NewType("ActId", UUID)
BlockId = NewType("BlockId", UUID)
BlockOpeningId = NewType("BlockOpeningId", UUID)
CaseId = NewType("CaseId", UUID)
ConsentId = NewType("ConsentId", UUID)
EmailId = NewType("EmailId", UUID)
FaultReportId = NewType("FaultReportId", UUID)
LedgerEntryId = NewType("LedgerEntryId", UUID)
NewsId = NewType("NewsId", UUID)
PickupId = NewType("PickupId", UUID)
ProposalId = NewType("ProposalId", UUID)
PurchaseOrderId = NewType("PurchaseOrderId", UUID)
ReceiptId = NewType("ReceiptId", UUID)
ReconditioningId = NewType("ReconditioningId", UUID)
ReturnId = NewType("ReturnId", UUID)
SaleId = NewType("SaleId", UUID)
StocktakingId = NewType("StocktakingId", UUID)
SupplierInvoiceId = NewType("SupplierInvoiceId", UUID)
SupplierReturnId = NewType("SupplierReturnId", UUID)
TemplateId = NewType("TemplateId", UUID)
WorkOrderId = NewType("WorkOrderId", UUID)
PersonRef = NewType("PersonRef", UUID)
"""A random reference to a person, minted by orders, unique within its region.

Says nothing about the person.
"""


# decision 0102: ids come from the region's own references
def identify(region: str, noun: str, reference: str) -> UUID:
    """The immutable id of what `region` calls `reference`: the same words give the same id."""
    return uuid5(NAMESPACE, f"{region}/{noun}/{reference}")
