"""The tables of billing. A constraint carries its rule's id."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from kvitt_chassis.models import TYPE_MAP, Aggregate, Json, Regional, new_metadata
from kvitt_chassis.users import RegisteredUser
from kvitt_contracts import topics
from kvitt_contracts.billing import InvoiceLineV2, VatPart
from kvitt_contracts.types import (
    Address,
    ArticleNumber,
    ArticleType,
    Charging,
    CustomerId,
    DeviceId,
    DeviceNumber,
    Endpoint,
    InvoiceId,
    Money,
    OcrNumber,
    OrderId,
    OrderLineId,
    OrganisationNumber,
    Payer,
    PayerId,
    PersonRef,
    PickupId,
    Recipient,
    Reference,
    RegionPersonId,
    SaleId,
    ServicePointId,
    SupplierArticleNumber,
    SupplierId,
    UserId,
    VatNumber,
    Word,
    WorkOrderId,
)
from sqlalchemy import BigInteger, Index, false, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from billing import domain
from billing.electronic.domain import Buyer, Parties
from billing.rents import domain as rents
from billing.services import domain as services

Fact = tuple[str, str]
"""What a document says beyond the invoice: its name and its value, as they are printed."""


class Base(DeclarativeBase):
    """The declarative base of billing."""

    metadata = new_metadata()
    type_annotation_map = TYPE_MAP


class PayerRow(Regional, Base):
    """A payer as orders emitted it last, with what an electronic invoice needs where the region has
    stated it (BIL-9).
    """

    __tablename__ = "payers"

    payer_id: Mapped[PayerId] = mapped_column(primary_key=True)
    name: Mapped[str]
    organisation_number: Mapped[OrganisationNumber | None]
    vat_number: Mapped[VatNumber | None]
    address: Mapped[Address | None] = mapped_column(Json(Address))
    endpoint: Mapped[Endpoint | None] = mapped_column(Json(Endpoint))
    reference: Mapped[Reference | None]

    def buyer(self) -> Buyer | None:
        """The payer as an electronic invoice names it; None where it has no electronic address. Who
        has stated no reference is referred to by the payer's own number.
        """
        if self.endpoint is None:
            return None
        return Buyer(
            name=self.name,
            endpoint=self.endpoint,
            reference=self.reference or self.payer_id,
            organisation_number=self.organisation_number,
            vat_number=self.vat_number,
            address=self.address,
        )


class CustomerRow(Regional, Base):
    """A customer with its default payer (REF-4). A service point is one; a private clinic is a
    contracted unit (BIL-12).
    """

    __tablename__ = "customers"

    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    payer_id: Mapped[PayerId]
    private_clinic: Mapped[bool] = mapped_column(server_default=false())


class WorkOrderRow(Regional, Base):
    """A work order as it was registered: who pays for which service (BIL-2)."""

    __tablename__ = "work_orders"

    work_order_id: Mapped[WorkOrderId] = mapped_column(primary_key=True)
    kind: Mapped[Word]
    service_article: Mapped[ArticleNumber | None]
    payer_id: Mapped[PayerId]
    service_point: Mapped[ServicePointId]

    def facts(self) -> services.Work:
        """Returns the work as the value that the rules read."""
        return services.Work(
            kind=self.kind, service_article=self.service_article, payer_id=self.payer_id
        )


class PersonRow(Regional, Base):
    """Whether a person is protected, and what the region calls them; `merged_into` makes the
    reference an alias.
    """

    __tablename__ = "persons"
    __table_args__ = (
        Index("ix_persons_protected", "region", postgresql_where=text("is_protected")),
        Index(
            "ix_persons_merged_into",
            "region",
            "merged_into",
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
        Index("ix_persons_region_person_id", "region", "region_person_id"),
    )

    person: Mapped[PersonRef] = mapped_column(primary_key=True)
    region_person_id: Mapped[RegionPersonId | None]
    merged_into: Mapped[PersonRef | None]
    is_protected: Mapped[bool] = mapped_column(default=False)


class UserRow(RegisteredUser, Base):
    """A user as orders emitted them last."""


class ArticleRow(Regional, Base):
    """What billing needs of an article: how it is charged, its prices, whether 0 is its price
    (ORD-12), and what its supplier calls it.
    """

    __tablename__ = "articles"
    locked_when_loaded = True  # a run settles by its prices while one comes
    __table_args__ = (
        Index("ix_articles_supplier", "region", "supplier_id", "supplier_article_number"),
    )

    article_number: Mapped[ArticleNumber] = mapped_column(primary_key=True)
    name: Mapped[str]
    type: Mapped[ArticleType]
    charging: Mapped[Charging]
    is_free: Mapped[bool] = mapped_column(server_default=false())
    prices: Mapped[tuple[rents.PricePoint, ...]] = mapped_column(
        Json(tuple[rents.PricePoint, ...]), default=()
    )
    supplier_id: Mapped[SupplierId | None]
    supplier_article_number: Mapped[SupplierArticleNumber | None]


class OrderLineRow(Regional, Base):
    """An order line with what its delivery will cost the patient: the fee per unit, pinned when it
    was placed (ORD-18), and where told when it is charged (BIL-3). `recipient`: who pays that fee;
    None of a basket's line, which has none. `is_covered`: another region or the state pays for it
    (BIL-5, BIL-11).
    """

    __tablename__ = "order_lines"

    line_id: Mapped[OrderLineId] = mapped_column(primary_key=True)
    order_id: Mapped[OrderId]
    recipient: Mapped[Any | None] = mapped_column(Json(Recipient))
    fee: Mapped[Money | None] = mapped_column(Json(Money))
    fee_timing: Mapped[Word | None]
    is_covered: Mapped[bool] = mapped_column(server_default=false(), default=False)


class DeviceRow(Regional, Base):
    """A device that has been on loan. `unsettled_from`: the first day whose rent may differ from
    what was issued. The days from `waits_from` on are not settled before a run that goes through
    `waits_until`: another region or the state pays, when its fitting is finished (BIL-5).
    """

    __tablename__ = "devices"
    locked_when_loaded = True  # a run settles it while its custody changes
    __table_args__ = (
        Index("ix_devices_to_settle", "region", "unsettled_from", "device_id"),
        Index("ix_devices_article", "region", "article_number"),
        Index("ix_devices_number", "region", "device_number"),
    )

    device_id: Mapped[DeviceId] = mapped_column(primary_key=True)
    device_number: Mapped[DeviceNumber]
    article_number: Mapped[ArticleNumber]
    points: Mapped[tuple[rents.ChangePoint, ...]] = mapped_column(
        Json(tuple[rents.ChangePoint, ...]), default=()
    )
    unsettled_from: Mapped[date | None]
    waits_from: Mapped[date | None]
    waits_until: Mapped[date | None]

    def settled_through(self, through: date) -> date:
        """The last day that a run through a day settles: no later than the day before what waits
        then (BIL-5).
        """
        if self.waits_from is None or self.waits_until is None or self.waits_until <= through:
            return through
        return min(through, self.waits_from - timedelta(days=1))


class RentRow(Regional, Base):
    """Rent of a span of days that a run has settled; without invoice only while the run is under
    way (BIL-9). `corrects`: of a credit, the rent that it takes back. `facts`: what decided these
    days then (BIL-17); None of older ones.
    """

    __tablename__ = "rents"
    __table_args__ = (
        Index("ix_rents_device", "region", "device_id"),
        Index("ix_rents_to_invoice", "region", "payer_id", postgresql_where="invoice_id IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[DeviceId]
    device_number: Mapped[DeviceNumber]
    article_number: Mapped[ArticleNumber]
    payer_id: Mapped[PayerId]
    monthly: Mapped[Money] = mapped_column(Json(Money))
    from_day: Mapped[date]
    to_day: Mapped[date]
    sign: Mapped[int]
    invoice_id: Mapped[UUID | None]
    corrects: Mapped[UUID | None]
    facts: Mapped[rents.Facts | None] = mapped_column(Json(rents.Facts))

    def span(self) -> rents.RentSpan:
        """The span as the rules see it."""
        return rents.RentSpan(
            payer_id=self.payer_id,
            monthly=self.monthly,
            from_day=self.from_day,
            to_day=self.to_day,
            sign=self.sign,
            id=self.id,
            corrects=self.corrects,
        )


class ChargeRow(
    Aggregate[domain.Charge],
    Base,
    noun="charge",
    topic=topics.BILLING_CHARGES,
    state=domain.Charge,
    evolve=domain.evolve_charge,
):
    """What is owed: a sale, a fee, a service, an urgent pickup, postage, a device that is sold or
    lost. `invoice_id` is set when a
    run has put it on a document, `run_id` when one has taken it into its preview; `credit_id` and
    `credit_run_id` are of the document that takes it back.
    """

    __tablename__ = "charges"
    __table_args__ = (
        Index(
            "ix_charges_to_invoice", "region", "payer_key", postgresql_where="invoice_id IS NULL"
        ),
        Index(
            "ix_charges_to_credit",
            "region",
            "payer_key",
            postgresql_where=text(
                "status = 'cancelled' AND invoice_id IS NOT NULL AND credit_id IS NULL"
            ),
        ),
        Index("ix_charges_order", "region", "order_id"),
        Index("ix_charges_device", "region", "device_id", postgresql_where="device_id IS NOT NULL"),
        Index("ix_charges_sale", "region", "sale_id", postgresql_where="sale_id IS NOT NULL"),
        Index("ix_charges_charged_on", "region", "charged_on", "id"),
        Index("ix_charges_payer", "region", "payer_key", "charged_on"),
    )

    kind: Mapped[Word]
    status: Mapped[domain.ChargeStatus] = mapped_column(server_default="raised")
    payer: Mapped[Any] = mapped_column(Json(Payer))
    payer_key: Mapped[str]
    order_id: Mapped[OrderId | None]
    line_id: Mapped[OrderLineId | None]
    device_id: Mapped[DeviceId | None]
    pickup_id: Mapped[PickupId | None]
    work_order_id: Mapped[WorkOrderId | None]
    sale_id: Mapped[SaleId | None]
    article_number: Mapped[ArticleNumber | None]
    quantity: Mapped[int]
    amount: Mapped[Money] = mapped_column(Json(Money))
    charged_on: Mapped[date]
    received_on: Mapped[date | None]
    due_on: Mapped[date | None]
    until_on: Mapped[date | None]
    last_pause_on: Mapped[date | None]
    invoice_id: Mapped[UUID | None]
    run_id: Mapped[UUID | None]
    credit_id: Mapped[UUID | None]
    credit_run_id: Mapped[UUID | None]

    def apply(self, state: domain.Charge) -> None:
        """Write the state, and the payer's key for grouping."""
        super().apply(state)
        self.payer_key = payer_key(state.payer)


