"""A month's preview as its run makes it: each payer's documents are added up, what stands out is
noted, and the whole is presented to be approved. Which documents these are the run says.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import InvoiceIssuedV2
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.types import Charging, PayerId

from billing.domain import PreviewStep
from billing.models import InvoiceRunRow, PayerRow
from billing.month_previews import domain, queries, writes
from billing.month_previews.models import FindingRow, MonthPreviewRow, PayerPreviewRow
from billing.month_previews.timers import UNAPPROVED
from billing.rents import domain as rents


async def begin(run: InvoiceRunRow, tx: Transaction) -> None:
    """A run's preview is to be made, anew where there is one: what was added up before is
    forgotten. Its timer is set by who asks for it.
    """
    run.preview_step = PreviewStep.SETTLING
    await begin_month(run.id, run.month, tx, through=run.through)


async def begin_month(
    run_id: UUID, month: str, tx: Transaction, *, through: date
) -> MonthPreviewRow:
    """Nothing of a month's preview is added up yet. Returns its row, locked."""
    row = await tx.find(MonthPreviewRow, run_id)
    if row is None:
        row = MonthPreviewRow(region=tx.region, id=run_id, month=month, through=through)
        tx.put(row)
    row.asked_at, row.made_at, row.step, row.after = tx.now, None, None, None
    row.findings, row.last_net_ore, row.previewed_state = 0, 0, None
    row.one_by_one, row.trying = 0, None
    show_totals(row, domain.Totals())
    await writes.clear(tx, month)
    return row


async def take_charges(run: InvoiceRunRow, tx: Transaction, *, limit: int) -> int:
    """Take charges of the run's days into its preview. Returns how many: 0, all are taken."""
    return await writes.take_charges(tx, run, limit=limit)


async def begun(payer_key: str, run: InvoiceRunRow, tx: Transaction) -> PayerPreviewRow:
    """What is added up of a payer so far."""
    found = await queries.payer_preview(tx, run.month, payer_key)
    return found or new_payer(payer_key, run.month, tx)


def new_payer(payer_key: str, month: str, tx: Transaction) -> PayerPreviewRow:
    """The row of a payer of which nothing is added up yet."""
    row = PayerPreviewRow(
        region=tx.region,
        id=tx.mint(),
        month=month,
        payer_key=payer_key,
        lines=0,
        digest="",
        parts=(),
        weight=0,
        is_done=False,
    )
    show_totals(row, domain.Totals())
    tx.put(row)
    return row


async def add(
    documents: Sequence[InvoiceIssuedV2],
    to: PayerPreviewRow,
    run: InvoiceRunRow,
    tx: Transaction,
    *,
    lines: int,
    is_last: bool,
) -> None:
    """Add up some documents of a payer, which have so many `lines`; after the last ones note what
    stands out of it.
    """
    show_totals(to, domain.add_up(documents, to.totals()))
    to.lines += lines
    to.digest = domain.digest_of(documents, before=to.digest)
    if is_last:
        await finish_payer(to, tx, month=run.through)


async def finish_payer(row: PayerPreviewRow, tx: Transaction, *, month: date) -> None:
    """All of a payer is added up: compare it with last month."""
    last = domain.month_before(month)
    row.last_net_ore = await queries.net_of(tx, row.payer_key, last)
    found = domain.compare_payer(
        row.payer_key,
        net_ore=row.net_ore,
        last_net_ore=row.last_net_ore,
        is_known=await _is_known(row.payer_key, tx),
        is_first=row.last_net_ore is None and not await queries.has_documents(tx, last),
    )
    row.weight = max((one.weight for one in found), default=0)
    row.is_done = True
    _note(found, row.month, tx)


async def present(run: InvoiceRunRow, tx: Transaction) -> None:
    """Everything is added up: present it, and wait for a person; alarm somebody when that takes
    long (BIL-9).
    """
    row = await finish_month(run, tx, through=run.through)
    totals, digests = await queries.totals_of(tx, run.month)
    row.previewed_state = domain.state_of(run.month, digests)
    is_first = run.previewed_state is None
    previewed = domain.preview_run(
        run.state(), totals, findings=row.findings, state=row.previewed_state
    )
    tx.record(run, previewed)
    run.preview_step = None
    if is_first:  # a later one is no reason to wait longer
        tx.schedule(UNAPPROVED, key=run.id, due=start_of_day(domain.alarm_on(tx.today)))


async def finish_month(
    of: InvoiceRunRow | MonthPreviewRow, tx: Transaction, *, through: date
) -> MonthPreviewRow:
    """Note what stands out of the whole month, and what it comes to. Returns its row, locked."""
    last, month = domain.month_before(through), of.month
    for payer_key, net in (await queries.units_gone(tx, month, last=last)).items():
        _note((domain.miss_payer(payer_key, last_net_ore=net),), month, tx)
    for subject in await queries.set_aside_by(tx, of.id):
        note_set_aside(subject, month, tx)
    await _judge_prices(month, through, tx)
    totals, _ = await queries.totals_of(tx, month)
    findings = await queries.count_findings(tx, month)
    last_net = await queries.net_of_month(tx, last)
    row = await tx.lock(MonthPreviewRow, of.id)
    show_totals(row, totals)
    row.findings, row.last_net_ore, row.made_at = findings, last_net or 0, tx.now
    return row


async def _judge_prices(month: str, through: date, tx: Transaction) -> None:
    """Note articles that somebody pays for and that have no price, or one of 0."""
    found: dict[str, domain.Finding] = {}
    for number, prices in (await queries.articles_on_loan(tx)).items():
        for finding in domain.judge_price(number, rents.price_on(prices, through)):
            loans = await queries.points_of(tx, number)
            if any(_is_rented(points, through) for points in loans):
                found[finding.subject] = finding
    for number in await queries.articles_charged_nothing(tx, through=through):
        for finding in domain.judge_price(number, rents.NOTHING):
            found.setdefault(finding.subject, finding)
    _note(tuple(found.values()), month, tx)


def _is_rented(points: Sequence[rents.ChangePoint], day: date) -> bool:
    is_paid = rents.payer_on(points, day) is not None
    return is_paid and rents.charging_of_loan(points, on=day) is not Charging.SALE


async def _is_known(payer_key: str, tx: Transaction) -> bool:
    kind, _, payer_id = payer_key.partition("/")
    return kind != "unit" or await tx.look_up(PayerRow, PayerId(payer_id)) is not None


def note_set_aside(subject: str, month: str, tx: Transaction) -> None:
    """Note what cannot be added up: `device/<id>`, `charge/<id>`, `unit/<payer>`."""
    _note((domain.Finding(kind=domain.FindingKind.SET_ASIDE, subject=subject),), month, tx)


def show_totals(row: MonthPreviewRow | PayerPreviewRow, totals: domain.Totals) -> None:
    """Let a row say what its documents come to."""
    row.documents = totals.documents
    row.net_ore, row.vat_ore, row.gross_ore = totals.net_ore, totals.vat_ore, totals.gross_ore


def _note(found: Sequence[domain.Finding], month: str, tx: Transaction) -> None:
    for one in found:
        tx.put(
            FindingRow(
                region=tx.region,
                id=tx.mint(),
                month=month,
                kind=one.kind,
                subject=one.subject,
                net_ore=one.net_ore,
                last_net_ore=one.last_net_ore,
                weight=one.weight,
            )
        )
