"""Posts a message for an event of another service: one for each fact."""

from datetime import date
from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.notifications import About, MessageKind, ToServicePoint, ToUser
from kvitt_contracts.types import (
    CaseId,
    DeviceId,
    FaultReportId,
    MessageId,
    OrderId,
    PersonRef,
    PickupId,
    ProposalId,
    PurchaseOrderId,
    ReconditioningId,
    SaleId,
    ServicePointId,
    StocktakingId,
    SupplierInvoiceId,
    Thing,
    TransferId,
    UserId,
    Word,
    WorkOrderId,
)

from notifications.messages import domain
from notifications.messages.models import MessageRow


def about_order(order_id: OrderId) -> About:
    """The message is about an order."""
    return About(kind="order", id=order_id)


def about_transfer(transfer_id: TransferId) -> About:
    """The message is about a transfer."""
    return About(kind="transfer", id=transfer_id)


def about_fault_report(fault_report_id: FaultReportId) -> Thing:
    """The message is about a fault report."""
    return Thing(kind=Word("fault_report"), id=fault_report_id)


def about_pickup(pickup_id: PickupId) -> Thing:
    """The message is about a pickup."""
    return Thing(kind=Word("pickup"), id=pickup_id)


def about_basket_loan(order_id: OrderId) -> Thing:
    """The message is about a basket loan."""
    return Thing(kind=Word("basket_loan"), id=order_id)


def about_work_order(work_order_id: WorkOrderId) -> Thing:
    """The message is about a work order."""
    return Thing(kind=Word("work_order"), id=work_order_id)


def about_purchase_order(purchase_order_id: PurchaseOrderId) -> Thing:
    """The message is about a purchase order."""
    return Thing(kind=Word("purchase_order"), id=purchase_order_id)


def about_case(case_id: CaseId) -> Thing:
    """The message is about a case."""
    return Thing(kind=Word("case"), id=case_id)


def about_user(user: UUID) -> Thing:
    """The message is about a user's access."""
    return Thing(kind=Word("user"), id=user)


def about_person(person: PersonRef) -> Thing:
    """The message is about what a unit has of a person."""
    return Thing(kind=Word("person"), id=person)


def about_device(device_id: DeviceId) -> Thing:
    """The message is about a device."""
    return Thing(kind=Word("device"), id=device_id)


def about_supplier_invoice(supplier_invoice_id: SupplierInvoiceId) -> Thing:
    """The message is about a supplier's invoice."""
    return Thing(kind=Word("supplier_invoice"), id=supplier_invoice_id)


def about_stocktaking(stocktaking_id: StocktakingId) -> Thing:
    """The message is about a stocktaking."""
    return Thing(kind=Word("stocktaking"), id=stocktaking_id)


def about_region_sale(sale_id: SaleId) -> Thing:
    """The message is about a sale to another region."""
    return Thing(kind=Word("region_sale"), id=sale_id)


def about_refill(proposal_id: ProposalId) -> Thing:
    """The message is about a refill proposal."""
    return Thing(kind=Word("refill"), id=proposal_id)


def about_reconditioning(reconditioning_id: ReconditioningId) -> Thing:
    """The message is about what is made fit again."""
    return Thing(kind=Word("reconditioning"), id=reconditioning_id)


def post_to_user(tx: Transaction, user: UserId, message: MessageKind, about: About) -> UUID:
    """Post a message to one user. Returns its id."""
    return post(tx, ToUser(user_id=user), message, about)


def post_to_service_point(
    tx: Transaction, service_point: ServicePointId, message: MessageKind, about: About
) -> UUID:
    """Post a message to everybody who works at a service point. Returns its id."""
    return post(tx, ToServicePoint(service_point=service_point), message, about)


def post(
    tx: Transaction,
    to: domain.Addressee,
    message: MessageKind | domain.NewKind,
    about: About | Thing,
    *,
    since_on: date | None = None,
) -> UUID:
    """Post a message into somebody's list; of a reminder since when it has been so. Returns its id,
    which follows from the event that is handled.
    """
    message_id = MessageId(tx.mint())
    posted = domain.post(message_id, to=to, message=message, about=about, since_on=since_on)
    row = tx.start(MessageRow, message_id, posted)
    row.posted_at = tx.now
    return message_id
