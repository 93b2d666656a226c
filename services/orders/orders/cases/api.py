"""Cases over HTTP: ask, answer, withdraw, list, show. No rule here."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query, Response
from kvitt_chassis.filters import Eq, In
from kvitt_chassis.http import ApiRouter, Commands, ListOf, ListQuery, Page, Reader, named
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_chassis.web.stories import Story, told
from kvitt_contracts.orders import WithdrawCase
from kvitt_contracts.types import ServicePointId, UserId, Word, identify
from sqlalchemy import select

from orders.care.models import CareDeviceRow
from orders.care.queries import DEVICES
from orders.cases import documents, story
from orders.cases.commands import AnswerCaseInWords, AskCaseInWords
from orders.cases.domain import Kind, Status
from orders.cases.models import CaseRow
from orders.cases.queries import SCOPE
from orders.cases.views import AnswerCaseBody, CaseBody, CaseLine, CaseView
from orders.people.keys.opening import opened
from orders.slips.documents import as_pdf

router = ApiRouter(tags=["Ärenden"])


@router.post("/cases", status_code=201)
async def ask_case(body: CaseBody, commands: Commands) -> CaseView:
    """Be kundtjänst om något (CAS-1), gärna där det uppstår: en order, en hämtorder, ett
    hjälpmedel. Ärendet väntar tills det är besvarat eller tillbakataget.

    Nekas: ALREADY_ASKED, UNKNOWN_WORD, UNKNOWN_THING, ABOUT_MISSING, DOES_NOT_FIT, TEXT_MISSING,
    DEVICES_MISSING, UNKNOWN_DEVICE, DEVICE_TWICE, ALREADY_OFFERED (CAS-1), UNKNOWN_CUSTOMER,
    UNKNOWN_USER, NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT (REF-3).
    """
    caller, reference = commands.caller, body.reference
    case_id = identify(caller.region, "case", reference) if reference else uuid4()
    command = AskCaseInWords(
        kind=Word(body.kind),
        about=body.about,
        devices=body.devices,
        service_point=body.service_point,
        by=caller.user_id,
        text=body.text,
    )
    return await commands.run(
        command, target=case_id, subject=reference, rule="CAS-1", show=_show(case_id)
    )


@router.post("/cases/{case_id}:answer")
async def answer_case(case_id: UUID, body: AnswerCaseBody, commands: Commands) -> CaseView:
    """Svara på ett ärende, en gång (CAS-1). Att en hämtorder blir akut görs i samma handling.

    Nekas: UNKNOWN_CASE, ALREADY_ANSWERED, WITHDRAWN, TEXT_MISSING (CAS-1); det som görs tillsammans
    med svaret som det självt: NOT_YOUR_PICKUP (REF-3), WAITING, ENDED (PCK-3).
    """
    command = AnswerCaseInWords(
        outcome=Word(body.outcome), by=commands.caller.user_id, text=body.text
    )
    return await commands.run(
        command, target=case_id, scope=SCOPE, rule="CAS-1", show=_show(case_id)
    )


@router.post("/cases/{case_id}:withdraw")
async def withdraw_case(case_id: UUID, commands: Commands) -> CaseView:
    """Ta tillbaka ett ärende som ingen har svarat på (CAS-1).

    Nekas: UNKNOWN_CASE (CAS-1), UNKNOWN_USER, NOT_YOUR_CASE (REF-3), ALREADY_ANSWERED (CAS-1).
    """
    command = WithdrawCase(by=commands.caller.user_id)
    return await commands.run(
        command, target=case_id, scope=SCOPE, rule="CAS-1", show=_show(case_id)
    )


class CaseQuery(ListQuery):
    """Which cases; each that is given narrows the list."""

    service_point: Annotated[
        ServicePointId | None, Eq(CaseRow.service_point, "Tjänstestället som frågar")
    ] = None
    status: Annotated[
        list[Status] | None, In(CaseRow.status, "En eller flera; utan visas bara de som väntar")
    ] = None
    kind: Annotated[Kind | None, Eq(CaseRow.kind, "Vad det är fråga om")] = None
    asked_by: Annotated[UserId | None, Eq(CaseRow.asked_by, "Vem som frågade")] = None
    about_id: Annotated[UUID | None, Eq(CaseRow.about_id, "Vad det gäller")] = None
    late: Annotated[
        bool | None, Eq(CaseRow.is_reminded, "Bara de som ingen har svarat på i tid")
    ] = None


CASES = ListOf(
    select(CaseRow),
    scope=SCOPE,
    sorts=named(CaseRow.asked_on, CaseRow.status, CaseRow.service_point),
    default="asked_on",
    view=CaseLine.of,
    then=CaseRow.asked_on,
)


@router.get("/cases")
async def list_cases(reader: Reader, asked: Annotated[CaseQuery, Query()]) -> Page[CaseLine]:
    """Ärenden från dina tjänsteställen, kollegors också, de äldsta först; för kundtjänst alla
    (CAS-1).
    """
    waiting_alone = () if asked.status else (CaseRow.status == Status.WAITING,)
    return await CASES.page(asked, reader, *waiting_alone)


@router.get("/cases/{case_id}")
async def show_case(case_id: UUID, reader: Reader, tx: ReadTransaction) -> CaseView:
    """Ett ärende, med vad som skrevs och vad som svarades."""
    row = await reader.get(CaseRow, case_id, scope=SCOPE, rule="CAS-1")
    return CaseView.of(await opened(row, tx))


@router.get("/cases/{case_id}/story")
async def tell_case(case_id: UUID, reader: Reader) -> Story:
    """Vad som har hänt med ett ärende, och vad det väntar på (REF-6)."""
    row = await reader.get(CaseRow, case_id, scope=SCOPE, rule="CAS-1")
    due = await reader.due(*story.TIMERS, of=[case_id])
    return Story(
        items=told(await reader.log_of(row), by=story.tell),
        next=list(story.what_comes(row.state(), due=due)),
    )


@router.get(
    "/cases/{case_id}/slip",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def print_offer(case_id: UUID, reader: Reader, tx: ReadTransaction) -> Response:
    """Listan över hjälpmedel som den andra regionen erbjuds, som PDF (CAS-1): av hjälpmedlen de som
    du ser.

    Nekas: UNKNOWN_CASE, NOTHING_OFFERED (CAS-1).
    """
    await reader.get(CaseRow, case_id, scope=SCOPE, rule="CAS-1")
    row = await tx.get(CaseRow, case_id, rule="CAS-1")
    # the case is read by whoever answers it, what is at a protected person is not (REF-19)
    seen = await reader.several(CareDeviceRow, row.devices, scope=DEVICES)
    shown = {one.device_id for one in seen}
    return as_pdf(await documents.print_offer(row, tx, shown=shown), name="erbjudande")


def _show(case_id: UUID) -> Callable[[Transaction], Awaitable[CaseView]]:
    async def show(tx: Transaction) -> CaseView:
        return CaseView.of(await opened(await tx.get(CaseRow, case_id), tx))

    return show
