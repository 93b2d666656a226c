"""Billing's look-ups in its tables, beyond one row by its key, and whose rows they are: they belong
to who works where their payer pays. No rules, and no writes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from kvitt_chassis.access import Caller
from kvitt_chassis.http import RegionReader, Scope
from kvitt_chassis.operating.checks import Snapshot
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_chassis.web.wishes import NoWishes
from kvitt_contracts.types import ArticleNumber, DeviceId, PayerId, UserId
from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute

from billing import domain
from billing.models import (
    ChargeRow,
    CounterRow,
    CustodyChangeRow,
    CustomerRow,
    DeviceRow,
    InvoiceRow,
    InvoiceRunRow,
    PayerRow,
    PersonRow,
    RentRow,
    SelectionRow,
    SetAsideRow,
)
from billing.rents.domain import ChangePoint, RentSpan

Q = TypeVar("Q", bound=Select[Any])

CUSTODY_CHANGES_COUNTED = "custody_changes"
CUSTODY_CHANGES_UP_TO = "custody_changes_up_to"

TO_CREDIT = and_(
    ChargeRow.status == domain.ChargeStatus.CANCELLED,
    ChargeRow.invoice_id.is_not(None),
    ChargeRow.credit_id.is_(None),
)
"""Charges that were invoiced and then cancelled, and are not taken back yet (BIL-4)."""


def owed_through(day: date) -> ColumnElement[bool]:
    """Charges up to a day, that day included, that are owed and not invoiced yet."""
    return and_(
        ChargeRow.status == domain.ChargeStatus.RAISED,
        ChargeRow.invoice_id.is_(None),
        ChargeRow.charged_on <= day,
    )


_BILLED: Final = NoWishes(because="a payer gets its lines by reference, and nobody's name (REF-25)")

# decision 0283: a unit reaches what its payers pay, and nothing that a patient is billed
INVOICES_REACH = ScopeOfPersons(
    InvoiceRow.region,
    also=lambda caller: _is_billed_to(InvoiceRow.payer_key, caller),
    protected=lambda: InvoiceRow.payer_key.in_(_keys_of_protected()),
    wishes=_BILLED,
)
CHARGES_REACH = ScopeOfPersons(
    ChargeRow.region,
    also=lambda caller: _is_billed_to(ChargeRow.payer_key, caller),
    protected=lambda: ChargeRow.payer_key.in_(_keys_of_protected()),
    wishes=_BILLED,
)


def reach_by_payer(
    region: InstrumentedAttribute[Any], payer_key: InstrumentedAttribute[str]
) -> ScopeOfPersons:
    """The scope of rows that a payer's key says whose they are, as invoices are."""
    return ScopeOfPersons(
        region,
        also=lambda caller: _is_billed_to(payer_key, caller),
        protected=lambda: payer_key.in_(_keys_of_protected()),
        wishes=_BILLED,
    )


DEVICES_REACH = Scope(DeviceRow.region, also=lambda caller: _has_been_paid_by(caller))
PAYERS_REACH = Scope(PayerRow.region, also=lambda caller: PayerRow.payer_id == _any_payer(caller))


async def payers_of(reader: RegionReader) -> frozenset[PayerId] | None:
    """The payers whose days the caller sees; None where these are all of the region's."""
    if reader.grant.is_region_wide:
        return None
    return frozenset(await reader.all(_payers(reader.caller)))


async def payers_named_to(reader: RegionReader) -> frozenset[PayerId] | None:
    """The payers that the caller may know to pay for a device; None where these are all of the
    region's: theirs who read of all payers.
    """
    if reader.caller.may_for_all("billing.payers.list"):
        return None
    return frozenset(await reader.all(_payers(reader.caller)))


async def next_month(tx: Transaction) -> date:
    """The first day of the first month that no run of the region has begun to invoice; before the
    first run, of this month.
    """
    latest = select(func.max(InvoiceRunRow.through)).where(InvoiceRunRow.region == tx.region)
    through: date | None = await tx.session.scalar(latest)
    return through + timedelta(days=1) if through else tx.today.replace(day=1)


