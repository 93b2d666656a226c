"""Reports of devices and of who has them, from which day (INV-5, BIL-1)."""

from collections.abc import Iterable
from uuid import UUID

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import (
    Custody,
    CustodyCause,
    CustodyChanged,
    DeviceRegistered,
    DeviceRenumbered,
    DeviceStatedOnLoan,
    DeviceStatusChanged,
)
from kvitt_contracts.regions import CustodyReported, DeviceReported
from kvitt_contracts.types import DeviceId, StoreHolder, Thing, Word

from notifications.feed.models import ReportRow
from notifications.feed.writes import last_said, report, say_again, when
from notifications.register.naming import as_the_region_names, person_of

messages = Handlers()

IN_USE = Word("in_use")
IN_STORE, WITH_RECIPIENT = Word("in_store"), Word("with_recipient")


def _report_of(
    event: DeviceRegistered
    | DeviceStatedOnLoan
    | CustodyChanged
    | DeviceRenumbered
    | DeviceStatusChanged,
    _: Transaction,
) -> Iterable[RowKey]:
    return [(ReportRow, event.device_id)]


@messages.on(DeviceRegistered, loads=_report_of)
async def on_device_registered(event: DeviceRegistered, tx: Transaction) -> None:
    """The device is there, in the store that it is in (INV-5)."""
    registered = DeviceReported(
        status=IN_USE,
        occurred_at=when(tx),
        business_day=event.registered_on,
        device_number=event.device_number,
        article_number=event.article_number,
    )
    await report(tx, event.device_id, registered)
    in_store = CustodyReported(
        status=IN_STORE,
        occurred_at=when(tx),
        business_day=event.registered_on,
        device_number=event.device_number,
        article_number=event.article_number,
        store=event.store,
    )
    await report(tx, event.device_id, in_store)


@messages.on(
    DeviceStatedOnLoan,
    loads=_report_of,
    reads=lambda event, _: person_of(event.custody.holder),
)
async def on_device_stated_on_loan(event: DeviceStatedOnLoan, tx: Transaction) -> None:
    """The device was on loan when Kvitt took over: it is there, and so is who has it."""
    stated = DeviceReported(
        status=IN_USE,
        occurred_at=when(tx),
        business_day=event.custody.since,
        device_number=event.device_number,
        article_number=event.article_number,
    )
    await report(tx, event.device_id, stated)
    await _report_custody(event, event.custody, (), tx)


@messages.on(
    CustodyChanged,
    loads=_report_of,
    reads=lambda event, _: person_of(event.custody.holder),
)
async def on_custody_changed(event: CustodyChanged, tx: Transaction) -> None:
    """From the day on somebody else has it, pays for it or prescribed it (BIL-1)."""
    await _report_custody(event, event.custody, _causes(event.cause), tx)


@messages.on(DeviceRenumbered, loads=_report_of)
async def on_device_renumbered(event: DeviceRenumbered, tx: Transaction) -> None:
    """The device has another number (INV-6)."""
    numbered = {"device_number": event.device_number, "before": event.before}
    await say_again(tx, DeviceReported, event.device_id, **numbered)


@messages.on(DeviceStatusChanged, loads=_report_of)
async def on_device_status_changed(event: DeviceStatusChanged, tx: Transaction) -> None:
    """The device is lost, scrapped, sold, sent back or found (INV-7, INV-8, INV-10, BIL-7)."""
    changed = {"status": event.kind, "business_day": event.since_on, "before": None}
    await say_again(tx, DeviceReported, event.device_id, **changed)


async def _report_custody(
    event: DeviceStatedOnLoan | CustodyChanged,
    custody: Custody,
    causes: tuple[Thing, ...],
    tx: Transaction,
) -> None:
    holder, device = custody.holder, await last_said(tx, DeviceReported, event.device_id)
    store = holder.store if isinstance(holder, StoreHolder) else None
    recipient = holder if not isinstance(holder, StoreHolder) else None
    reported = CustodyReported(
        status=WITH_RECIPIENT if store is None else IN_STORE,
        occurred_at=when(tx),
        business_day=custody.since,
        device_number=device.device_number if device is not None else None,
        article_number=event.article_number,
        recipient=None if recipient is None else await as_the_region_names(recipient, tx),
        store=store,
        payer_id=custody.payer_id,
        customer_id=custody.customer_id,
        prescriber=custody.prescriber,
        causes=causes,
        number=event.number,
    )
    await report(tx, DeviceId(event.device_id), reported)


def _causes(cause: CustodyCause) -> tuple[Thing, ...]:
    named = {name.removesuffix("_id"): getattr(cause, name) for name in CustodyCause.model_fields}
    return tuple(
        Thing(kind=Word(noun), id=one) for noun, one in named.items() if isinstance(one, UUID)
    )
