"""The handler of a return that a user registers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import (
    CustodyCause,
    CustodyChanged,
    MoveKind,
    RegisterReturn,
    ReturnedLine,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import ArticleNumber, DeviceId, OrderId, ReturnId, StoreId, identify

from inventory.articles.queries import get_article
from inventory.baskets.models import BasketRow
from inventory.devices.domain import ClaimKind, DeviceStatus
from inventory.devices.models import DeviceRow
from inventory.devices.queries import custody_history, find_device_id, new_device_id
from inventory.devices.writes import change_custody
from inventory.holds.writes import break_claim, lock_claiming
from inventory.people.models import UserRow
from inventory.reconditionings.writes import is_made_fit_in, open_work, take_in
from inventory.region_sales.domain import unsell
from inventory.registered_returns import domain
from inventory.registered_returns.baskets import basket_line, held_in
from inventory.registered_returns.models import LineBack, ReturnRow
from inventory.registered_returns.queries import has_part_in_device, has_part_in_order
from inventory.reservations.backorders import lock_waiting
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.reservations.queries import order_id_numbered
from inventory.returns.domain import end_loan, lent_before_sale, unsold
from inventory.stock.writes import balance_id, lock_balances, move_stock
from inventory.stores.domain import StoreKind
from inventory.stores.models import StoreRow
from inventory.stores.queries import check_store_holds_stock, is_store_of, rows_of_own_store

messages = Handlers()

_RETURN = "inventory.return.register"


def _read(command: RegisterReturn, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, command.by
    yield ReturnRow, tx.target("return")
    yield from rows_of_own_store(command.store, tx.fetched(UserRow, command.by))
    for number in command.devices:
        yield DeviceRow, new_device_id(tx, number)


@messages.command(RegisterReturn, reads=_read)
async def register_return(command: RegisterReturn, tx: Transaction) -> None:
    """INV-7: devices and unmarked goods are in the store again, all of them or none; a late return
    takes back what was decided after its day. By policy some of it is scrapped, or made fit again
    (INV-13). PCK-7: the central store takes in what a pickup sends on from a unit's own one.

    Refused: UNKNOWN_USER (REF-3), REFERENCE_USED, NAMED_TWICE (INV-7), NOT_YOUR_STORE,
    NOT_YOUR_DEVICE, NOT_YOUR_LINE (REF-18), PURCHASING_STORE_HAS_NO_BALANCE (INV-4),
    PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7), NOT_ON_LOAN, MORE_THAN_DELIVERED (INV-7), LINE_IS_MARKED
    (INV-5), SERVICE_IS_NEVER_STOCKED (INV-4), CONTRIBUTION_IS_NEVER_RETURNED (INV-16),
    RETURNED_BEFORE_LOAN (DAY-5), RETURNED_AT_ONCE (PCK-7), RETURNED_AFTER_SALE (PHY-1).
    """
    by = await tx.get(UserRow, command.by, rule="REF-3", field="by")
    return_id = ReturnId(tx.target("return"))
    if await tx.look_up(ReturnRow, return_id) is not None:
        field = "reference" if tx.message is None else "ce_subject"
        raise domain.ReturnRefused("REFERENCE_USED", rule="INV-7", field=field, way_on=_USED)
    domain.check_named_once(command.devices, [(line.order, line.line) for line in command.lines])
    if not await is_store_of(tx, command.store, by, act=_RETURN):
        raise domain.ReturnRefused(
            "NOT_YOUR_STORE", rule="REF-18", field="store", way_on=_NOT_YOUR_STORE
        )
    await check_store_holds_stock(tx, command.store)
    is_central = (await tx.get(StoreRow, command.store)).kind is StoreKind.CENTRAL
    devices = await _devices_of(command, by, tx, is_central=is_central)
    await _check_may_stay(devices, tx, is_central=is_central)
    lines = await _lines_of(command, by, tx)
    scrapped = [_is_scrapped(command, line, tx) for line in lines]
    kept = [line for line, gone in zip(lines, scrapped, strict=True) if not gone]
    numbers = {row.article_number for row in devices}
    numbers |= {line.article.article_number for line in kept if not line.article.is_never_stocked}
    left = {(store, row.article_number) for row in devices if (store := _kept_in(row))}
    await _lock_balances({(command.store, number) for number in numbers} | left, tx)
    rows = await tx.lock_all(DeviceRow, [row.id for row in devices])
    locked: dict[object, DeviceRow] = {row.id: row for row in rows}
    for place, row in enumerate(devices):  # by now they may be in a store, or others'
        _check_comes_back(locked[row.id], left, place=place)
        await _must_be_theirs(locked[row.id], by, tx, place=place)
    changes = await _taken_back(command, locked, devices, return_id, tx)
    sold = [row for row in rows if row.status is DeviceStatus.SOLD]
    await lock_claiming(tx, rows)
    into = _into(command.store, rows, kept)
    await tx.lock_all(BasketRow, [line.order_id for line in lines if line.is_of_basket])
    ordered = [line.order_id for line in lines if not line.is_of_basket]
    is_made_fit = await is_made_fit_in(tx, command.store)
    await lock_waiting(tx, {} if is_made_fit else into, beside=ordered)
    await _write_lines(command, lines, scrapped, return_id, tx)
    for row in rows:
        await break_claim(tx, row, reason="RETURNED")
        if (kept_in := _kept_in(row)) is not None:  # the pickup had set it aside there
            await move_stock(
                tx,
                kept_in,
                row.article_number,
                MoveKind.RETURNED,
                on=command.returned_on,
                reserved=-1,
                cause_id=return_id,
            )
    for (store, number), quantity in sorted(into.items()):
        await take_in(
            tx,
            store,
            number,
            quantity=quantity,
            on=command.returned_on,
            is_made_fit=is_made_fit,
            cause_id=return_id,
        )
    if is_made_fit:
        _open_work(command, rows, kept, return_id, tx)
    tx.put(_registered(command, scrapped, return_id, tx))
    for row in sold:
        tx.record(row, unsell(DeviceId(row.id), on=command.returned_on))
    for row, changed in changes:  # last, since it locks the region's count
        await change_custody(tx, row, changed)


_USED = "En retur med den referensen är redan registrerad: kontrollera den, eller ange en ny."
_NOT_YOUR_STORE = (
    "Ange ett av dina enheters förråd. Har enheten inget eget lämnas hjälpmedlen till "
    "centrallagret med en hämtorder."
)
_NOT_YOURS = (
    "Kontrollera numret. Det som hör till en annan enhet återlämnas av den, eller av kundtjänst."
)


async def _lock_balances(wanted: Set[tuple[StoreId, ArticleNumber]], tx: Transaction) -> None:
    for store, number in sorted(wanted, key=lambda one: str(balance_id(tx.region, *one))):
        await lock_balances(tx, store, [number])


async def _devices_of(
    command: RegisterReturn, by: UserRow, tx: Transaction, *, is_central: bool
) -> Sequence[DeviceRow]:
    """The named devices, not locked, in the order in which they are named."""
    found = []
    for place, number in enumerate(command.devices):
        device_id = await find_device_id(tx, number)
        row = await tx.look_up(DeviceRow, device_id) if device_id else None
        if row is None:
            raise _not_yours(place)
        await _must_be_theirs(row, by, tx, place=place)
        kept_in = _kept_in(row) if is_central else None
        _check_comes_back(row, {(kept_in, row.article_number)}, place=place)
        found.append(row)
    domain.check_named_once([row.id for row in found], ())  # by other numbers of theirs (INV-6)
    return found


async def _must_be_theirs(row: DeviceRow, by: UserRow, tx: Transaction, *, place: int) -> None:
    if _kept_in(row) is None and not await _has_part(row, by, tx):
        raise _not_yours(place)


def _not_yours(place: int) -> domain.ReturnRefused:
    field = f"devices.{place}"
    return domain.ReturnRefused("NOT_YOUR_DEVICE", rule="REF-18", field=field, way_on=_NOT_YOURS)


# decision 0452: whoever could have returned a device before it was sold can tell that it was
async def _has_part(row: DeviceRow, by: UserRow, tx: Transaction) -> bool:
    """Whether a device is a user's or their units' (REF-18); of one that is sold, its last loan."""
    if row.status is not DeviceStatus.SOLD:
        return await has_part_in_device(tx, row.custody, by, act=_RETURN)
    lent = lent_before_sale(await custody_history(tx, row))
    return await has_part_in_device(tx, lent.points[max(lent.points)], by, act=_RETURN)


def _kept_in(row: DeviceRow) -> StoreId | None:
    """The store that has a device; what is sold is in none, though it is called its last one's."""
    return None if row.status is DeviceStatus.SOLD else row.state().store


