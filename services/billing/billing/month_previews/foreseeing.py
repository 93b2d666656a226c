"""A month's preview before there is a run: what a run would settle and invoice of what is known
now, added up in steps that each commit. Nothing is settled, and nothing is held.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kvitt_chassis.handlers import Fault, Handlers, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import Money

from billing import queries as settled
from billing.domain import credit_of
from billing.models import ArticleRow, DeviceRow, payer_key
from billing.month_previews import domain, presenting, queries
from billing.month_previews.models import MonthPreviewRow
from billing.rents import domain as rents

FORESEE = Timer("month_foreseen", MonthPreviewRow)

DEVICES_A_STEP = 200
CHARGES_A_STEP = 1_000
PAYERS_A_STEP = 100
TRIES = 3
"""So often one device or charge is tried by itself before it is set aside."""

DEVICES, CHARGES, PAYERS = "devices", "charges", "payers"
"""The steps, in their order."""

timers = Handlers()

Amounts = dict[str, list[tuple[bool, Money]]]


def begin(row: MonthPreviewRow, tx: Transaction) -> None:
    """Foresee a month whose row is new, or begun anew."""
    row.step = DEVICES
    tx.schedule(FORESEE, key=row.id, due=tx.now)


@timers.timer(FORESEE)
async def continue_foreseeing(row: MonthPreviewRow, due: datetime, tx: Transaction) -> None:
    """One step: some devices, then some charges, then some payers (BIL-9). Nothing where a run has
    begun meanwhile: that makes its own.
    """
    match row.step:
        case "devices":
            await _add_devices(row, tx)
        case "charges":
            await _add_charges(row, tx)
        case "payers":
            if await _finish_payers(row, tx):
                return
        case _:
            return
    tx.schedule(FORESEE, key=row.id, due=due)


# decision 0245: what fails of many is set aside by who knows what it is made of
@timers.on_fault(FORESEE)
async def set_aside_what_fails(row: MonthPreviewRow, fault: Fault, tx: Transaction) -> bool:
    """A step has failed: try its devices or charges one by one, and note the one that fails as set
    aside (BIL-9). The others are added up.
    """
    if row.step not in _NOUNS:
        return False
    if not row.one_by_one:
        row.one_by_one, row.trying = CHARGES_A_STEP, None
        return True
    if row.trying is None or fault.attempts < TRIES:
        return False
    presenting.note_set_aside(f"{_NOUNS[row.step]}/{row.trying}", row.month, tx)
    row.after, row.one_by_one, row.trying = row.trying, 0, None
    return True


_NOUNS = {DEVICES: "device", CHARGES: "charge"}
"""What a step that can fail adds up."""


def _limit(row: MonthPreviewRow, most: int) -> int:
    return 1 if row.one_by_one else most


def _is_named_first(row: MonthPreviewRow, ids: Sequence[UUID]) -> bool:
    """True when the next one is only named now, to be tried in the transaction after this one;
    else these are behind.
    """
    if row.one_by_one:
        if row.trying != ids[0]:
            row.trying = ids[0]
            return True
        row.one_by_one, row.trying = row.one_by_one - 1, None
    row.after = ids[-1]
    return False


async def _add_devices(row: MonthPreviewRow, tx: Transaction) -> None:
    ids = await queries.devices_to_foresee(
        tx, through=row.through, after=row.after, limit=_limit(row, DEVICES_A_STEP)
    )
    if not ids:
        row.step, row.after = CHARGES, None
        return
    if _is_named_first(row, ids):
        return
    devices = await queries.read_devices(tx, ids)
    first_days = {one.device_id: one.unsettled_from or row.through for one in devices}
    issued = await settled.settled_spans(
        tx, list(first_days), from_day=min(first_days.values()), to_day=row.through
    )
    numbers = {one.article_number for one in devices}
    articles = {one.article_number: one for one in await tx.look_up_all(ArticleRow, numbers)}
    amounts: Amounts = defaultdict(list)
    for device in devices:
        article = articles.get(device.article_number)
        for span in rents.to_settle(
            _points(device, article),
            article.prices if article else (),
            issued.get(device.device_id, []),
            from_day=first_days[device.device_id],
            to_day=device.settled_through(row.through),
        ):
            amounts[f"unit/{span.payer_id}"].append((span.sign < 0, span.amount))
    await _add(amounts, row.month, tx)


def _points(device: DeviceRow, article: ArticleRow | None) -> tuple[rents.ChangePoint, ...]:
    return rents.with_charging(device.points, article.charging) if article else device.points


async def _add_charges(row: MonthPreviewRow, tx: Transaction) -> None:
    ids = await queries.charges_to_foresee(
        tx, through=row.through, after=row.after, limit=_limit(row, CHARGES_A_STEP)
    )
    if not ids:
        row.step, row.after = PAYERS, None
        return
    if _is_named_first(row, ids):
        return
    amounts: Amounts = defaultdict(list)
    for charge in await queries.read_charges(tx, ids):
        state = charge.state()
        amount, is_credit = state.amount, state.is_compensated
        if charge.invoice_id is not None:  # it is taken back
            amount, is_credit = credit_of(amount), not is_credit
        amounts[payer_key(state.payer)].append((is_credit, amount))
    await _add(amounts, row.month, tx)


async def _add(amounts: Amounts, month: str, tx: Transaction) -> None:
    for key in sorted(amounts):
        payer = await queries.payer_preview(tx, month, key)
        payer = payer or presenting.new_payer(key, month, tx)
        for is_credit, amount in amounts[key]:
            payer.parts = domain.with_amount(payer.parts, amount, is_credit=is_credit)
        payer.lines += len(amounts[key])


async def _finish_payers(row: MonthPreviewRow, tx: Transaction) -> bool:
    """Compare some payers with last month; True when the month's preview is made."""
    unfinished = await queries.payers_unfinished(tx, row.month, limit=PAYERS_A_STEP)
    for payer in unfinished:
        presenting.show_totals(payer, domain.foresee(payer.parts))
        await presenting.finish_payer(payer, tx, month=row.through)
    if unfinished:
        return False
    await presenting.finish_month(row, tx, through=row.through)
    row.step = None
    return True
