"""Handlers of sales to other regions: requested, claimed by inventory, priced, approved or not."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import (
    ApproveRegionSale,
    DisapproveRegionSale,
    ProposeRegionSale,
    RegionSaleRequested,
    RequestRegionSale,
)
from kvitt_contracts.inventory import ClaimBroken, ClaimGranted, ClaimRefused, ClaimReleased
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import CustomerId, DeviceId, Reference, SaleId, Word, identify

from billing.models import CustomerRow, DeviceRow, PayerRow, UserRow
from billing.region_sales import domain, queries
from billing.region_sales.models import RegionSaleRow
from billing.region_sales.writes import (
    ANSWER,
    REMIND,
    await_claim,
    drop,
    note_claimed,
    settle_waiting,
)

messages = Handlers()

SALE = Word("sale")
"""What inventory calls a sale among claimants."""

Claimed = ClaimGranted | ClaimRefused | ClaimBroken | ClaimReleased


def _its_row(_: object, tx: Transaction) -> Iterable[RowKey]:
    return [(RegionSaleRow, tx.target(RegionSaleRow.noun))]


def _read_to_request(command: RequestRegionSale, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, command.by
    yield CustomerRow, CustomerId(command.service_point)
    yield PayerRow, command.payer_id
    yield from queries.rows_of_recipient(command.recipient, tx)
    yield from queries.rows_of_numbers(command.devices, tx)


@messages.command(RequestRegionSale, loads=_its_row, reads=_read_to_request)
async def request_region_sale(command: RequestRegionSale, tx: Transaction) -> None:
    """Have what a patient who moves has sold to their region; inventory answers (BIL-7).

    Refused: INVALID_SUBJECT (contract), ALREADY_REQUESTED, DEVICE_TWICE, UNKNOWN_DEVICE,
    NOT_ANOTHER_REGION (BIL-7), UNKNOWN_PERSON (REF-1), UNKNOWN_USER, UNKNOWN_CUSTOMER,
    NOT_CONNECTED_TO_SERVICE_POINT (REF-3), UNKNOWN_PAYER (REF-4).
    """
    key = SaleId(tx.target(RegionSaleRow.noun))
    if await tx.find(RegionSaleRow, key) is not None:
        raise domain.refuse_used_reference(
            field="reference" if tx.message is None else "ce_subject"
        )
    by = await tx.get(UserRow, command.by, rule="REF-3", field="by")
    point = CustomerId(command.service_point)
    await tx.get(CustomerRow, point, rule="REF-3", field="service_point")
    is_staff = by.may_for_all("billing.region-sale.request")
    domain.check_by(is_connected=is_staff or command.service_point in by.service_points)
    await tx.get(PayerRow, command.payer_id, rule="REF-4", field="payer_id")
    home = tx.policy.home_region
    domain.check_payer(command.payer_id, regions=home.payers.values() if home else ())
    is_named = key == identify(tx.region, RegionSaleRow.noun, tx.subject)
    recipient = await queries.recipient_named(tx, command.recipient)
    devices = await _devices(command, tx)
    domain.check_named_once(devices)
    requested = RegionSaleRequested(
        sale_id=key,
        reference=_reference(tx) if is_named else None,
        payer_id=command.payer_id,
        recipient=recipient,
        service_point=command.service_point,
        devices=tuple(devices),
        by=command.by,
    )
    row = tx.start(RegionSaleRow, key, requested)
    row.requested_on = tx.today
    await_claim(row, tx)


def _reference(tx: Transaction) -> Reference:
    try:
        return Reference(tx.subject)
    except ValueError:
        raise Refused(
            "INVALID_SUBJECT",
            rule="contract",
            field="ce_subject",
            way_on="Sätt ce_subject till en giltig Reference och skicka på nytt.",
        ) from None


async def _devices(command: RequestRegionSale, tx: Transaction) -> list[DeviceId]:
    found = await queries.devices_numbered(tx, command.devices)
    for place, (number, device_id) in enumerate(zip(command.devices, found, strict=True)):
        if device_id is None:
            key = identify(tx.region, "device", number)
            await tx.get(DeviceRow, key, rule="BIL-7", field=f"devices.{place}")
    return [one for one in found if one is not None]


@messages.timer(ANSWER)
async def give_up(row: RegionSaleRow, due: datetime, tx: Transaction) -> None:
    """Inventory has not answered within a day: nothing is sold; a late grant is let go."""
    if row.claimed_on is None:
        tx.record(row, *domain.refuse(SaleId(row.id), row.state()))
        row.due_on = None


def _claimed(event: Claimed, _: Transaction) -> Iterable[RowKey]:
    if event.claimant.kind == SALE:
        yield RegionSaleRow, event.claimant.id


@messages.on(ClaimGranted, ClaimRefused, ClaimBroken, ClaimReleased, loads=_claimed)
async def on_claim(event: Claimed, tx: Transaction) -> None:
    """What inventory says of the sale's claim: it has the devices, it cannot have one, or one came
    back or was lost (BIL-7). Other claimants' are passed over.
    """
    if event.claimant.kind != SALE:
        return
    row = await tx.lock(RegionSaleRow, event.claimant.id)
    match event:
        case ClaimGranted():
            if row.status is domain.Status.REQUESTED:
                note_claimed(row, tx)
        case ClaimRefused():
            tx.record(row, *domain.refuse(SaleId(row.id), row.state(), refused=event.refused))
            settle_waiting(row, tx)
        case ClaimBroken():
            drop(row, event.device_id, event.reason, tx)
        case ClaimReleased():
            pass  # the sale has said so itself


def _read_to_propose(command: ProposeRegionSale, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, command.asked_by
    yield from queries.rows_of_numbers([line.device_number for line in command.lines], tx)


@messages.command(ProposeRegionSale, of=RegionSaleRow, rule="BIL-7", reads=_read_to_propose)
async def propose_region_sale(
    row: RegionSaleRow, command: ProposeRegionSale, tx: Transaction
) -> None:
    """Name the prices to the other region, which answers by a day (BIL-7).

    Refused: UNKNOWN_REGION_SALE, SALE_ENDED, NOT_CLAIMED_YET, NOT_OF_THE_SALE, DEVICE_TWICE,
    NEGATIVE_PRICE, PRICE_MISSING (BIL-7), UNKNOWN_USER (REF-3), DAY_HAS_PASSED (DAY-5).
    """
    await tx.get(UserRow, command.asked_by, rule="REF-3", field="asked_by")
    devices = await queries.devices_numbered(tx, [line.device_number for line in command.lines])
    proposed = domain.propose(
        SaleId(row.id),
        row.state(),
        list(zip(devices, (line.price for line in command.lines), strict=True)),
        answer_by_on=command.answer_by_on,
        by=command.by,
        asked_by=command.asked_by,
        is_claimed=row.claimed_on is not None,
        today=tx.today,
    )
    tx.record(row, *proposed)
    if proposed:
        settle_waiting(row, tx)


def _read_to_approve(_: object, tx: Transaction) -> Iterable[RowKey]:
    row = tx.fetched(RegionSaleRow, tx.target(RegionSaleRow.noun))
    for line in row.lines if row is not None else ():
        yield DeviceRow, line.device_id


@messages.command(ApproveRegionSale, of=RegionSaleRow, rule="BIL-7", reads=_read_to_approve)
async def approve_region_sale(
    row: RegionSaleRow, command: ApproveRegionSale, tx: Transaction
) -> None:
    """The other region buys; inventory has the devices sold, and then they are charged (BIL-7).

    Refused: UNKNOWN_REGION_SALE, SALE_ENDED, NOT_PROPOSED (BIL-7), SOLD_BEFORE_LOAN (DAY-5).
    """
    devices = await tx.look_up_all(DeviceRow, [line.device_id for line in row.lines])
    since = {one.device_id: one.points[-1].effective_on for one in devices if one.points}
    approved = domain.approve(
        SaleId(row.id), row.state(), sold_on=command.sold_on, lent_since=since, by=command.by
    )
    tx.record(row, *approved)
    if approved:
        settle_waiting(row, tx)


@messages.command(DisapproveRegionSale, of=RegionSaleRow, rule="BIL-7")
async def disapprove_region_sale(
    row: RegionSaleRow, command: DisapproveRegionSale, tx: Transaction
) -> None:
    """The other region does not buy: inventory lets go, and the devices are to be returned (BIL-7).

    Refused: UNKNOWN_REGION_SALE, SALE_ENDED (BIL-7).
    """
    refused = domain.disapprove(SaleId(row.id), row.state(), by=command.by)
    tx.record(row, *refused)
    if refused:
        settle_waiting(row, tx)


@messages.timer(REMIND)
async def remind(row: RegionSaleRow, due: datetime, tx: Transaction) -> None:
    """The other region has not answered by its day, or what it did not buy is not back after 30
    days: the unit is told (BIL-7).
    """
    out = await queries.still_out(tx, row)
    tx.record(row, *domain.remind(SaleId(row.id), row.state(), still_out=out, today=tx.today))