def _check_comes_back(
    row: DeviceRow, left: Set[tuple[StoreId | None, ArticleNumber]], *, place: int
) -> None:
    """What is in a store comes back where a pickup sends it on from one of those `left`; what is
    sold where its day allows it.
    """
    if row.status is DeviceStatus.SOLD:
        return
    is_left = (row.state().store, row.article_number) in left
    is_sent_back = is_left and row.claim_kind is ClaimKind.PICKUP
    is_in_basket = row.claim_kind is ClaimKind.BASKET
    domain.check_comes_back(
        row.state(), is_sent_back=is_sent_back, place=place, is_in_basket=is_in_basket
    )


async def _check_may_stay(
    devices: Sequence[DeviceRow], tx: Transaction, *, is_central: bool
) -> None:
    for place, row in enumerate(devices):
        article = await get_article(tx, row.article_number)
        domain.check_may_stay(article, is_central=is_central, place=place)


async def _lines_of(command: RegisterReturn, by: UserRow, tx: Transaction) -> Sequence[domain.Back]:
    """What comes back of which unmarked lines; their reservations are not locked yet."""
    return [await _line_of(line, place, by, tx) for place, line in enumerate(command.lines)]


async def _line_of(named: ReturnedLine, place: int, by: UserRow, tx: Transaction) -> domain.Back:
    lent = await basket_line(named, by, tx)
    if lent is not None:
        return lent
    order = await tx.look_up(PlacedOrderRow, identify(tx.region, "order", named.order))
    if order is None:
        order_id = await order_id_numbered(tx, named.order)
        order = await tx.look_up(PlacedOrderRow, order_id) if order_id else None
    lines = order.every_line if order else ()
    line = next((one for one in lines if one.number == named.line), None)
    stands_at_nobody = order is not None and order.to_store is not None
    has_part = order is not None and await has_part_in_order(tx, order, by)
    if order is None or line is None or stands_at_nobody or not has_part:
        field = f"lines.{place}.order"
        raise domain.ReturnRefused("NOT_YOUR_LINE", rule="REF-18", field=field, way_on=_NOT_YOURS)
    return domain.Back(
        order_id=OrderId(order.order_id),
        placed_on=order.placed_on,
        line=line,
        held=None,
        article=await get_article(tx, line.article_number),
        quantity=named.quantity,
    )


