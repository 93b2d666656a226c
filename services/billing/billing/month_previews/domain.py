"""The rules of a month's preview: what stands out, who may approve it, when it is stale. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from math import ceil
from typing import Final

from kvitt_contracts.billing import (
    InvoiceIssuedV2,
    InvoiceRunApproved,
    InvoiceRunPreviewed,
)
from kvitt_contracts.calendar import first_of_next_month, working_days_after
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Money, UserId, Value, VatPercent

from billing.domain import LINES_A_DOCUMENT, InvoiceRun, RunStatus

STANDS_OUT_PERCENT: Final = 30
STANDS_OUT_ORE: Final = 10_000
"""A payer stands out where the month differs from the last one by as much of both."""
DAYS_TO_APPROVE: Final = 5
"""Working days that a preview may wait before somebody is alarmed."""

# -- what stands out -----------------------------------------------------------------------------


class FindingKind(StrEnum):
    """What should be looked at before a month is issued."""

    NO_PAYER = "no_payer"
    NO_PRICE = "no_price"
    SET_ASIDE = "set_aside"
    PRICE_ZERO = "price_zero"
    GONE = "gone"
    DOWN = "down"
    UP = "up"
    NEW = "new"


_GRAVEST_FIRST: Final = tuple(FindingKind)
_ONE: Final = 10**13  # öre: more than any month's difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that stands out; `subject` is `unit/<payer>`, `patient/<ref>`, `device/<id>`,
    `charge/<id>` or `article/<number>`. Amounts in öre without VAT, None where there is none.
    """

    kind: FindingKind
    subject: str
    net_ore: int | None = None
    last_net_ore: int | None = None

    @property
    def weight(self) -> int:
        """The graver the higher, of one kind by the difference: what is sorted by."""
        difference = abs((self.net_ore or 0) - (self.last_net_ore or 0))
        grave = len(_GRAVEST_FIRST) - _GRAVEST_FIRST.index(self.kind)
        return grave * _ONE + min(difference, _ONE - 1)


# decision 0405: what is compared is what a unit pays, month by month
def compare_payer(
    payer_key: str, *, net_ore: int, last_net_ore: int | None, is_known: bool, is_first: bool
) -> tuple[Finding, ...]:
    """What stands out of a payer's month (BIL-9): it is not in the register; it is new; or it pays
    at least `STANDS_OUT_PERCENT` and `STANDS_OUT_ORE` more or less than last month.

    Amounts are in öre without VAT. `last_net_ore` None: no document last month. `is_first`: nobody
    had one, so there is nothing to compare with. A patient's fees are not compared.
    """
    if not payer_key.startswith("unit/"):
        return ()
    found = [] if is_known else [FindingKind.NO_PAYER]
    if not is_first:
        found += _changes(net_ore, last_net_ore)
    return tuple(
        Finding(kind=kind, subject=payer_key, net_ore=net_ore, last_net_ore=last_net_ore)
        for kind in found
    )


def _changes(net_ore: int, last_net_ore: int | None) -> Iterator[FindingKind]:
    if last_net_ore is None:
        yield FindingKind.NEW
        return
    difference = net_ore - last_net_ore
    share = STANDS_OUT_PERCENT * abs(last_net_ore)
    if abs(difference) >= STANDS_OUT_ORE and abs(difference) * 100 >= share:
        yield FindingKind.UP if difference > 0 else FindingKind.DOWN


def miss_payer(payer_key: str, *, last_net_ore: int) -> Finding:
    """A unit that had documents last month and has none this one (BIL-9)."""
    return Finding(kind=FindingKind.GONE, subject=payer_key, net_ore=0, last_net_ore=last_net_ore)


def judge_price(article_number: str, price: Money | None) -> tuple[Finding, ...]:
    """What stands out of an article that is paid for: it has no price, or one of 0 (BIL-9)."""
    subject = f"article/{article_number}"
    if price is None:
        return (Finding(kind=FindingKind.NO_PRICE, subject=subject),)
    if price.net_ore == 0:
        return (Finding(kind=FindingKind.PRICE_ZERO, subject=subject),)
    return ()


