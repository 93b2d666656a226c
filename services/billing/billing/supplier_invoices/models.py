"""The tables of suppliers' invoices: suppliers and purchase orders as orders emitted them, invoices
with what became of them.
"""

from datetime import date

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts import topics
from kvitt_contracts.billing import ClearedLine, SupplierInvoiceLine
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    DeviceNumber,
    Money,
    OrderLineId,
    OrderNumber,
    OrganisationNumber,
    PolicyVersion,
    PurchaseOrderId,
    ReasonCode,
    RegionCode,
    ServicePointId,
    SupplierId,
    SupplierInvoiceNumber,
    UserId,
)
from sqlalchemy import BigInteger, CheckConstraint, Index, column, false, func, text
from sqlalchemy.orm import Mapped, mapped_column

from billing.models import Base
from billing.supplier_invoices import domain
from billing.supplier_invoices.matching.domain import Purchased


class SupplierRow(Regional, Base):
    """A supplier as orders emitted it last, without a sole trader's organisation number. It is
    locked by whatever takes in an invoice of it.
    """

    __tablename__ = "suppliers"
    __table_args__ = (Index("ix_suppliers_number", "region", "organisation_number"),)
    locked_when_loaded = True  # an invoice and its credit note must not miss each other

    supplier_id: Mapped[SupplierId] = mapped_column(primary_key=True)
    name: Mapped[str]
    organisation_number: Mapped[OrganisationNumber | None]
    is_active: Mapped[bool]


class PurchaseOrderRow(Regional, Base):
    """A purchase order by its number. It is locked by whatever matches an invoice with it; one that
    an invoice names and that is not known has its number alone.
    """

    __tablename__ = "purchase_orders"
    __table_args__ = (Index("ix_purchase_orders_id", "region", "purchase_order_id"),)
    locked_when_loaded = True  # receipts and invoices of it must not miss each other

    purchase_order_number: Mapped[OrderNumber] = mapped_column(primary_key=True)
    purchase_order_id: Mapped[PurchaseOrderId | None]
    supplier_id: Mapped[SupplierId | None]
    service_point: Mapped[ServicePointId | None]
    line_ids: Mapped[tuple[OrderLineId, ...]] = mapped_column(
        Json(tuple[OrderLineId, ...]), default=()
    )


class PurchaseLineRow(Regional, Base):
    """A line of a purchase order as it is now: what is ordered, received, and paid for. Never is
    more cleared than was received (BIL-6).
    """

    __tablename__ = "purchase_lines"
    __table_args__ = (
        CheckConstraint(
            "cleared >= 0 AND cleared <= received", name="cleared_within_received_bil_6"
        ),
    )
    locked_when_loaded = True  # two invoices must not take the same

    line_id: Mapped[OrderLineId] = mapped_column(primary_key=True)
    article_number: Mapped[ArticleNumber]
    quantity: Mapped[int]
    price: Mapped[Money | None] = mapped_column(Json(Money))
    received: Mapped[int] = mapped_column(default=0)
    cleared: Mapped[int] = mapped_column(default=0)
    released: Mapped[int] = mapped_column(default=0)
    deviates: Mapped[bool] = mapped_column(server_default=false(), default=False)

    def purchased(self) -> Purchased:
        """The line as the match sees it."""
        return Purchased(
            line_id=self.line_id,
            article_number=self.article_number,
            quantity=self.quantity,
            price=self.price,
            received=self.received,
            cleared=self.cleared,
            released=self.released,
            deviates=self.deviates,
        )


