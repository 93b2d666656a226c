"""What is stored of a person, and what of it is not over. Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from kvitt_chassis.operating.checks import Snapshot
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import PersonRegistered
from kvitt_contracts.types import DeviceId, PersonRef, ServicePointId
from sqlalchemy import ColumnElement, Select, func, or_, select, text

from orders.attachments.models import AttachmentRow
from orders.blocks.models import BlockOpeningRow, BlockRow
from orders.care.models import CareDeviceRow, CareTransferRow
from orders.cases.domain import Status as CaseStatus
from orders.cases.models import CaseRow
from orders.consents.models import ConsentRow
from orders.customer_orders import domain as customer_orders
from orders.customer_orders.models import OrderDetailsRow, OrderRow
from orders.erasures.domain import Kept, Left
from orders.fault_reports.domain import Status as FaultStatus
from orders.fault_reports.models import FaultReportRow
from orders.order_drafts.models import OrderDraftRow
from orders.people.corrections import PersonCorrectionRow
from orders.people.models import PersonAccessRow, PersonDetailsRow
from orders.people.queries import same_persons
from orders.pickups import domain as pickups
from orders.pickups.models import PickupDetailsRow, PickupRow
from orders.purchase_orders.models import PurchaseOrderDetailsRow, PurchaseOrderRow
from orders.units.models import CustomerRow
from orders.work_orders import domain as work_orders
from orders.work_orders.drafts.models import ApplicationDraftRow
from orders.work_orders.models import WorkOrderDetailsRow, WorkOrderNoteRow, WorkOrderRow

MOST: Final = 1_000
"""Lines of a list in an export."""


async def references_of(person: PersonRef, tx: Transaction) -> Sequence[PersonRef]:
    """Every reference of a person, the current one and its aliases, in the order of their ids."""
    same = same_persons([person], tx.region)
    found = await tx.session.scalars(select(same.c.id).order_by(same.c.id))
    return [PersonRef(one) for one in found]


async def left_of(refs: Sequence[PersonRef], tx: Transaction) -> Left:
    """What is not over for a person."""
    row = await tx.session.execute(
        select(
            _count(CareDeviceRow, tx, CareDeviceRow.person.in_(refs)).label("devices"),
            _count(
                OrderRow,
                tx,
                OrderRow.recipient_person.in_(refs),
                OrderRow.status.in_(customer_orders.OPEN),
            ).label("orders"),
            _count(
                PickupRow,
                tx,
                PickupRow.recipient_person.in_(refs),
                PickupRow.status.in_(pickups.OPEN),
            ).label("pickups"),
            _count(
                WorkOrderRow,
                tx,
                WorkOrderRow.recipient_person.in_(refs),
                WorkOrderRow.status.in_(work_orders.OPEN),
            ).label("work_orders"),
            _count(
                FaultReportRow,
                tx,
                FaultReportRow.recipient_person.in_(refs),
                FaultReportRow.status != FaultStatus.CLOSED,
            ).label("fault_reports"),
            _count(CaseRow, tx, is_asked_of(refs, tx), CaseRow.status == CaseStatus.WAITING).label(
                "cases"
            ),
        )
    )
    return Left(**row.mappings().one())


async def kept_of(refs: Sequence[PersonRef], tx: Transaction) -> Kept:
    """How much is stored of a person."""
    texts = (
        _count(OrderDetailsRow, tx, OrderDetailsRow.order_id.in_(orders_of(refs, tx)))
        + _count(PickupDetailsRow, tx, PickupDetailsRow.pickup_id.in_(pickups_of(refs, tx)))
        + _count(WorkOrderDetailsRow, tx, WorkOrderDetailsRow.work_order_id.in_(works_of(refs, tx)))
    )
    drafts = _count(OrderDraftRow, tx, OrderDraftRow.recipient_person.in_(refs)) + _count(
        ApplicationDraftRow, tx, ApplicationDraftRow.recipient_person.in_(refs)
    )
    row = await tx.session.execute(
        select(
            _count(PersonDetailsRow, tx, PersonDetailsRow.person.in_(refs)).label("details"),
            texts.label("delivery_texts"),
            drafts.label("drafts"),
            _count(AttachmentRow, tx, is_attached_to(refs, tx)).label("attachments"),
            _count(OrderRow, tx, OrderRow.recipient_person.in_(refs)).label("orders"),
            _count(WorkOrderRow, tx, WorkOrderRow.recipient_person.in_(refs)).label("work_orders"),
            _count(PersonAccessRow, tx, PersonAccessRow.person.in_(refs)).label("looks"),
        )
    )
    return Kept(**row.mappings().one())


@dataclass(frozen=True, slots=True, kw_only=True)
class Things:
    """What concerns a person: devices that they have, orders by what each is with its number and
    day, the latest first, and how many transfers.
    """

    devices: tuple[DeviceId, ...]
    orders: tuple[tuple[str, str, date], ...]
    transfers: int


async def things_of(refs: Sequence[PersonRef], tx: Transaction) -> Things:
    """What concerns a person, a thousand of each kind at most."""
    device, order, pickup, work = CareDeviceRow, OrderRow, PickupRow, WorkOrderRow
    devices = await tx.session.scalars(
        select(device.device_id)
        .where(device.region == tx.region, device.person.in_(refs))
        .order_by(device.since_on.desc().nulls_last(), device.device_id)
        .limit(MOST)
    )
    orders = [
        (what, str(number), day)
        for what, row, column, on in (
            ("Beställning eller uttag", order, order.order_number, order.placed_on),
            ("Hämtning", pickup, pickup.pickup_number, pickup.requested_on),
            ("Arbetsorder eller ansökan", work, work.work_order_number, work.registered_on),
        )
        for number, day in await tx.session.execute(
            select(column, on)
            .where(row.region == tx.region, row.recipient_person.in_(refs))
            .order_by(on.desc(), column.desc())
            .limit(MOST)
        )
    ]
    transfers = select(func.count()).select_from(transfers_of(refs, tx).subquery())
    return Things(
        devices=tuple(devices.all()),
        orders=tuple(orders),
        transfers=await tx.session.scalar(transfers) or 0,
    )


def orders_of(refs: Sequence[PersonRef], tx: Transaction) -> Select[Any]:
    """Selects the ids of a person's orders."""
    return _ids(OrderRow, refs, tx)