# -- what a preview is made of -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a month's documents come to, in öre: by payer, or of all of them."""

    documents: int = 0
    net_ore: int = 0
    vat_ore: int = 0
    gross_ore: int = 0


def add_up(documents: Iterable[InvoiceIssuedV2], to: Totals) -> Totals:
    """The totals with some more documents, each with its own rounded VAT (BIL-10)."""
    for one in documents:
        to = Totals(
            documents=to.documents + 1,
            net_ore=to.net_ore + one.net_ore,
            vat_ore=to.vat_ore + one.vat_ore,
            gross_ore=to.gross_ore + one.gross_ore,
        )
    return to


def digest_of(documents: Iterable[InvoiceIssuedV2], *, before: str) -> str:
    """The digest of what documents are made of: each line, on invoice or credit note, and the
    digest of those `before` them. Neither numbers nor ids of documents are in it.
    """
    found = sha256(before.encode())
    for one in documents:
        found.update(b"credit" if one.is_credit else b"debit")
        for line in one.lines:
            found.update(line.model_dump_json(exclude_none=True).encode())
    return found.hexdigest()[:16]


def state_of(month: str, digests: Mapping[str, str]) -> str:
    """The state of a whole month, of its payers' digests by payer: 16 hexadecimal digits."""
    found = sha256(month.encode())
    for payer_key in sorted(digests):
        found.update(f"{payer_key} {digests[payer_key]}\n".encode())
    return found.hexdigest()[:16]


class Part(Value):
    """Lines of a payer at one rate of VAT, to be debited or credited, and their net in öre."""

    is_credit: bool
    vat_percent: VatPercent
    lines: int
    net_ore: int


def with_amount(parts: Sequence[Part], amount: Money, *, is_credit: bool) -> tuple[Part, ...]:
    """The parts with one more line, which has this amount; a credit's is negative."""
    added = Part(is_credit=is_credit, vat_percent=amount.vat_percent, lines=0, net_ore=0)
    found = {(one.is_credit, one.vat_percent): one for one in (added, *parts)}
    key = (is_credit, amount.vat_percent)
    so_far = found[key]
    found[key] = so_far.model_copy(
        update={"lines": so_far.lines + 1, "net_ore": so_far.net_ore + amount.net_ore}
    )
    return tuple(found.values())


def foresee(parts: Sequence[Part]) -> Totals:
    """What a payer's documents would come to, by its lines' parts, before there are documents.

    The net is exact; VAT is rounded once for each rate, so it may differ by an öre for each further
    document where there are more lines than one holds.
    """
    totals = Totals()
    for is_credit in (False, True):
        mine = [one for one in parts if one.is_credit is is_credit]
        net = sum(one.net_ore for one in mine)
        vat = sum(Money(net_ore=p.net_ore, vat_percent=p.vat_percent).vat_ore for p in mine)
        totals = Totals(
            documents=totals.documents + ceil(sum(p.lines for p in mine) / LINES_A_DOCUMENT),
            net_ore=totals.net_ore + net,
            vat_ore=totals.vat_ore + vat,
            gross_ore=totals.gross_ore + net + vat,
        )
    return totals


# -- the run -------------------------------------------------------------------------------------


def preview_run(
    run: InvoiceRun, totals: Totals, *, findings: int, state: str
) -> InvoiceRunPreviewed:
    """Present what a run would issue, to be approved; `findings` is how much stands out (BIL-9)."""
    return InvoiceRunPreviewed(
        month=run.month,
        invoices=totals.documents,
        findings=findings,
        net_ore=totals.net_ore,
        state=state,
    )


