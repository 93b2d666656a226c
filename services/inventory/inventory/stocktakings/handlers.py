"""Handlers of stocktakings: planned, announced, opened, counted, posted; what is found again."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kvitt_chassis.handlers import Handlers, RowKey, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day, stockholm_day
from kvitt_contracts.inventory import (
    CancelStocktaking,
    CountedArticle,
    FindDevice,
    OpenStocktaking,
    PostStocktaking,
)
from kvitt_contracts.regions import CountedShelf, ShelfCountStated, StoreStated
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    StocktakingId,
    StoreId,
    UserId,
)

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id
from inventory.devices.models import DeviceRow
from inventory.devices.queries import find_device_id, new_device_id
from inventory.stocktakings import domain
from inventory.stocktakings.commands import CountScans, CountShelf
from inventory.stocktakings.models import StocktakingRow
from inventory.stocktakings.queries import (
    is_own_store,
    stocktaking_id,
    stores_of_devices,
    tallies_of,
)
from inventory.stocktakings.scans import scanned_lines
from inventory.stocktakings.tallies import domain as tallies
from inventory.stocktakings.writes import compare, find_again, note_counted, note_tallies, planned
from inventory.stocktakings.writes import post as post_found
from inventory.stores.domain import StoreKind
from inventory.stores.models import StoreRow
from inventory.stores.queries import check_store_holds_stock, rows_of_store

messages = Handlers()

STOCKTAKING_ANNOUNCED = Timer("stocktaking_announced", StocktakingRow)

_of_stores = Handlers()
_of_stores.project(StoreStated, StoreRow, kind=lambda fact: StoreKind(fact.kind))
_STATE_STORE: Final = _of_stores.messages[StoreStated].handler


def _locked_to_state(fact: StoreStated, tx: Transaction) -> Iterable[RowKey]:
    yield StoreRow, fact.store
    yield StocktakingRow, stocktaking_id(tx, fact.store)


@messages.on(StoreStated, loads=_locked_to_state)
async def state_store(fact: StoreStated, tx: Transaction) -> None:
    """INV-4: the store as it is stated last; INV-10: its first round is planned, by policy."""
    await _STATE_STORE(fact, tx)
    row = await tx.find(StocktakingRow, stocktaking_id(tx, fact.store))
    if row is None and StoreKind(fact.kind) in domain.COUNTED_KINDS:
        await _plan(tx, fact.store, after=tx.today)


@messages.timer(STOCKTAKING_ANNOUNCED)
async def announce(row: StocktakingRow, due: datetime, tx: Transaction) -> None:
    """INV-10: the unit that has the store is notified in good time."""
    store = await tx.get(StoreRow, row.store)
    told = domain.announce(
        StocktakingId(row.id), row.state(), kind=store.kind, service_point=store.service_point
    )
    tx.record(row, *told)


@messages.command(OpenStocktaking)
async def open_stocktaking(command: OpenStocktaking, tx: Transaction) -> None:
    """Begin to count a store, planned or not; business goes on (INV-10).

    Refused: UNKNOWN_STORE, NOT_COUNTED, STORE_ELSEWHERE, ALREADY_OPEN (INV-10).
    """
    store = await tx.get(StoreRow, command.store, rule="INV-10")
    domain.check_kind(store.kind)
    domain.check_own(is_own=await is_own_store(tx, command.store, command.by))
    key = stocktaking_id(tx, command.store)
    row = await tx.find(StocktakingRow, key)
    opened = domain.open_round(key, row.state() if row else None, at=tx.now, by=command.by)
    if row is None or row.status in (domain.Status.POSTED, domain.Status.CANCELLED):
        tx.record_at(StocktakingRow, key, await planned(tx, store, on=tx.today), opened)
    else:
        tx.record(row, opened)
    tx.cancel_timer(STOCKTAKING_ANNOUNCED, key=key)


@messages.on(
    ShelfCountStated, of=StocktakingRow, key=lambda fact, tx: stocktaking_id(tx, fact.store)
)
async def state_count(row: StocktakingRow, fact: ShelfCountStated, tx: Transaction) -> None:
    """A batch of counts (INV-10). A stocktaking that is not known yet: the fact waits.

    Refused: NOT_OPENED, COUNTED_OUTSIDE, UNKNOWN_ARTICLE, SERVICE_IS_NOT_COUNTED,
    CONTRIBUTION_IS_NOT_COUNTED (INV-16), COUNTED_TWICE, DEVICES_DO_NOT_MATCH, UNKNOWN_DEVICE,
    DEVICE_NOT_IN_STORE (INV-10).
    """
    await _count(row, fact.counted_at, fact.lines, fact.by, tx)


@messages.command(
    CountShelf,
    of=StocktakingRow,
    key=lambda command, tx: stocktaking_id(tx, command.store),
    rule="INV-10",
)
async def count_shelf(row: StocktakingRow, command: CountShelf, tx: Transaction) -> None:
    """A batch of counts (INV-10).

    Refused: UNKNOWN_STOCKTAKING, NOT_OPENED, COUNTED_OUTSIDE, UNKNOWN_ARTICLE,
    SERVICE_IS_NOT_COUNTED, CONTRIBUTION_IS_NOT_COUNTED (INV-16), COUNTED_TWICE,
    DEVICES_DO_NOT_MATCH, UNKNOWN_DEVICE, DEVICE_NOT_IN_STORE (INV-10).
    """
    await _count(row, command.counted_at or tx.now, command.lines, command.by, tx)


@messages.command(
    CountScans,
    of=StocktakingRow,
    key=lambda command, tx: stocktaking_id(tx, command.store),
    rule="INV-10",
)
async def count_scans(row: StocktakingRow, command: CountScans, tx: Transaction) -> None:
    """What was scanned counts, each device that can; what each code has come to is said by
    `answers_of` (INV-10).

    Refused: UNKNOWN_STOCKTAKING, NOT_OPENED, COUNTED_OUTSIDE (INV-10).
    """
    at = command.counted_at or tx.now
    domain.check_open(row.state(), at=at)
    lines = await scanned_lines(tx, row.state(), command.codes, at=at)
    if lines:
        event = domain.count(
            StocktakingId(row.id),
            row.state(),
            batch=tx.mint(),
            counted_at=at,
            lines=lines,
            by=command.by,
        )
        tx.record(row, event)


@messages.command(
    PostStocktaking,
    of=StocktakingRow,
    key=lambda command, tx: stocktaking_id(tx, command.store),
    rule="INV-10",
)
async def post_stocktaking(row: StocktakingRow, command: PostStocktaking, tx: Transaction) -> None:
    """Post what differs; missing devices are searched for (INV-10).

    Refused: UNKNOWN_STOCKTAKING, NOT_OPENED, NOTHING_COUNTED, COUNTED_APART, TOO_MANY_DIFFERENCES,
    NO_INVESTIGATION_STORE, PROMISED_IS_MISSING (INV-10), and where more was counted than the
    ledger says, PURCHASING_STORE_HAS_NO_BALANCE (INV-4), PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7).
    """
    tallies.check_agreed(await tallies_of(tx, row.state()))
    found = await compare(tx, row.state())
    if any(change > 0 for change in found.moves.values()):
        await check_store_holds_stock(tx, row.store)
    posted = domain.post(
        StocktakingId(row.id),
        row.state(),
        differences=found.differences,
        missing_devices=len(found.missing),
        on=tx.today,
        by=command.by,
    )
    await post_found(tx, row, found)
    await note_counted(tx, row.state())
    tx.record(row, posted)
    await _plan(tx, row.store, after=max(tx.today, row.planned_on))


@messages.command(
    CancelStocktaking,
    of=StocktakingRow,
    key=lambda command, tx: stocktaking_id(tx, command.store),
    rule="INV-10",
)
async def cancel_stocktaking(
    row: StocktakingRow, command: CancelStocktaking, tx: Transaction
) -> None:
    """Count nothing this time (INV-10).

    Refused: UNKNOWN_STOCKTAKING, STORE_ELSEWHERE, NOT_OPENED (INV-10).
    """
    domain.check_own(is_own=await is_own_store(tx, command.store, command.by))
    tx.record(row, domain.cancel(StocktakingId(row.id), row.state(), by=command.by))
    await _plan(tx, row.store, after=tx.today)


def _read_to_find(command: FindDevice, tx: Transaction) -> Iterable[RowKey]:
    yield DeviceRow, new_device_id(tx, command.device_number)
    yield from rows_of_store(command.store, tx)


@messages.command(FindDevice, reads=_read_to_find)
async def find_device(command: FindDevice, tx: Transaction) -> None:
    """A missing device is found: it is in the store again, and free (INV-10).

    Refused: UNKNOWN_DEVICE, UNKNOWN_STORE, NOT_INVESTIGATED, FOUND_IN_NO_STORE (INV-10),
    PURCHASING_STORE_HAS_NO_BALANCE (INV-4), PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7).
    """
    named = await find_device_id(tx, command.device_number)
    key = named or new_device_id(tx, command.device_number)
    known = await tx.get(DeviceRow, key, rule="INV-10", field="device_number")
    into = await tx.get(StoreRow, command.store, rule="INV-10", field="store")
    domain.check_found_in(into.kind)
    await check_store_holds_stock(tx, command.store)
    await find_again(tx, known, store=command.store, on=command.found_on)


async def _plan(tx: Transaction, store: StoreId, *, after: date) -> None:
    """Plan the store's next round after a Stockholm day, where the region's policy has rounds. A
    round that is posted was the one that was planned: the next is a year later.
    """
    policy = tx.policy.stocktaking
    if policy is None:
        return
    day = domain.planned_day(policy, after=after)
    key = stocktaking_id(tx, store)
    tx.record_at(StocktakingRow, key, await planned(tx, await tx.get(StoreRow, store), on=day))
    due = start_of_day(domain.announced_day(policy, day))
    tx.schedule(STOCKTAKING_ANNOUNCED, key=key, due=max(due, tx.now))


async def _count(
    row: StocktakingRow,
    at: datetime,
    lines: tuple[CountedShelf, ...],
    by: UserId,
    tx: Transaction,
) -> None:
    numbers = [line.article_number for line in lines]
    await tx.look_up_all(ArticleRow, [article_id(tx, number) for number in numbers])
    counted = [
        await _line(row, line, place, at, tx, before=numbers[:place])
        for place, line in enumerate(lines)
    ]
    batch: UUID = tx.mint()
    tx.record(
        row,
        domain.count(
            StocktakingId(row.id), row.state(), batch=batch, counted_at=at, lines=counted, by=by
        ),
    )
    unmarked = {}
    for one in counted:
        article = await tx.get(ArticleRow, article_id(tx, one.article_number))
        if not article.marked:
            unmarked[one.article_number] = one.counted
    await note_tallies(tx, row.state(), unmarked, at=at, by=by)


async def _line(
    row: StocktakingRow,
    line: CountedShelf,
    place: int,
    at: datetime,
    tx: Transaction,
    *,
    before: Sequence[ArticleNumber],
) -> CountedArticle:
    key = article_id(tx, line.article_number)
    article = await tx.get(ArticleRow, key, rule="INV-10", field=f"lines.{place}.article_number")
    domain.check_counted(article.state(), place=place, before=before)
    ids = {number: await find_device_id(tx, number) for number in line.devices}
    known = {
        device.id: device for device in await tx.look_up_all(DeviceRow, filter(None, ids.values()))
    }
    stores = await stores_of_devices(tx, [DeviceId(one) for one in known], at=at) if known else {}
    domain.check_line(
        line.counted,
        [ids[number] or number for number in line.devices],
        marked=article.marked,
        place=place,
        unknown=[
            number
            for number, device in ids.items()
            if device is None or known[device].article_number != line.article_number
        ],
        elsewhere=[
            number
            for number, one in ids.items()
            if one
            and domain.was_elsewhere(
                known[one].state(),
                claim=known[one].claim,
                store=row.store,
                was_in=stores.get(one),
                on=stockholm_day(at),
            )
        ],
    )
    return CountedArticle(
        article_number=line.article_number,
        counted=line.counted,
        devices=tuple(one for one in ids.values() if one is not None),
    )