def pickups_of(refs: Sequence[PersonRef], tx: Transaction) -> Select[Any]:
    """Selects the ids of a person's pickups."""
    return _ids(PickupRow, refs, tx)


def works_of(refs: Sequence[PersonRef], tx: Transaction) -> Select[Any]:
    """Selects the ids of a person's work orders."""
    return _ids(WorkOrderRow, refs, tx)


def purchases_of(refs: Sequence[PersonRef], tx: Transaction) -> Select[Any]:
    """Selects the ids of the purchase orders of a person's orders."""
    return select(PurchaseOrderRow.id).where(
        PurchaseOrderRow.region == tx.region, PurchaseOrderRow.order_id.in_(orders_of(refs, tx))
    )


def transfers_of(refs: Sequence[PersonRef], tx: Transaction) -> Select[Any]:
    """Selects the ids of the transfers that are about a person."""
    row = CareTransferRow
    return select(row.transfer_id).where(
        row.region == tx.region, row.current_person.in_(refs) | row.new_person.in_(refs)
    )


def devices_of(refs: Sequence[PersonRef], tx: Transaction) -> Select[Any]:
    """Selects the devices that a person has, or was the last to give back."""
    row = CareDeviceRow
    return select(row.device_id).where(
        row.region == tx.region, row.person.in_(refs) | row.returned_by.in_(refs)
    )


async def written_of(refs: Sequence[PersonRef], tx: Transaction) -> Sequence[Any]:
    """The rows with what was written of a person's, a thousand of each kind at most: sealed."""
    found: list[Any] = []
    for row_type, is_theirs in _written(refs, tx).items():
        query = select(row_type).where(row_type.region == tx.region, is_theirs).limit(MOST)
        found += (await tx.session.scalars(query)).all()
    return found


def _written(refs: Sequence[PersonRef], tx: Transaction) -> dict[type[Any], ColumnElement[bool]]:
    works = works_of(refs, tx)
    return {
        OrderDetailsRow: OrderDetailsRow.order_id.in_(orders_of(refs, tx)),
        OrderDraftRow: OrderDraftRow.recipient_person.in_(refs),
        AttachmentRow: is_attached_to(refs, tx),
        PurchaseOrderDetailsRow: PurchaseOrderDetailsRow.purchase_order_id.in_(
            purchases_of(refs, tx)
        ),
        PickupDetailsRow: PickupDetailsRow.pickup_id.in_(pickups_of(refs, tx)),
        FaultReportRow: FaultReportRow.recipient_person.in_(refs),
        CaseRow: is_asked_of(refs, tx),
        WorkOrderRow: WorkOrderRow.recipient_person.in_(refs),
        WorkOrderDetailsRow: WorkOrderDetailsRow.work_order_id.in_(works),
        WorkOrderNoteRow: WorkOrderNoteRow.work_order_id.in_(works),
        ApplicationDraftRow: ApplicationDraftRow.recipient_person.in_(refs),
        BlockOpeningRow: BlockOpeningRow.person.in_(refs),
    }


def is_asked_of(refs: Sequence[PersonRef], tx: Transaction) -> ColumnElement[bool]:
    """The criterion of a case that is, or was when it was asked, about something of a person's."""
    things = (orders_of(refs, tx), pickups_of(refs, tx), works_of(refs, tx))
    others = (refs, transfers_of(refs, tx), devices_of(refs, tx))
    return or_(*(CaseRow.about_id.in_(one) for one in (*things, *others)), CaseRow.person.in_(refs))