class InvoiceRow(
    Aggregate[domain.Invoice],
    Base,
    noun="invoice",
    topic=topics.BILLING_INVOICES,
    state=domain.Invoice,
    evolve=domain.evolve_invoice,
):
    """An issued invoice or credit note."""

    __tablename__ = "invoices"
    __table_args__ = (
        Index("uq_invoice_number_bil_9", "region", "number", unique=True),
        Index("ix_invoices_payer", "region", "payer_key", "month"),
        Index("ix_invoices_month", "region", "month", "number"),
    )

    number: Mapped[str]
    payer: Mapped[Any] = mapped_column(Json(Payer))
    payer_key: Mapped[str]
    month: Mapped[str]
    issued_on: Mapped[date]
    is_credit: Mapped[bool]
    net_ore: Mapped[int] = mapped_column(BigInteger)
    vat_ore: Mapped[int] = mapped_column(BigInteger)
    gross_ore: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[tuple[InvoiceLineV2, ...]] = mapped_column(Json(tuple[InvoiceLineV2, ...]))
    vat: Mapped[tuple[VatPart, ...]] = mapped_column(Json(tuple[VatPart, ...]))
    due_on: Mapped[date | None]
    ocr: Mapped[OcrNumber | None]

    def apply(self, state: domain.Invoice) -> None:
        """Write the state, and the payer's key for queries."""
        super().apply(state)
        self.payer_key = payer_key(state.payer)


