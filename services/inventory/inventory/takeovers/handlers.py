"""The handler of devices that are bought from another region."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import MoveKind, TakeOverDevice
from kvitt_contracts.types import CustomerId, NamedPatient, PatientRecipient

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id
from inventory.devices.domain import refuse_taken_number
from inventory.devices.models import DeviceRow, UsedNumberRow
from inventory.devices.queries import find_device_id, new_device_id
from inventory.devices.writes import register
from inventory.people.models import PersonRow, UserRow
from inventory.people.queries import may_receive, recipient_named, rows_of_recipient
from inventory.stock.writes import balance_rows, lock_balances, move_stock
from inventory.stores.models import CustomerRow, StoreRow
from inventory.stores.queries import check_store_holds_stock, rows_of_store
from inventory.takeovers import domain

messages = Handlers()


def _read(command: TakeOverDevice, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, command.by
    yield UserRow, command.approver
    yield ArticleRow, article_id(tx, command.article_number)
    yield DeviceRow, new_device_id(tx, command.device_number)
    yield DeviceRow.device_number, command.device_number
    yield UsedNumberRow, command.device_number
    yield from rows_of_store(command.store, tx)
    yield CustomerRow, command.service_point
    yield from rows_of_recipient(NamedPatient(person=command.person), tx)
    person = tx.fetched(PersonRow, command.person)
    if person is not None:
        yield PersonRow.person, person.person


def _moved(command: TakeOverDevice, tx: Transaction) -> Iterable[RowKey]:
    if tx.fetched(ArticleRow, article_id(tx, command.article_number)) is None:
        return []  # not read yet, or it is refused
    return balance_rows(command.store, [command.article_number], tx)


@messages.command(TakeOverDevice, loads=_moved, reads=_read)
async def take_over_device(command: TakeOverDevice, tx: Transaction) -> None:
    """INV-12: a device that another region sold is in its patient's unit's store, to be withdrawn
    to that patient alone.

    A patient whom orders has not told of yet: the command waits. Refused: UNKNOWN_USER (REF-3),
    UNKNOWN_ARTICLE, UNKNOWN_STORE, FROM_THE_SAME_REGION, NOT_THE_UNITS_STORE, APPROVER_NOT_ACTIVE
    (INV-12), SERVICE_IS_NEVER_STOCKED (INV-4), CONTRIBUTION_IS_NEVER_STOCKED (INV-16),
    ARTICLE_IS_NOT_MARKED, DEVICE_NUMBER_TAKEN (INV-5), PURCHASING_STORE_HAS_NO_BALANCE (INV-4),
    PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7), OUTSIDE_PRODUCT_AREAS (REF-11), INACTIVE_RECIPIENT
    (REF-14).
    """
    await tx.get(UserRow, command.by, rule="REF-3", field="by")
    approver = await tx.get(UserRow, command.approver, rule="REF-3", field="approver")
    key = article_id(tx, command.article_number)
    article = await tx.get(ArticleRow, key, rule="INV-12", field="article_number")
    store = await tx.get(StoreRow, command.store, rule="INV-12", field="store")
    await check_store_holds_stock(tx, command.store)
    if await find_device_id(tx, command.device_number) is not None:
        raise refuse_taken_number("device_number")
    patient = await recipient_named(tx, NamedPatient(person=command.person))
    assert isinstance(patient, PatientRecipient)  # a patient was named
    unit = await tx.look_up(CustomerRow, CustomerId(command.service_point))
    registered = domain.take_over(
        command,
        device_id=new_device_id(tx, command.device_number),
        region=tx.region,
        person=patient.person,
        may_receive=await may_receive(tx, patient),
        article=article.state(),
        place=domain.Place(
            kind=store.kind, of=store.service_point, drawn_from=unit.store if unit else None
        ),
        approver=domain.Approver(active=approver.active, areas=approver.product_areas),
        on=tx.today,
    )
    await lock_balances(tx, command.store, [command.article_number])
    row = register(tx, registered)
    await move_stock(
        tx,
        command.store,
        command.article_number,
        MoveKind.RECEIVED,
        on=tx.today,
        available=1,
        cause_id=row.id,
    )