def is_attached_to(refs: Sequence[PersonRef], tx: Transaction) -> ColumnElement[bool]:
    """The criterion of a file that belongs to something of a person's."""
    drafts = select(OrderDraftRow.draft_id).where(
        OrderDraftRow.region == tx.region, OrderDraftRow.recipient_person.in_(refs)
    )
    return (
        AttachmentRow.order_id.in_(orders_of(refs, tx))
        | AttachmentRow.work_order_id.in_(works_of(refs, tx))
        | AttachmentRow.draft_id.in_(drafts)
    )


def _ids(row_type: type[Any], refs: Sequence[PersonRef], tx: Transaction) -> Select[Any]:
    return select(row_type.id).where(
        row_type.region == tx.region, row_type.recipient_person.in_(refs)
    )


def _count(row_type: type[Any], tx: Transaction, *criteria: ColumnElement[bool]) -> Any:
    return (
        select(func.count())
        .select_from(row_type)
        .where(row_type.region == tx.region, *criteria)
        .scalar_subquery()
    )


async def corrections_of(
    refs: Sequence[PersonRef], tx: Transaction
) -> Sequence[PersonCorrectionRow]:
    """What was corrected of a person, the latest first, a thousand at most; still sealed."""
    query = select(PersonCorrectionRow).where(
        PersonCorrectionRow.region == tx.region, PersonCorrectionRow.person.in_(refs)
    )
    found = await tx.session.scalars(query.order_by(PersonCorrectionRow.at.desc()).limit(MOST))
    return found.all()


async def looks_of(
    refs: Sequence[PersonRef], tx: Transaction, *, most: int = MOST
) -> Sequence[PersonAccessRow]:
    """Who looked at a person, the latest first, a thousand at most unless told."""
    query = select(PersonAccessRow).where(
        PersonAccessRow.region == tx.region, PersonAccessRow.person.in_(refs)
    )
    found = await tx.session.scalars(query.order_by(PersonAccessRow.at.desc()).limit(most))
    return found.all()


async def blocks_among(refs: Sequence[PersonRef], tx: Transaction) -> Sequence[BlockRow]:
    """What a person has asked units to block, lifted or not."""
    row = BlockRow
    found = select(row).where(row.region == tx.region, row.person.in_(refs)).order_by(row.id)
    return (await tx.session.scalars(found)).all()


async def consents_among(refs: Sequence[PersonRef], tx: Transaction) -> Sequence[ConsentRow]:
    """What a person has consented to, whether it holds or not."""
    row = ConsentRow
    found = select(row).where(row.region == tx.region, row.person.in_(refs)).order_by(row.given_at)
    return (await tx.session.scalars(found)).all()


async def units_of(units: Collection[ServicePointId], tx: Transaction) -> Sequence[CustomerRow]:
    """Some units, as the region states them now."""
    row = CustomerRow
    query = select(row).where(row.region == tx.region, row.customer_id.in_(sorted(units)))
    return (await tx.session.scalars(query)).all()


async def what_is_back(
    snapshot: Snapshot, erased: Collection[tuple[str, UUID]]
) -> list[tuple[tuple[str, UUID], tuple[str, ...]]]:
    """Those of some persons of whom something is here that an erasure takes, and what it is."""
    rows = await snapshot.session.execute(_BACK, _arrays(erased))
    return [
        ((row.region, row.person), tuple(name for name in _TAKEN if getattr(row, name)))
        for row in rows
    ]


async def registered_by(snapshot: Snapshot, causes: Collection[str]) -> list[tuple[str, UUID]]:
    """Who was registered by some messages, and is not erased."""
    values = {"type": PersonRegistered.wire_type, "causes": sorted(causes)}
    rows = await snapshot.session.execute(_REGISTERED, values)
    return [(row.region, row.person) for row in rows]


def _arrays(persons: Collection[tuple[str, UUID]]) -> dict[str, Any]:
    listed = sorted(persons)
    return {"regions": [one for one, _ in listed], "persons": [one for _, one in listed]}


_TAKEN: Final = ("key", "details", "is_known")
_BACK: Any = text(
    """
    SELECT * FROM (
        SELECT said.region, said.person,
               EXISTS (SELECT FROM person_keys k WHERE (k.region, k.person)
                       = (said.region, said.person)) AS key,
               EXISTS (SELECT FROM person_details d WHERE (d.region, d.person)
                       = (said.region, said.person)) AS details,
               EXISTS (SELECT FROM persons p WHERE (p.region, p.id)
                       = (said.region, said.person) AND NOT p.is_erased) AS is_known
        FROM unnest(CAST(:regions AS text[]), CAST(:persons AS uuid[])) AS said(region, person)
    ) AS found WHERE key OR details OR is_known
    """
)
_REGISTERED: Any = text(
    """
    SELECT p.region, p.id AS person FROM events e
    JOIN persons p ON (p.region, p.id) = (e.region, CAST(e.key AS uuid))
    WHERE e.type = :type AND e.causation_id = ANY(CAST(:causes AS text[])) AND NOT p.is_erased
    """
)