class DocumentRow(Regional, Base):
    """What an invoice's document shows beyond the invoice, as it was on the day of issue, and the
    document itself: `pdf` is missing until it has been made, and never changes then (BIL-9). The
    same is so of `ubl`, the electronic one, where there are `parties` for it.
    """

    __tablename__ = "documents"
    locked_when_loaded = True  # it is made once

    invoice_id: Mapped[InvoiceId] = mapped_column(primary_key=True)
    template: Mapped[str]
    payer_name: Mapped[str | None]
    article_names: Mapped[dict[ArticleNumber, str]] = mapped_column(Json(dict[ArticleNumber, str]))
    pdf: Mapped[bytes | None]
    parties: Mapped[Parties | None] = mapped_column(Json(Parties))
    ubl: Mapped[bytes | None]
    facts: Mapped[tuple[Fact, ...]] = mapped_column(Json(tuple[Fact, ...]), server_default="[]")


class SelectionRow(Regional, Base):
    """Which invoices a user looks at, under a name of theirs (BIL-14): no aggregate, and in no
    event.
    """

    __tablename__ = "selections"
    __table_args__ = (Index("uq_selection_name_bil_14", "region", "user_id", "name", unique=True),)
    locked_when_loaded = True  # two tabs that change it must not meet

    selection_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UserId]
    name: Mapped[str]
    filters: Mapped[dict[str, str]] = mapped_column(Json(dict[str, str]))