async def custody_changes_applied(tx: Transaction, *, up_to: int) -> domain.CustodyChanges:
    """Which custody changes of the region are applied; of those besides, `up_to` the highest."""
    names = [CUSTODY_CHANGES_COUNTED, CUSTODY_CHANGES_UP_TO]
    counters = select(CounterRow.name, CounterRow.value).where(
        CounterRow.region == tx.region, CounterRow.name.in_(names)
    )
    besides = select(CustodyChangeRow.number).where(
        CustodyChangeRow.region == tx.region, CustodyChangeRow.number <= up_to
    )
    values = {row.name: row.value for row in await tx.session.execute(counters)}
    return domain.CustodyChanges(
        up_to=values.get(CUSTODY_CHANGES_UP_TO, 0),
        besides=frozenset((await tx.session.scalars(besides)).all()),
        counted=values.get(CUSTODY_CHANGES_COUNTED, 0),
    )


async def is_earlier_run_open(tx: Transaction, run: InvoiceRunRow) -> bool:
    """True while the run of a month before this one's has not finished."""
    query = select(InvoiceRunRow.id).where(
        InvoiceRunRow.region == tx.region,
        InvoiceRunRow.through < run.through,
        InvoiceRunRow.status != domain.RunStatus.FINISHED,
    )
    return (await tx.session.scalar(query.limit(1))) is not None


async def is_earlier_run_previewed(tx: Transaction, run: InvoiceRunRow) -> bool:
    """True while the run of a month before this one's waits for a person."""
    query = select(InvoiceRunRow.id).where(
        InvoiceRunRow.region == tx.region,
        InvoiceRunRow.through < run.through,
        InvoiceRunRow.status == domain.RunStatus.PREVIEWED,
        InvoiceRunRow.preview_step.is_(None),
    )
    return (await tx.session.scalar(query.limit(1))) is not None


def settles(through: date) -> ColumnElement[bool]:
    """Devices with days that a run through a day settles, and none has settled; without those that
    wait for a fitting's end (BIL-5).
    """
    return and_(
        DeviceRow.unsettled_from <= through,
        or_(
            DeviceRow.waits_until.is_(None),
            DeviceRow.waits_until <= through,
            DeviceRow.unsettled_from < DeviceRow.waits_from,
        ),
    )


async def devices_to_settle(
    tx: Transaction, run: InvoiceRunRow, *, limit: int
) -> Sequence[DeviceId]:
    """Devices with days of a run that no run has settled, at most `limit`; without those that it
    has set aside. Their ids alone: a row that cannot be read hides no other.
    """
    query = (
        select(DeviceRow.device_id)
        .where(
            DeviceRow.region == tx.region,
            settles(run.through),
            (literal("device/") + cast(DeviceRow.device_id, Text)).not_in(_set_aside_by(run)),
        )
        # what is settled stands behind all that is not: the next step passes none of it
        .order_by(DeviceRow.unsettled_from, DeviceRow.device_id)
        .limit(limit)
    )
    return (await tx.session.scalars(query)).all()


async def articles_of(tx: Transaction, device_ids: Sequence[DeviceId]) -> Sequence[ArticleNumber]:
    """The articles of these devices. Nothing is locked: a device stays of its article."""
    query = (
        select(DeviceRow.article_number)
        .where(DeviceRow.region == tx.region, DeviceRow.device_id.in_(device_ids))
        .distinct()
    )
    return (await tx.session.scalars(query)).all()


async def settled_spans(
    tx: Transaction, device_ids: Sequence[DeviceId], *, from_day: date, to_day: date
) -> Mapping[DeviceId, list[RentSpan]]:
    """What runs have settled of these devices' days between two days, by device."""
    query = (
        select(RentRow)
        .where(
            RentRow.region == tx.region,
            RentRow.device_id.in_(device_ids),
            RentRow.to_day >= from_day,
            RentRow.from_day <= to_day,
        )
        .order_by(RentRow.from_day, RentRow.id)
    )
    spans: dict[DeviceId, list[RentSpan]] = defaultdict(list)
    for row in (await tx.session.scalars(query)).all():
        spans[row.device_id].append(row.span())
    return spans


