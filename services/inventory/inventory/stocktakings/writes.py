"""How a stocktaking is posted: what is missing leaves the store, what differs is moved."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.inventory import (
    CustodyCause,
    CustodyChanged,
    MoveKind,
    StockDifference,
    StocktakingPlanned,
)
from kvitt_contracts.types import (
    ArticleNumber,
    CustomerId,
    DeviceId,
    RegionCode,
    StocktakingId,
    StoreHolder,
    StoreId,
    UserId,
    identify,
)

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id, get_article
from inventory.devices import domain as devices
from inventory.devices.domain import OF_STORED, Claim, ClaimKind
from inventory.devices.models import DeviceRow
from inventory.devices.writes import change_custody
from inventory.holds.writes import break_claim, lock_claiming
from inventory.losses import domain as losses
from inventory.reservations.backorders import lock_waiting, serve_backorders
from inventory.stock.domain import BalanceTooLow
from inventory.stock.writes import balance_id, lock_balances, move_stock
from inventory.stocktakings import domain
from inventory.stocktakings.models import ShelfCountRow, ShelfTallyRow, StocktakingRow
from inventory.stocktakings.queries import (
    devices_in_baskets,
    devices_in_pickups,
    devices_in_store,
    expected_at,
    investigation_store,
    lent_at,
    stocktaking_id,
)
from inventory.stores.models import CustomerRow, StoreRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a round has come to: what differs, how much of it is to be moved as it is not marked,
    and which devices are missing.
    """

    differences: tuple[StockDifference, ...]
    moves: Mapping[ArticleNumber, int]
    missing: tuple[DeviceId, ...]


async def planned(tx: Transaction, store: StoreRow, *, on: date) -> StocktakingPlanned:
    """The plan of a store's next round, to be counted by a Stockholm day."""
    point = store.service_point
    owner = await tx.look_up(CustomerRow, CustomerId(point)) if point else None
    return StocktakingPlanned(
        stocktaking_id=stocktaking_id(tx, store.store),
        store=store.store,
        service_point=point,
        planned_on=on,
        is_private_clinic=owner is not None and owner.private_clinic,
    )


async def compare(tx: Transaction, taking: domain.Stocktaking) -> Found:
    """Compare what was counted with the ledger. Locks the balances of what was counted."""
    await lock_balances(tx, taking.store, [one.article_number for one in taking.counts])
    return await compared(tx, taking)


async def compared(tx: Transaction, taking: domain.Stocktaking) -> Found:
    """As `compare`, of what is locked already, or of what is only looked at before it is posted."""
    counts = {one.article_number: one for one in taking.counts}
    at = {number: one.counted_at for number, one in counts.items()}
    expected = await expected_at(tx, taking.store, at)
    differences: list[StockDifference] = []
    moves: dict[ArticleNumber, int] = {}
    missing: list[DeviceId] = []
    differing = {
        number: one
        for number, one in counts.items()
        if domain.difference(one, expected=expected[number])
    }
    lent = await lent_at(tx, taking.store, {number: at[number] for number in differing})
    await tx.look_up_all(ArticleRow, [article_id(tx, number) for number in differing])
    for number, one in differing.items():
        if not (await get_article(tx, number)).marked:
            stood = domain.stood(one, expected=expected[number], lent=lent[number])
            if differs := domain.difference(one, expected=stood):
                differences += differs
                moves[number] = one.counted - stood
            continue
        lent_devices = await devices_in_baskets(tx, taking.store, number, since=one.counted_at)
        here = await devices_in_store(tx, taking.store, number, since=one.counted_at)
        sent = await devices_in_pickups(tx, taking.store, number, since=one.counted_at)
        out = [*sent, *(device for device in here if device in lent_devices)]
        differs = domain.difference(one, expected=expected[number], out=out)
        if differs:
            differences += differs
            there = [device for device in here if device not in lent_devices]
            missing += domain.missing(one, in_store=there)
    return Found(differences=tuple(differences), moves=moves, missing=tuple(missing))