def approve_run(
    run: InvoiceRun | None,
    *,
    month: str,
    state: str,
    by: UserId,
    today: date,
    is_under_way: bool,
    has_changed: bool,
) -> tuple[InvoiceRunApproved, ...]:
    """Let a month be issued as its latest preview, of this `state`, shows it (BIL-9). `today` is a
    Stockholm day; `is_under_way`: a preview is being made; `has_changed`: something of the month
    has come since.

    Returns no event where the same person has approved the same before. Raises Refused
    (MONTH_NOT_OVER, UNKNOWN_INVOICE_RUN, APPROVAL_IS_AUTOMATIC, ALREADY_APPROVED,
    NOT_PREVIEWED_YET, STALE_PREVIEW; all BIL-9).
    """
    known = _started(run, month=month, today=today)
    if known.approved_by is not None:
        return _approved_before(known, state=state, by=by)
    if known.status is RunStatus.FINISHED or (known.previewed_state is None and not is_under_way):
        raise Refused(
            "APPROVAL_IS_AUTOMATIC",
            rule="BIL-9",
            way_on="Inget behöver göras: regionens policy låter månaden faktureras av sig själv.",
            month=month,
        )
    if is_under_way:
        raise Refused(
            "NOT_PREVIEWED_YET",
            rule="BIL-9",
            way_on="Förhandsvisningen görs just nu. Läs den om en stund, och godkänn den sedan.",
            month=month,
        )
    if state != known.previewed_state or has_changed:
        raise Refused(
            "STALE_PREVIEW",
            rule="BIL-9",
            way_on="Månaden har ändrats sedan den förhandsvisades. Förhandsvisa den på nytt, läs "
            "vad som har ändrats och godkänn sedan.",
            month=month,
        )
    return (InvoiceRunApproved(month=known.month, state=state, by=by),)


def _approved_before(run: InvoiceRun, *, state: str, by: UserId) -> tuple[InvoiceRunApproved, ...]:
    if (run.approved_by, run.previewed_state) == (by, state):
        return ()
    raise Refused(
        "ALREADY_APPROVED",
        rule="BIL-9",
        way_on="Inget behöver göras: månaden är godkänd, och fakturorna görs.",
        month=run.month,
    )


def may_preview_again(run: InvoiceRun, *, is_under_way: bool) -> bool:
    """True where a run's preview is to be made anew; False where it is being made (BIL-9).

    Raises Refused (BIL-9): ALREADY_APPROVED; ALREADY_INVOICED, also while it is being invoiced.
    """
    if run.status is RunStatus.APPROVED:
        raise Refused(
            "ALREADY_APPROVED",
            rule="BIL-9",
            way_on="Månaden är godkänd. Det som har kommit sedan dess faktureras nästa månad.",
            month=run.month,
        )
    if run.status is RunStatus.FINISHED or (run.previewed_state is None and not is_under_way):
        raise Refused(
            "ALREADY_INVOICED",
            rule="BIL-9",
            way_on="Läs månadens fakturor. Det som har kommit sedan dess faktureras nästa månad.",
            month=run.month,
        )
    return not is_under_way


def may_foresee(month: str, *, next_month: date) -> date:
    """The last day of a month that may be previewed before its run: the first one that no run has
    begun to invoice, a day of which is `next_month` (BIL-9).

    Raises Refused (BIL-9): MONTH_NOT_NEXT, for an earlier or a later one.
    """
    if month != f"{next_month:%Y-%m}":
        raise Refused(
            "MONTH_NOT_NEXT",
            rule="BIL-9",
            field="month",
            way_on=f"Förhandsvisa {next_month:%Y-%m}: den månaden faktureras härnäst.",
            month=month,
        )
    return first_of_next_month(next_month) - timedelta(days=1)


def alarm_on(previewed_on: date) -> date:
    """The day on which somebody is alarmed of a preview that nobody has approved: the one after
    `DAYS_TO_APPROVE` working days (BIL-9). Stockholm days.
    """
    return working_days_after(previewed_on, DAYS_TO_APPROVE) + timedelta(days=1)


def month_before(month: date) -> str:
    """The month before the one that a day is in: `2026-04`."""
    return f"{month.replace(day=1) - timedelta(days=1):%Y-%m}"


def _started(run: InvoiceRun | None, *, month: str, today: date) -> InvoiceRun:
    if run is not None:
        return run
    if month >= f"{today:%Y-%m}":
        raise Refused(
            "MONTH_NOT_OVER",
            rule="BIL-9",
            field="month",
            way_on="Vänta tills månaden är slut. Den kan förhandsvisas redan nu.",
            month=month,
        )
    raise Refused(
        "UNKNOWN_INVOICE_RUN",
        rule="BIL-9",
        way_on="Kontrollera månaden. En månad som nyss tog slut börjar faktureras när dess sista "
        "dag är stängd i lagret.",
        month=month,
    )