def _is_scrapped(command: RegisterReturn, line: domain.Back, tx: Transaction) -> bool:
    return domain.is_scrapped(
        line.article,
        on=command.returned_on,
        leaves_region=command.leaves_region,
        scrap_below=tx.policy.scrap_below,
    )


async def _taken_back(
    command: RegisterReturn,
    rows: Mapping[object, DeviceRow],
    named: Sequence[DeviceRow],
    return_id: ReturnId,
    tx: Transaction,
) -> list[tuple[DeviceRow, CustodyChanged]]:
    """What the return changes of each device, which is locked by now."""
    changes: list[tuple[DeviceRow, CustodyChanged]] = []
    cause, store, on = CustodyCause(return_id=return_id), command.store, command.returned_on
    for place, one in enumerate(named):
        row = rows[one.id]
        key, device, history = DeviceId(row.id), row.state(), await custody_history(tx, row)
        try:
            if row.status is DeviceStatus.SOLD:
                back = unsold(key, device, store=store, on=on, history=history, cause=cause)
                ended = back.changes
            else:
                ended = end_loan(key, device, store=store, on=on, history=history, cause=cause)
        except Refused as refused:
            if len(named) > 1:  # the day is one for all: which of them it does not suit is said
                refused.field = f"devices.{place}"
            raise
        changes += [(row, changed) for changed in ended]
    return changes


def _into(
    store: StoreId, devices: Sequence[DeviceRow], lines: Sequence[domain.Back]
) -> Counter[tuple[StoreId, ArticleNumber]]:
    """How many of each article the store gets."""
    into = Counter((store, row.article_number) for row in devices)
    for line in lines:
        if not line.article.is_never_stocked:  # it is refused
            into[store, line.article.article_number] += line.quantity
    return into


def _open_work(
    command: RegisterReturn,
    devices: Sequence[DeviceRow],
    lines: Sequence[domain.Back],
    return_id: ReturnId,
    tx: Transaction,
) -> None:
    """INV-13: each device, and each line of unmarked goods, is a work of its own."""
    store, on = command.store, command.returned_on
    for row in devices:
        open_work(tx, store, row.article_number, on=on, device=row, return_id=return_id)
    for line in lines:
        number, quantity = line.article.article_number, line.quantity
        open_work(tx, store, number, on=on, quantity=quantity, return_id=return_id)


async def _write_lines(
    command: RegisterReturn,
    lines: Sequence[domain.Back],
    scrapped: Sequence[bool],
    return_id: ReturnId,
    tx: Transaction,
) -> None:
    for place, (line, is_scrapped) in enumerate(zip(lines, scrapped, strict=True)):
        row: ReservationRow | BasketRow
        if line.is_of_basket:
            row = await tx.lock(BasketRow, line.order_id)
        else:
            row = await tx.lock(ReservationRow, line.order_id)
        held = held_in(row, line)
        back = domain.with_held(line, held)
        domain.check_line(back, on=command.returned_on, is_scrapped=is_scrapped, place=place)
        tx.record(
            row,
            domain.returned(
                back,
                return_id=return_id,
                store=command.store,
                on=command.returned_on,
                is_scrapped=is_scrapped,
            ),
        )


def _registered(
    command: RegisterReturn, scrapped: Sequence[bool], return_id: ReturnId, tx: Transaction
) -> ReturnRow:
    return ReturnRow(
        region=tx.region,
        return_id=return_id,
        store=command.store,
        returned_on=command.returned_on,
        devices=command.devices,
        lines=tuple(
            LineBack(**dict(line), is_scrapped=gone)
            for line, gone in zip(command.lines, scrapped, strict=True)
        ),
        by=command.by,
        registered_at=tx.now,
    )