async def post(tx: Transaction, row: StocktakingRow, found: Found) -> None:
    """Move what differs, and put missing devices into the investigation store, claimed (INV-10);
    those of a private clinic are lost besides, and it pays (BIL-8).

    Raises StocktakingRefused: NO_INVESTIGATION_STORE, PROMISED_IS_MISSING.
    """
    away = await investigation_store(tx) if found.missing else None
    if found.missing and away is None:
        raise domain.refuse_without_investigation_store()
    if away is not None:
        missed = await tx.look_up_all(DeviceRow, found.missing)
        await lock_balances(tx, away, {one.article_number for one in missed})
    rows = await tx.lock_all(DeviceRow, found.missing)
    await lock_claiming(tx, rows)
    for number, change in sorted(found.moves.items()):
        await _move(tx, row.store, number, row, available=change)
    more = sorted(number for number, change in found.moves.items() if change > 0)
    for one in rows:
        try:
            await miss(tx, one, by=row.id, store=row.store, away=away or row.store, on=tx.today)
        except BalanceTooLow as error:
            raise domain.refuse_promised(one.article_number) from error
    await lock_waiting(tx, Counter({(row.store, number): 0 for number in more}))
    for number in more:
        await serve_backorders(tx, row.store, number)
    await _lose(tx, row, rows)
    for one in rows:  # last, since it locks the region's count
        await change_custody(tx, one, _to(one, away or row.store, row, tx))


# decision 0353: no device is without a holder, and what is missing is promised to nobody
async def miss(
    tx: Transaction, device: DeviceRow, *, by: UUID, store: StoreId | None, away: StoreId, on: date
) -> None:
    """Take a missing device out of the store that has it, into the investigation store's balance,
    claimed `by` who misses it; what held it is informed. Its custody changes after that.

    The balances, the device and what claims it are locked. Raises BalanceTooLow.
    """
    was_held = device.claim is not None and device.claim.kind in OF_STORED
    was_made_fit = device.claim is not None and device.claim.kind is ClaimKind.RECONDITIONING
    await break_claim(tx, device, reason="LOST")
    device.claim = Claim(kind=ClaimKind.INVESTIGATION, by=by)
    is_on_the_shelf = not (was_held or was_made_fit)
    for place, available, reserved, in_reconditioning in (
        (store, -int(is_on_the_shelf), -int(was_held), -int(was_made_fit)),
        (away, 0, 1, 0),
    ):
        if place is not None:
            await move_stock(
                tx,
                place,
                device.article_number,
                MoveKind.STATED,
                on=on,
                available=available,
                reserved=reserved,
                in_reconditioning=in_reconditioning,
                cause_id=by,
            )


async def find_again(tx: Transaction, known: DeviceRow, *, store: StoreId, on: date) -> None:
    """Put a missing device, which is not locked yet, into a store again, free (INV-10). Raises
    StocktakingRefused: NOT_INVESTIGATED.
    """
    left = known.state().store
    await lock_balances(tx, store, [known.article_number])
    if left is not None:  # last, as where it was missed
        await lock_balances(tx, left, [known.article_number])
    row = await tx.lock(DeviceRow, known.id)
    claim = row.claim
    # what was told of itself is claimed by itself (INV-15)
    missed_by = claim.by if claim and claim.by != row.id else None
    is_investigated = claim is not None and claim.kind is ClaimKind.INVESTIGATION
    domain.check_investigated(is_investigated=is_investigated and row.state().store == left)
    row.claim = None
    for place, available, reserved in ((left, 0, -1), (store, 1, 0)):
        if place is not None:
            await move_stock(
                tx,
                place,
                row.article_number,
                MoveKind.STATED,
                on=on,
                available=available,
                reserved=reserved,
                cause_id=claim.by if claim else None,
            )
    await serve_backorders(tx, store, row.article_number)
    found = losses.find_lost(DeviceId(row.id), row.state(), missed_by, on=on)
    tx.record(row, *found)
    changed = devices.change_custody(
        DeviceId(row.id),
        row.state(),
        holder=StoreHolder(store=store),
        payer_id=None,
        customer_id=None,
        prescriber=None,
        since=on,
        cause=losses.cause_of_find(missed_by),
    )
    await change_custody(tx, row, changed)


