"""Handlers of sales to other regions: claim their devices, let go of them, or have them sold."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import (
    RegionSaleApproved,
    RegionSaleNotApproved,
    RegionSaleRefused,
    RegionSaleRequested,
)
from kvitt_contracts.inventory import ClaimGranted
from kvitt_contracts.types import DeviceId, SaleId

from inventory.claiming import domain as claiming
from inventory.claiming.domain import Asked
from inventory.devices.domain import Claim, ClaimKind
from inventory.devices.models import DeviceRow
from inventory.devices.queries import custody_history
from inventory.devices.writes import change_custody
from inventory.people.queries import current_holder, rows_of_holder
from inventory.region_sales import domain, queries
from inventory.region_sales.models import SaleClaimRow

messages = Handlers()


def _read_to_answer(event: RegionSaleRequested, tx: Transaction) -> Iterable[RowKey]:
    yield from rows_of_holder(event.recipient, tx)
    for device_id in event.devices:
        yield DeviceRow, device_id
        row = tx.fetched(DeviceRow, device_id)
        if row is not None:
            yield from rows_of_holder(row.custody.holder, tx)


def _locked_to_answer(event: RegionSaleRequested, tx: Transaction) -> Iterable[RowKey]:
    for device_id in event.devices:
        yield DeviceRow, device_id
    yield SaleClaimRow, event.sale_id


@messages.on(RegionSaleRequested, loads=_locked_to_answer, reads=_read_to_answer)
async def answer_sale(event: RegionSaleRequested, tx: Transaction) -> None:
    """BMB-12, BIL-7: claim every device of the sale, or none.

    Answers ClaimGranted, or ClaimRefused with each hindered device's reason. A device that is not
    known yet: the event waits.
    """
    rows = await tx.lock_all(DeviceRow, event.devices)
    if await tx.find(SaleClaimRow, event.sale_id) is not None:
        return
    at = await current_holder(tx, event.recipient)
    asked = [
        Asked(
            device_id=DeviceId(row.id),
            is_there=await current_holder(tx, row.custody.holder) == at,
            claim=row.claim,
        )
        for row in rows
    ]
    # what a patient has stands in no store
    answer = claiming.answer(domain.claimant(event.sale_id), asked, available={})
    tx.record_at(SaleClaimRow, event.sale_id, answer)
    if isinstance(answer, ClaimGranted):
        for row in rows:
            row.claim = Claim(kind=ClaimKind.SALE, by=event.sale_id)


GivenUp = RegionSaleRefused | RegionSaleNotApproved
Ended = GivenUp | RegionSaleApproved


def _read_to_end(event: Ended, tx: Transaction) -> Iterable[RowKey]:
    yield SaleClaimRow, event.sale_id


def _locked_to_end(event: Ended, tx: Transaction) -> Iterable[RowKey]:
    claim = tx.fetched(SaleClaimRow, event.sale_id)
    for device_id in claim.devices if claim is not None else ():
        yield DeviceRow, device_id
    yield SaleClaimRow, event.sale_id


@messages.on(RegionSaleRefused, RegionSaleNotApproved, loads=_locked_to_end, reads=_read_to_end)
async def let_go(event: Ended, tx: Transaction) -> None:
    """BIL-7: what the other region does not buy is free again, as far as it has not come back.

    A sale that billing refused for want of an answer lets go of what it got too late.
    """
    await _end_claim(event, tx)


@messages.on(RegionSaleApproved, loads=_locked_to_end, reads=_read_to_end)
async def sell(event: RegionSaleApproved, tx: Transaction) -> None:
    """BIL-7: what the sale still claims is sold: nobody pays for it from the day on, and it can be
    given to nobody. What came back or was lost first is not.
    """
    sold = []
    for row in await _end_claim(event, tx):
        store = domain.last_store(await custody_history(tx, row)) or await queries.central_store(tx)
        became, changed = domain.sell(
            event.sale_id, DeviceId(row.id), row.state(), on=event.sold_on, store=store
        )
        tx.record(row, became)
        sold.append((row, changed))
    for row, changed in sold:  # last, since it locks the region's count
        await change_custody(tx, row, changed)


async def _end_claim(event: Ended, tx: Transaction) -> list[DeviceRow]:
    """Free what the sale still claims. Returns those devices, locked."""
    read = await tx.look_up(SaleClaimRow, event.sale_id)
    if read is None:
        return []
    rows = await tx.lock_all(DeviceRow, read.devices)
    claim = await tx.lock(SaleClaimRow, event.sale_id)
    who = domain.claimant(SaleId(claim.id))
    tx.record(claim, *claiming.release(who, claim.state(), devices=read.devices))
    mine = Claim(kind=ClaimKind.SALE, by=event.sale_id)
    freed = [row for row in rows if row.claim == mine]
    for row in freed:
        row.claim = None
    return freed