async def payers_to_invoice(
    tx: Transaction, run: InvoiceRunRow, *, limit: int, after: str = ""
) -> Sequence[str]:
    """Returns the keys of payers with settled rent or charges of a run's days that are not invoiced
    yet, or with cancelled ones that were, at most `limit`, in their order and later in it than
    `after`; without those that it has set aside.
    """
    unit = after.removeprefix("unit/") if after.startswith("unit/") else ""
    rents = _first_keys(
        RentRow.payer_id,
        literal("unit/") + RentRow.payer_id,
        (RentRow.region == tx.region, RentRow.invoice_id.is_(None), RentRow.payer_id > unit),
        run,
        limit=limit,
    )
    mine = (ChargeRow.region == tx.region, ChargeRow.payer_key > after)
    charges, credits = (
        _first_keys(ChargeRow.payer_key, ChargeRow.payer_key, (*mine, billed), run, limit=limit)
        for billed in (_owed(run), _taken_back(run))
    )
    either = union(rents, charges, credits).subquery()
    query = select(either.c.payer_key).order_by(either.c.payer_key).limit(limit)
    return (await tx.session.scalars(query)).all()


def _first_keys(
    ordered: InstrumentedAttribute[Any],
    key: ColumnElement[str] | InstrumentedAttribute[str],
    conditions: Iterable[ColumnElement[bool]],
    run: InvoiceRunRow,
    *,
    limit: int,
) -> Select[str]:
    """The first keys of one table, as its index has them: so many alone are read of it."""
    found = (
        select(ordered.label("ordered"), key.label("payer_key"))
        .where(*conditions, key.not_in(_set_aside_by(run)))
        .distinct()
        .order_by(ordered)
        .limit(limit)
        .subquery()
    )
    return select(found.c.payer_key)


async def rents_to_invoice(
    tx: Transaction, payer_key: str, *, limit: int, offset: int = 0
) -> Sequence[RentRow]:
    """Returns a unit's settled rent that is not invoiced yet, in the order of the specification, at
    most `limit`, after the first `offset`.
    """
    query = (
        _of_payer(select(RentRow), payer_key, tx)
        # a debit before the credit that takes it back, so that its invoice has its number; the last
        # one tells equal ones apart: a preview and the run must see the same order
        .order_by(
            RentRow.article_number,
            RentRow.device_id,
            RentRow.from_day,
            RentRow.sign.desc(),
            RentRow.id,
        )
        .limit(limit)
        .offset(offset)
    )
    return (await tx.session.scalars(query)).all()


async def count_rents_to_invoice(tx: Transaction, payer_key: str) -> int:
    """How many spans of a unit's settled rent are not invoiced yet."""
    query = _of_payer(select(func.count()).select_from(RentRow), payer_key, tx)
    return (await tx.session.scalar(query)) or 0


async def rents_taken_back(tx: Transaction, credits: Iterable[RentRow]) -> Mapping[UUID, RentRow]:
    """The rents that credits take back, by their ids."""
    ids = {row.corrects for row in credits if row.corrects is not None}
    if not ids:
        return {}
    query = select(RentRow).where(RentRow.region == tx.region, RentRow.id.in_(ids))
    return {row.id: row for row in (await tx.session.scalars(query)).all()}


async def charges_to_invoice(
    tx: Transaction, payer_key: str, run: InvoiceRunRow, *, limit: int, offset: int = 0
) -> Sequence[ChargeRow]:
    """Returns what a run bills of a payer's charges, oldest first, at most `limit`, after the first
    `offset`: those of its days that are owed and not invoiced yet, and those that were invoiced and
    then cancelled; of a run that a person approves, those that it has taken.
    """
    query = (
        select(ChargeRow)
        .where(
            ChargeRow.region == tx.region,
            ChargeRow.payer_key == payer_key,
            or_(_owed(run), _taken_back(run)),
        )
        .order_by(ChargeRow.charged_on, ChargeRow.id)
        .limit(limit)
        .offset(offset)
    )
    return (await tx.session.scalars(query)).all()