async def _lose(tx: Transaction, row: StocktakingRow, missed: Sequence[DeviceRow]) -> None:
    """What a private clinic misses is lost, and it pays for that (INV-10, BIL-8)."""
    store = await tx.look_up(StoreRow, row.store)
    point = store.service_point if store is not None else None
    clinic = await tx.look_up(CustomerRow, CustomerId(point)) if point is not None else None
    if clinic is None or not clinic.private_clinic or clinic.payer_id is None:
        return
    for device in missed:
        article = await get_article(tx, device.article_number)
        lost = losses.lose(
            DeviceId(device.id),
            device.state(),
            StocktakingId(row.id),
            payer_id=clinic.payer_id,
            sold_at=losses.price_of_sale(article, on=tx.today),
            on=tx.today,
        )
        tx.record(device, lost)


async def _move(
    tx: Transaction,
    store: StoreId,
    number: ArticleNumber,
    row: StocktakingRow,
    *,
    available: int,
) -> None:
    try:
        await move_stock(
            tx,
            store,
            number,
            MoveKind.STATED,
            on=tx.today,
            available=available,
            cause_id=row.id,
        )
    except BalanceTooLow as error:
        raise domain.refuse_promised(number) from error


def _to(device: DeviceRow, store: StoreId, row: StocktakingRow, tx: Transaction) -> CustodyChanged:
    return devices.change_custody(
        DeviceId(device.id),
        device.state(),
        holder=StoreHolder(store=store),
        payer_id=None,
        customer_id=None,
        prescriber=None,
        since=tx.today,
        cause=CustodyCause(stocktaking_id=StocktakingId(row.id)),
    )


# decision 0429: a balance is counted when its round is posted
async def note_counted(tx: Transaction, taking: domain.Stocktaking) -> None:
    """Note of each article that was counted when that was, now that the round is posted (INV-14).
    The stocktaking is locked.
    """
    days = {
        balance_id(tx.region, taking.store, one.article_number): stockholm_day(one.counted_at)
        for one in taking.counts
    }
    rows = {row.balance_id: row for row in await tx.look_up_all(ShelfCountRow, days)}
    for key, day in days.items():
        if key in rows:
            rows[key].counted_on = day
        else:
            tx.put(ShelfCountRow(region=tx.region, balance_id=key, counted_on=day))


async def note_tallies(
    tx: Transaction,
    taking: domain.Stocktaking,
    counted: Mapping[ArticleNumber, int],
    *,
    at: datetime,
    by: UserId,
) -> None:
    """Note what somebody has counted of unmarked articles; earlier figures of theirs give way, and
    those of a round before. The stocktaking is locked.
    """
    assert taking.basis_at is not None  # see domain.count
    ids = {tally_id(tx.region, taking.store, number, by): number for number in counted}
    known = {row.id: row for row in await tx.look_up_all(ShelfTallyRow, ids)}
    for key, number in ids.items():
        row = known.get(key)
        if row is None:
            row = ShelfTallyRow(
                region=tx.region, id=key, store=taking.store, article_number=number, by=by
            )
            tx.put(row)
        elif row.basis_at == taking.basis_at and row.counted_at > at:
            continue  # told late: what was counted after it stands
        row.basis_at, row.counted, row.counted_at = taking.basis_at, counted[number], at


def tally_id(region: RegionCode, store: StoreId, number: ArticleNumber, by: UserId) -> UUID:
    """The id of what somebody has counted of an article in a store."""
    return identify(region, "shelf_tally", f"{store}/{number}/{by}")
