"""The handler of what goes back to a supplier."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import LaterMoveKind, RegisterSupplierReturn
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    DeviceNumber,
    OrderId,
    SupplierReturnId,
    identify,
)

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id
from inventory.devices.models import DeviceRow
from inventory.devices.queries import find_device_id, new_device_id
from inventory.people.models import UserRow
from inventory.reservations.models import PlacedOrderRow
from inventory.reservations.queries import order_id_numbered
from inventory.stock.writes import lock_balances, move_stock
from inventory.stores.queries import is_store_of, rows_of_own_store
from inventory.supplier_returns import domain
from inventory.supplier_returns.commands import SendBack
from inventory.supplier_returns.models import SupplierReturnRow

messages = Handlers()

_RETURN = "inventory.supplier-return.register"


def _read(command: RegisterSupplierReturn, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, command.by
    yield from rows_of_own_store(command.store, tx.fetched(UserRow, command.by))
    if command.device_number is not None:
        yield DeviceRow, new_device_id(tx, command.device_number)


@messages.command(RegisterSupplierReturn, reads=_read)
async def register_supplier_return(command: RegisterSupplierReturn, tx: Transaction) -> None:
    """INV-8: a marked device of the own store, or unmarked articles by the device service, leaves
    for the supplier; the balance falls.

    Refused: UNKNOWN_USER (REF-3), REFERENCE_USED, EITHER_DEVICE_OR_ARTICLE, QUANTITY_NOT_ONE,
    NOT_IN_STORE, CUSTOMER_SERVICE_ONLY (INV-8), NOT_YOUR_STORE (REF-18), UNKNOWN_ARTICLE,
    UNKNOWN_ORDER (INV-8), RETURNED_BEFORE_IT_CAME (DAY-5), DEVICE_CLAIMED (BMB-12),
    RESERVED_FOR_ORDERS (ORD-4), ARTICLE_IS_MARKED (INV-5), SERVICE_IS_NEVER_STOCKED,
    CONTRIBUTION_IS_NEVER_STOCKED (INV-16), BALANCE_TOO_LOW (INV-4), ASKED_BY_MISSING (REF-12).
    """
    await _register(command, None, tx)


@messages.command(SendBack, reads=_read)
async def send_back(command: SendBack, tx: Transaction) -> None:
    """INV-8: as `register_supplier_return`, with a comment.

    Refused: UNKNOWN_USER (REF-3), REFERENCE_USED, EITHER_DEVICE_OR_ARTICLE, QUANTITY_NOT_ONE,
    NOT_IN_STORE, CUSTOMER_SERVICE_ONLY (INV-8), NOT_YOUR_STORE (REF-18), UNKNOWN_ARTICLE,
    UNKNOWN_ORDER (INV-8), RETURNED_BEFORE_IT_CAME (DAY-5), DEVICE_CLAIMED (BMB-12),
    RESERVED_FOR_ORDERS (ORD-4), ARTICLE_IS_MARKED (INV-5), SERVICE_IS_NEVER_STOCKED,
    CONTRIBUTION_IS_NEVER_STOCKED (INV-16), BALANCE_TOO_LOW (INV-4), ASKED_BY_MISSING (REF-12).
    """
    await _register(command, command.comment, tx)


_USED = "En retur med den referensen är redan registrerad: kontrollera den, eller ange en ny."
_CHECK_ORDER = "Kontrollera ordernumret, eller utelämna det."
_NOT_YOUR_STORE = "Ange ett av dina enheters förråd; annars gör den enhet som har det, returen."


async def _register(command: RegisterSupplierReturn, comment: str | None, tx: Transaction) -> None:
    by = await tx.get(UserRow, command.by, rule="REF-3", field="by")
    domain.check_names_one(command)
    if not await is_store_of(tx, command.store, by, act=_RETURN):
        raise domain.SupplierReturnRefused(
            "NOT_YOUR_STORE", rule="REF-18", field="store", way_on=_NOT_YOUR_STORE
        )
    key = SupplierReturnId(tx.target("supplier_return"))
    if await tx.look_up(SupplierReturnRow, key) is not None:
        field = "reference" if tx.message is None else "ce_subject"
        raise domain.SupplierReturnRefused(
            "REFERENCE_USED", rule="INV-8", field=field, way_on=_USED
        )
    order_id = await _order_id(command, tx)
    if command.device_number is not None:
        sent = await _send_device_back(command, command.device_number, key, tx)
        number, device_id = sent.article_number, DeviceId(sent.id)
    else:
        assert command.article_number is not None  # see domain.check_names_one
        number, device_id = command.article_number, None
        await _check_article(command, number, by, tx)
    await move_stock(
        tx,
        command.store,
        number,
        LaterMoveKind.SENT_BACK,
        on=command.returned_on,
        available=-command.quantity,
        cause_id=key,
    )
    row = tx.start(
        SupplierReturnRow,
        key,
        domain.register(
            command,
            supplier_return_id=key,
            article_number=number,
            device_id=device_id,
            order_id=order_id,
            has_comment=comment is not None,
        ),
    )
    row.comment = comment
    row.store, row.registered_by = command.store, command.by


async def _send_device_back(
    command: RegisterSupplierReturn,
    named: DeviceNumber,
    key: SupplierReturnId,
    tx: Transaction,
) -> DeviceRow:
    device_id = await find_device_id(tx, named)
    known = await tx.look_up(DeviceRow, device_id) if device_id else None
    if known is None or known.state().store != command.store:  # others' are not told of
        raise domain.SupplierReturnRefused(
            "NOT_IN_STORE", rule="INV-8", field="device_number", way_on=domain.RECEIVE_FIRST
        )
    balances = await lock_balances(tx, command.store, [known.article_number])
    row = await tx.lock(DeviceRow, known.id)
    sent_back = domain.send_device_back(
        DeviceId(row.id),
        row.state(),
        command,
        supplier_return_id=key,
        claim=row.claim,
        available=balances[row.article_number].available,
    )
    tx.record(row, sent_back)
    return row


async def _check_article(
    command: RegisterSupplierReturn, number: ArticleNumber, by: UserRow, tx: Transaction
) -> None:
    row = await tx.get(ArticleRow, article_id(tx, number), rule="INV-8", field="article_number")
    domain.check_unmarked(row.state(), command, is_customer_service=by.may_for_all(_RETURN))


async def _order_id(command: RegisterSupplierReturn, tx: Transaction) -> OrderId | None:
    if command.order is None:
        return None
    named = OrderId(identify(tx.region, "order", command.order))
    if await tx.look_up(PlacedOrderRow, named) is not None:
        return named
    found = await order_id_numbered(tx, command.order)
    if found is None:
        raise domain.SupplierReturnRefused(
            "UNKNOWN_ORDER", rule="INV-8", field="order", way_on=_CHECK_ORDER
        )
    return found