class TakeoverRow(Regional, Base):
    """A device that was bought over from another region, by its number then: it waits for the
    selling region's invoice (BIL-13). One that an invoice names and that was not has its number
    alone. `value` is what it was bought for.
    """

    __tablename__ = "takeovers"
    __table_args__ = (
        CheckConstraint("cleared >= 0 AND cleared <= 1", name="cleared_once_bil_13"),
        Index("ix_takeovers_bought_on", "region", "bought_on", "device_number"),
        Index("ix_takeovers_service_point", "region", "service_point"),
    )
    locked_when_loaded = True  # two invoices must not be paid for it

    device_number: Mapped[DeviceNumber] = mapped_column(primary_key=True)
    device_id: Mapped[DeviceId | None]
    article_number: Mapped[ArticleNumber | None]
    from_region: Mapped[RegionCode | None]
    service_point: Mapped[ServicePointId | None]
    bought_on: Mapped[date | None]
    value: Mapped[Money | None] = mapped_column(Json(Money))
    cleared: Mapped[int] = mapped_column(default=0)
    released: Mapped[int] = mapped_column(default=0)

    @property
    def line_id(self) -> OrderLineId:
        """As what it stands on what is cleared: by the device's own id."""
        return OrderLineId(self.known_device)

    @property
    def known_device(self) -> DeviceId:
        """The device's id. Raises ValueError where it was not bought."""
        if self.device_id is None:
            raise ValueError("the device was not bought over")
        return self.device_id

    def purchased(self) -> Purchased:
        """The device as the match sees it: one, received with the patient."""
        if self.article_number is None:
            raise ValueError("the device was not bought over")
        return Purchased(
            line_id=self.line_id,
            article_number=self.article_number,
            quantity=1,
            price=self.value,
            received=1,
            cleared=self.cleared,
            released=self.released,
        )


class SupplierInvoiceRow(
    Aggregate[domain.SupplierInvoice],
    Base,
    noun="supplier-invoice",
    topic=topics.BILLING_SUPPLIER_INVOICES,
    state=domain.SupplierInvoice,
    evolve=domain.evolve,
):
    """A supplier's invoice: its key is derived from supplier and number, so that none is taken in
    twice (BIL-6). `service_point`: which unit purchased, where that is known.
    """

    __tablename__ = "supplier_invoices"
    __table_args__ = (
        Index("ix_supplier_invoices_received_on", "region", "received_on", "id"),
        Index("ix_supplier_invoices_due_on", "region", "due_on", "id"),
        Index("ix_supplier_invoices_status", "region", "status", "due_on"),
        Index("ix_supplier_invoices_number", "region", "number"),
        Index("ix_supplier_invoices_supplier", "region", "supplier_id"),
        Index("ix_supplier_invoices_purchase_order", "region", "purchase_order_number"),
        Index("ix_supplier_invoices_device", "region", "device_number"),
        Index(
            "ix_supplier_invoices_credits",
            "region",
            "supplier_id",
            func.upper(column("credits")),
            postgresql_where=text("credits IS NOT NULL"),
        ),
        Index("ix_supplier_invoices_service_point", "region", "service_point"),
    )

    supplier_id: Mapped[SupplierId]
    number: Mapped[SupplierInvoiceNumber]
    purchase_order_number: Mapped[OrderNumber | None]
    device_number: Mapped[DeviceNumber | None]
    is_credit: Mapped[bool]
    credits: Mapped[SupplierInvoiceNumber | None]
    received_on: Mapped[date]
    net_ore: Mapped[int] = mapped_column(BigInteger)
    vat_ore: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[date]
    lines: Mapped[tuple[SupplierInvoiceLine, ...]] = mapped_column(
        Json(tuple[SupplierInvoiceLine, ...])
    )
    policy: Mapped[PolicyVersion] = mapped_column(Json(PolicyVersion))
    status: Mapped[domain.SupplierInvoiceStatus]
    reasons: Mapped[tuple[ReasonCode, ...]] = mapped_column(Json(tuple[ReasonCode, ...]))
    cleared: Mapped[tuple[ClearedLine, ...]] = mapped_column(Json(tuple[ClearedLine, ...]))
    decided_by: Mapped[UserId | None]
    rejected_for: Mapped[ReasonCode | None]
    released_for: Mapped[ReasonCode | None]
    service_point: Mapped[ServicePointId | None]
