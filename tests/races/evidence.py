"""What runs leave behind, besides their logs: rows, marks, timers and invoices. Judges nothing."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from billing.models import DeviceRow as BilledRow
from billing.rents.domain import ChangePoint
from inventory.devices.domain import Claim
from inventory.devices.models import DeviceRow
from inventory.stock.models import BalanceRow
from kvitt_chassis.operating.row_comparison import differences, read_event
from kvitt_contracts.billing import InvoiceIssued, InvoiceIssuedV2
from kvitt_contracts.inventory import Custody
from kvitt_contracts.types import DeviceId
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.races.run import Run
from tests.races.system import Moment, Said, System


@dataclass(frozen=True, slots=True)
class DayBilled:
    """A day of a device as an invoice has it."""

    payer: str
    day: date


@dataclass(slots=True)
class Evidence:
    """By device or key. `kept` is the custody of a device, `gone` are those that no store counts
    any more; `astray` what stores miscount of an article. `wanted` are the last numbers that were
    said, by reader and topic, `marks` those that readers have come to, by reader, topic and key;
    `parked` are keys that wait, `unfolded` rows that are not what their events say.
    """

    claims: dict[DeviceId, Claim | None] = field(default_factory=dict)
    kept: dict[DeviceId, Custody] = field(default_factory=dict)
    gone: set[DeviceId] = field(default_factory=set)
    astray: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    points: dict[DeviceId, tuple[ChangePoint, ...]] = field(default_factory=dict)
    billed: dict[DeviceId, list[DayBilled]] = field(default_factory=lambda: defaultdict(list))
    ore: dict[DeviceId, int] = field(default_factory=lambda: defaultdict(int))
    wanted: dict[str, dict[tuple[str, str], int]] = field(default_factory=lambda: defaultdict(dict))
    marks: dict[tuple[str, str, str], int] = field(default_factory=dict)
    parked: set[str] = field(default_factory=set)
    unfolded: dict[str, str] = field(default_factory=dict)
    is_invoiced: bool = True
    timers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


async def gather(system: System, month: Moment, runs: Sequence[Run]) -> Evidence:
    """Read what the databases of the four services have by now, and what was said."""
    found = Evidence()
    async with system["inventory"].worker.reading() as session:
        await session.execute(_MAY_STAND)
        await _read_devices(found, session)
    async with system["billing"].worker.reading() as session:
        await session.execute(_MAY_STAND)
        for billed in (await session.scalars(select(BilledRow))).all():
            found.points[billed.device_id] = billed.points
    for running in system:
        name = running.service.name
        async with running.worker.reading() as session:
            await session.execute(_MAY_STAND)
            for topic, key, seq in await session.execute(_MARKS):
                found.marks[name, topic, key] = seq
            found.parked |= {row.key for row in await session.execute(_PARKED)}
            for timer, key in await session.execute(_TIMERS):
                found.timers[str(key)].append(timer)
            for one in await differences(session, running.service.base):
                found.unfolded[one.key] = f"{name}.{one.table}: {', '.join(one.fields)}"
    for said in [*month.said, *(one for run in runs for one in run.moment.said)]:
        for reader in system.readers.get(said.event.topic, ()):
            last, place = found.wanted[said.event.key], (reader, said.event.topic)
            last[place] = max(last.get(place, 0), said.event.seq)
    _read_invoices(found, month.said)
    return found


async def _read_devices(found: Evidence, session: AsyncSession) -> None:
    standing: Counter[tuple[str, str, str]] = Counter()
    for row in (await session.scalars(select(DeviceRow))).all():
        device_id, device = DeviceId(row.id), row.state()
        found.claims[device_id], found.kept[device_id] = row.claim, device.custody
        if device.is_gone:
            found.gone.add(device_id)
        elif device.store is not None:
            standing[row.region, device.store, row.article_number] += 1
    for balance in (await session.scalars(select(BalanceRow))).all():
        counted = balance.available + balance.reserved
        standing[balance.region, balance.store, balance.article_number] -= counted
    for (_, store, article), more in standing.items():
        if more:
            found.astray[article].append(f"{more} more devices stand in {store} than it counts")


def _read_invoices(found: Evidence, said: Sequence[Said]) -> None:
    for one in said:
        if one.event.topic != "billing.invoices":
            continue
        issued: Any = read_event(one.event.type, one.event.payload)
        assert isinstance(issued, InvoiceIssued | InvoiceIssuedV2)
        for line in issued.lines:
            assert line.device_id is not None
            assert line.from_day is not None
            assert line.to_day is not None
            found.ore[line.device_id] += line.amount.net_ore
            day = line.from_day
            while day <= line.to_day:
                payer = str(getattr(issued.payer, "payer_id", issued.payer))
                found.billed[line.device_id].append(DayBilled(payer, day))
                day += timedelta(days=1)


def keys_of(run: Run) -> Mapping[str, UUID]:
    """The ids of what a run is about, by how they are written as keys."""
    ids: list[UUID] = [*(device.id for device in run.devices), *run.transfers, *run.pickups]
    ids += [*run.orders, run.stocktaking]
    return {str(one): one for one in ids}


_MAY_STAND = text("SET LOCAL idle_in_transaction_session_timeout = 0")
_MARKS = text("SELECT topic, key, seq FROM marks")
_PARKED = text("SELECT key FROM parked_keys")
_TIMERS = text("SELECT timer, key FROM timers")