class InvoiceRunRow(
    Aggregate[domain.InvoiceRun],
    Base,
    noun="invoice-run",
    topic=topics.BILLING_INVOICE_RUNS,
    state=domain.InvoiceRun,
    evolve=domain.evolve_run,
):
    """One month's run of a region.

    After a step has failed, `one_by_one` more devices or payers are tried one at a time; `trying`
    is the one that is tried next, so that it is known which one fails. `preview_step` is where a
    preview has come to that is being made. None of it is an event.
    """

    __tablename__ = "invoice_runs"

    month: Mapped[str]
    status: Mapped[domain.RunStatus]
    through: Mapped[date]
    invoices: Mapped[int]
    set_aside: Mapped[int]
    previewed_state: Mapped[str | None]
    findings: Mapped[int]
    approved_by: Mapped[UserId | None]
    one_by_one: Mapped[int] = mapped_column(default=0)
    trying: Mapped[str | None]
    preview_step: Mapped[domain.PreviewStep | None]

    @property
    def is_by_person(self) -> bool:
        """True of a run whose documents are made when a person has approved them (BIL-9)."""
        return self.preview_step is not None or self.previewed_state is not None


class SetAsideRow(Regional, Base):
    """A device or a payer that a run could not settle or invoice, and why (BIL-9)."""

    __tablename__ = "set_aside"
    __table_args__ = (
        Index("ix_set_aside_run", "region", "run_id", "subject", unique=True),
        Index("ix_set_aside_at", "region", "set_aside_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID]
    month: Mapped[str]
    subject: Mapped[str]  # device/<id>, unit/<payer>, patient/<ref>
    reason: Mapped[str]
    set_aside_at: Mapped[datetime]


class CustodyChangeRow(Regional, Base):
    """The number of a custody change that is applied. A closed day takes those that it counts out
    of the table, into the counter.
    """

    __tablename__ = "custody_changes"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)


class CounterRow(Regional, Base):
    """Running numbers of a region: up to which all custody changes are applied, how many more were
    counted without their numbers, invoices numbered in a year.
    """

    __tablename__ = "counters"
    locked_when_loaded = True

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


def payer_key(payer: Any) -> str:
    """A payer as one text, for grouping: `unit/20311` or `patient/<ref>`."""
    return f"unit/{payer.payer_id}" if payer.kind == "unit" else f"patient/{payer.person}"
