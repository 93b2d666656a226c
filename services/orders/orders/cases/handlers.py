"""Handlers of cases: asked, answered, withdrawn; and the day when nobody has answered."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import AnswerCase, AskCase, WithdrawCase
from kvitt_contracts.types import CaseId, Word

from orders.cases import domain, queries
from orders.cases.commands import AnswerCaseInWords, AskCaseInWords
from orders.cases.models import CaseRow
from orders.cases.reasons import Reason, refusal
from orders.cases.writes import ANSWER, await_answer
from orders.people.keys.opening import writable
from orders.pickups.models import PickupRow
from orders.pickups.writes import make_urgent
from orders.units.models import UserRow
from orders.units.queries import place_named, user_key, user_named

messages = Handlers()

Asked = AskCase | AskCaseInWords
Answered = AnswerCase | AnswerCaseInWords


def _its_row(_: object, tx: Transaction) -> Iterable[RowKey]:
    return [(CaseRow, tx.target("case"))]


@messages.command(AskCase, loads=_its_row, reads=queries.rows_of_ask)
async def ask_case(command: AskCase, tx: Transaction) -> None:
    """Request something of customer service (CAS-1).

    Refused: ALREADY_ASKED, UNKNOWN_WORD, UNKNOWN_THING, ABOUT_MISSING, DOES_NOT_FIT, TEXT_MISSING,
    DEVICES_MISSING (CAS-1), UNKNOWN_CUSTOMER, UNKNOWN_USER, NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT (REF-3).
    """
    await _ask(command, tx, text=None)


@messages.command(AskCaseInWords, loads=_its_row, reads=queries.rows_of_ask)
async def ask_case_in_words(command: AskCaseInWords, tx: Transaction) -> None:
    """Request something of customer service, and say what (CAS-1).

    Refused: ALREADY_ASKED, UNKNOWN_WORD, UNKNOWN_THING, ABOUT_MISSING, DOES_NOT_FIT, TEXT_MISSING,
    DEVICES_MISSING, UNKNOWN_DEVICE, DEVICE_TWICE, ALREADY_OFFERED (CAS-1), UNKNOWN_CUSTOMER,
    UNKNOWN_USER, NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT (REF-3).
    """
    await _ask(command, tx, text=command.text)


def _act_of_answer(command: Answered, tx: Transaction) -> Iterable[RowKey]:
    row = tx.fetched(CaseRow, tx.target("case"))
    about = row.about if row is not None else None
    if about is not None and about.kind == Word(domain.About.PICKUP):
        yield PickupRow, about.id


def _read_to_answer(command: Answered, tx: Transaction) -> Iterable[RowKey]:
    return [(UserRow, user_key(command.by, tx))]


@messages.command(AnswerCase, of=CaseRow, rule="CAS-1", loads=_act_of_answer, reads=_read_to_answer)
async def answer_case(row: CaseRow, command: AnswerCase, tx: Transaction) -> None:
    """Answer a case, once; what is asked of a pickup is done in the same act (CAS-1).

    Refused: UNKNOWN_CASE, UNKNOWN_PICKUP, UNKNOWN_WORD, ALREADY_ANSWERED, WITHDRAWN (CAS-1),
    UNKNOWN_USER, NOT_YOUR_PICKUP (REF-3), UNKNOWN_PAYER (REF-4), WAITING, ENDED (PCK-3).
    """
    await _answer(row, command, tx, text=None)


@messages.command(
    AnswerCaseInWords, of=CaseRow, rule="CAS-1", loads=_act_of_answer, reads=_read_to_answer
)
async def answer_case_in_words(row: CaseRow, command: AnswerCaseInWords, tx: Transaction) -> None:
    """Answer a case, once, and say what was done, or why not (CAS-1).

    Refused: UNKNOWN_CASE, UNKNOWN_PICKUP, UNKNOWN_WORD, ALREADY_ANSWERED, WITHDRAWN, TEXT_MISSING
    (CAS-1), UNKNOWN_USER, NOT_YOUR_PICKUP (REF-3), UNKNOWN_PAYER (REF-4), WAITING, ENDED (PCK-3).
    """
    await _answer(row, command, tx, text=command.text)


@messages.command(
    WithdrawCase,
    of=CaseRow,
    rule="CAS-1",
    reads=lambda command, tx: [(UserRow, user_key(command.by, tx))],
)
async def withdraw_case(row: CaseRow, command: WithdrawCase, tx: Transaction) -> None:
    """Withdraw a case that nobody has answered (CAS-1).

    Refused: UNKNOWN_CASE (CAS-1), UNKNOWN_USER, NOT_YOUR_CASE (REF-3), ALREADY_ANSWERED (CAS-1).
    """
    withdrawn = domain.withdraw(row.state(), by=await user_named(command.by, tx, field="by"))
    await _say_whom(row, tx)
    tx.record(row, *withdrawn)
    _forget_who(row)
    await_answer(row, tx)


@messages.timer(ANSWER)
async def remind(row: CaseRow, due: datetime, tx: Transaction) -> None:
    """Nobody has answered within the policy's working days: customer service is told (CAS-1)."""
    tx.record(row, *domain.remind(row.state()))


async def _ask(command: Asked, tx: Transaction, *, text: str | None) -> None:
    case_id = CaseId(tx.target("case"))
    if await tx.find(CaseRow, case_id) is not None:
        field = "reference" if tx.message is None else "ce_subject"
        way_on = "Beteckningen är redan använd. Ge det nya ärendet en egen."
        raise refusal(Reason.ALREADY_ASKED, "CAS-1", field, way_on)
    by = await user_named(command.by, tx, field="by")
    about = await queries.arisen_from(command.about, tx, by=by)
    devices = command.devices if isinstance(command, AskCaseInWords) else ()
    asked = domain.ask(
        case_id,
        kind=command.kind,
        about=about,
        devices=await queries.named_of(devices, about, tx, by=by),
        offered=await queries.offered_of(about, tx),
        has_text=text is not None,
        by=by,
        place=await place_named(command.service_point, tx),
    )
    concerned = await queries.concerned_by(about, tx)
    row = tx.start(CaseRow, case_id, asked, person=concerned)
    row.asked_on = tx.today
    await writable(row, tx)
    row.text = text
    await_answer(row, tx)


async def _answer(row: CaseRow, command: Answered, tx: Transaction, *, text: str | None) -> None:
    answered = domain.answer(
        row.state(),
        outcome=command.outcome,
        has_text=text is not None,
        says_why=isinstance(command, AnswerCaseInWords),
        by=command.by,
    )
    await _say_whom(row, tx)
    tx.record(row, *answered)
    await writable(row, tx)
    row.answer = text
    _forget_who(row)
    await_answer(row, tx)
    urgent = domain.pickup_to_make_urgent(row.state())
    if urgent is not None:
        pickup = await tx.lock(PickupRow, urgent, rule="CAS-1")
        await make_urgent(pickup, tx, by=await user_named(command.by, tx, field="by"), payer=None)


async def _say_whom(row: CaseRow, tx: Transaction) -> None:
    """An earlier release did not say whom a case concerns: it is who has what it is about now."""
    if row.person is None and not row.has_sealed():
        row.person = await queries.concerned_by(row.about, tx)


def _forget_who(row: CaseRow) -> None:
    """Of who was missing in the registry the text says who they are: it has served (REF-22)."""
    if domain.says_who(row.state()):
        row.text = None
