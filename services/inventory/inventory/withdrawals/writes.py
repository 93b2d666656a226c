"""How a withdrawal is written: balance, devices, custody and delivery in one transaction."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import MoveKind, ReservationDeclined
from kvitt_contracts.types import DeviceId, DeviceNumber, Holder, PatientRecipient

from inventory.articles.queries import get_article
from inventory.devices.models import DeviceRow
from inventory.devices.queries import lock_devices_numbered
from inventory.metrics import ORDERS_ANSWERED, count
from inventory.people.queries import current_holder, current_ref
from inventory.reservations.domain import Status
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.reservations.writes import give_devices
from inventory.stock.writes import lock_balances, move_stock
from inventory.withdrawals import domain


async def withdraw(tx: Transaction, order: PlacedOrderRow) -> None:
    """Answer a withdrawal: deliver every line at once, or decline the whole order (ORD-7,
    ORD-8).
    """
    answer = domain.withdraw(
        order.order_id, order.lines, shelf=await _lock_shelf(tx, order), on=order.placed_on
    )
    if isinstance(answer, ReservationDeclined):
        tx.start(ReservationRow, order.order_id, answer)
        count(tx, ORDERS_ANSWERED, Status.DECLINED)
        return
    tx.start(ReservationRow, order.order_id, *answer)
    count(tx, ORDERS_ANSWERED, Status.DELIVERED)
    for delivered in answer:
        await move_stock(
            tx,
            order.store,
            delivered.article_number,
            MoveKind.WITHDRAWN,
            on=delivered.delivered_on,
            available=-delivered.quantity,
            cause_id=order.order_id,
        )
        await give_devices(tx, order, delivered)


async def _lock_shelf(tx: Transaction, order: PlacedOrderRow) -> domain.Shelf:
    numbers = sorted({line.article_number for line in order.lines})
    articles = {number: await get_article(tx, number) for number in numbers}
    balances = await lock_balances(tx, order.store, numbers)
    return domain.Shelf(
        store=order.store,
        articles=articles,
        available={number: balance.available for number, balance in balances.items()},
        devices=await _lock_devices(tx, order),
    )


async def _lock_devices(
    tx: Transaction, order: PlacedOrderRow
) -> dict[DeviceNumber, domain.Wanted]:
    """The named devices that are known, locked in the order of their ids."""
    named = [line.device_number for line in order.lines if line.device_number is not None]
    if order.recipient is None:
        raise ValueError(f"order {order.order_id} has no recipient")
    to = await current_holder(tx, order.recipient)
    return {
        number: domain.Wanted(
            device_id=DeviceId(row.id),
            device=row.state(),
            claim=row.claim,
            is_meant_for_another=await _is_meant_for_another(tx, row, to),
        )
        for number, row in (await lock_devices_numbered(tx, named)).items()
    }


async def _is_meant_for_another(tx: Transaction, row: DeviceRow, to: Holder) -> bool:
    if row.meant_for is None:
        return False
    return PatientRecipient(person=await current_ref(tx, row.meant_for)) != to