async def count_invoices(tx: Transaction, *, month: str) -> int:
    """How many documents of a month the region has."""
    query = select(func.count()).where(InvoiceRow.region == tx.region, InvoiceRow.month == month)
    return (await tx.session.scalar(query)) or 0


async def count_set_aside(tx: Transaction, run: InvoiceRunRow) -> int:
    """How many devices and payers a run has set aside."""
    query = select(func.count()).where(
        SetAsideRow.region == tx.region, SetAsideRow.run_id == run.id
    )
    return (await tx.session.scalar(query)) or 0


async def points_of_devices(
    snapshot: Snapshot,
) -> dict[tuple[str, UUID], tuple[ChangePoint, ...]]:
    """The change points of each device, by its region and id."""
    query = select(DeviceRow.region, DeviceRow.device_id, DeviceRow.points)
    return {
        (str(region), device_id): points
        for region, device_id, points in await snapshot.session.execute(query)
    }


async def names_of_selections(tx: Transaction, user: UserId) -> Sequence[str]:
    """What the selections are called that a user has saved."""
    query = select(SelectionRow.name).where(
        SelectionRow.region == tx.region, SelectionRow.user_id == user
    )
    return (await tx.session.scalars(query)).all()


# decision 0404: what comes later than the preview is the next run's
def _owed(run: InvoiceRunRow) -> ColumnElement[bool]:
    if run.is_by_person:
        return and_(ChargeRow.run_id == run.id, ChargeRow.invoice_id.is_(None))
    return owed_through(run.through)


def _taken_back(run: InvoiceRunRow) -> ColumnElement[bool]:
    if run.is_by_person:
        return and_(ChargeRow.credit_run_id == run.id, ChargeRow.credit_id.is_(None))
    return TO_CREDIT


def _of_payer(query: Q, payer_key: str, tx: Transaction) -> Q:
    kind, _, payer_id = payer_key.partition("/")
    return query.where(
        RentRow.region == tx.region,
        RentRow.payer_id == payer_id if kind == "unit" else false(),
        RentRow.invoice_id.is_(None),
    )


def _set_aside_by(run: InvoiceRunRow) -> Select[str]:
    return select(SetAsideRow.subject).where(
        SetAsideRow.region == run.region, SetAsideRow.run_id == run.id
    )


def _payers(caller: Caller, expression: Any = CustomerRow.payer_id) -> Select[Any]:
    """The payers of the service points that a caller works at (REF-4), or an expression of each."""
    mine = CustomerRow.customer_id.in_(sorted(caller.service_points))
    return select(expression).where(CustomerRow.region == caller.region, mine)


def _any_payer(caller: Caller, expression: Any = CustomerRow.payer_id) -> ColumnElement[Any]:
    # an array is looked up in an index; a subquery is compared with every row of the region
    return any_(func.array(_payers(caller, expression).scalar_subquery()))


def _is_billed_to(payer_key: InstrumentedAttribute[str], caller: Caller) -> ColumnElement[bool]:
    return payer_key == _any_payer(caller, literal("unit/") + CustomerRow.payer_id)


def _keys_of_protected() -> Select[str]:
    """Protected persons as payers, by every reference that stands for them."""
    protected = select(PersonRow.person).where(
        PersonRow.is_protected, PersonRow.merged_into.is_(None)
    )
    found = protected.cte(recursive=True)  # unnamed: a statement may ask twice
    aliases = select(PersonRow.person).join(found, PersonRow.merged_into == found.c.person)
    return select(literal("patient/") + cast(found.union(aliases).c.person, Text))


def _has_been_paid_by(caller: Caller) -> ColumnElement[bool]:
    point = func.jsonb_build_array(func.jsonb_build_object("payer_id", CustomerRow.payer_id))
    return cast(DeviceRow.points, JSONB).bool_op("@>")(_any_payer(caller, point))
