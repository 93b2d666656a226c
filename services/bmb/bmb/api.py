"""Transfers over HTTP: the commands' routes, the lists of BMB-8, the single view. No rule here."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from kvitt_chassis.filters import Eq, In, Where, WhereLookedUp
from kvitt_chassis.http import (
    ApiRouter,
    CommandRunner,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionReader,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_chassis.web.stories import Story, told
from kvitt_contracts.bmb import (
    AcceptTransfer,
    AskToUnlockTransfer,
    CancelTransfer,
    ExecuteTransfer,
    RejectTransfer,
    UnlockTransfer,
    WithdrawTransfer,
)
from kvitt_contracts.types import (
    Day,
    DeviceNumber,
    PersonRef,
    ServicePointId,
    UserId,
    identify,
)
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, cast, false, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from bmb import story
from bmb.acknowledgements.bodies import AcceptBody, RejectBody, UnlockBody
from bmb.acknowledgements.choices import payers_for
from bmb.domain import UNANSWERED, UNDECIDED, Status, takes_effect_on
from bmb.drafts.bodies import SaveBody, command_of
from bmb.drafts.preview import TransferPreview, preview
from bmb.models import TransferRow, TransferTextRow
from bmb.queries import (
    SHOWN,
    UNLOCKED,
    concerns,
    is_of_protected,
    is_shown,
    may_be_unlocked,
    was_rejected,
)
from bmb.register.models import DeviceRow
from bmb.register.queries import device_ids_numbered, device_numbers, references_of
from bmb.responsibles.queries import responsibles_of
from bmb.responsibles.views import ResponsiblesView
from bmb.views import LockedTransfer, TransferLine, TransferView

router = ApiRouter(tags=["Byten (BMB)"])


@router.post("/transfers", status_code=202)
async def save_transfer(body: SaveBody, commands: Commands, reader: Reader) -> TransferView:
    """Spara ett byte, och skicka det genast om `execute` är sant. 202 medan lagret prövar det.

    Nekas: okända namn UNKNOWN_USER, UNKNOWN_CUSTOMER (REF-3, REF-4), UNKNOWN_DEVICE,
    UNKNOWN_PERSON, UNKNOWN_CARE_UNIT (BMB-1); SENDER_ELSEWHERE, NOT_A_DRAFT (BMB-2),
    NOT_A_PRESCRIBER, PRESCRIBER_NOT_NAMED, DEVICE_TWICE, SEVERAL_RECIPIENTS, TWO_RECIPIENTS,
    NOTHING_CHANGES, NOT_OWN_STORE (BMB-1), NO_PART_IN_DEVICE, RECEIVER_ELSEWHERE,
    RECEIVER_NOT_NAMED, SEVERAL_PAYERS, NO_UNIT_PAYS (BMB-4), INACTIVE_RECIPIENT (REF-14),
    NOT_MAIN_RESPONSIBLE (BMB-14), PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7); med `execute` även som
    `:execute`; med `accept_for` även SENT_BY_ONESELF, CUSTOMER_OF_ANOTHER_SIDE (BMB-4),
    NOT_RESPONSIBLE (BMB-9).
    """
    command = await command_of(body, reader)
    # Without a name of its own the transfer has a random id: nothing else will ever call it.
    region = commands.caller.region
    named = identify(region, "transfer", body.reference) if body.reference else uuid4()
    return await commands.run(
        command, target=named, subject=body.reference, show=_show(commands, named)
    )


@router.post("/transfers:preview")
async def preview_transfer(body: SaveBody, tx: ReadTransaction, reader: Reader) -> TransferPreview:
    """Visa ett byte som det skulle bli: vem som kvitterar, när, och vem som betalar (BMB-2).

    Nekas som när bytet sparas och skickas, utom för ett intyg som saknas: det står i svaret.
    """
    return await preview(await command_of(body, reader), tx)


@router.post("/transfers/{transfer_id}:execute", status_code=202)
async def execute_transfer(transfer_id: UUID, commands: Commands) -> TransferView:
    """Verkställ ett utkast: skicka det. 202 medan lagret prövar om hjälpmedlen kan bytas.

    Nekas: UNKNOWN_TRANSFER, NOT_A_DRAFT, NOT_RESPONSIBLE, SENDER_NOT_PERMITTED (BMB-2),
    UNKNOWN_USER (REF-3), ATTESTATION_MISSING, PATIENT_TO_PATIENT_FORBIDDEN (BMB-11); och som när
    ett byte sparas, om utkastet inte längre skulle kunna sparas.
    """
    command = ExecuteTransfer(by=commands.caller.user_id)
    return await _run(command, transfer_id, commands, rule="BMB-2")


@router.post("/transfers/{transfer_id}:cancel")
async def cancel_transfer(transfer_id: UUID, commands: Commands) -> TransferView:
    """Kasta ett utkast; allt är som förut.

    Nekas: UNKNOWN_TRANSFER, NOT_A_DRAFT, SENDER_ELSEWHERE (BMB-2), UNKNOWN_USER (REF-3).
    """
    command = CancelTransfer(by=commands.caller.user_id)
    return await _run(command, transfer_id, commands, rule="BMB-2")


@router.post("/transfers/{transfer_id}:accept")
async def accept_transfer(transfer_id: UUID, body: AcceptBody, commands: Commands) -> TransferView:
    """Kvittera: godkänn bytet för en kund, som bestämmer betalaren. Där regionen tillåter det kan
    en del av hjälpmedlen avslås samtidigt; avslås alla är hela bytet avslaget.

    Nekas: UNKNOWN_TRANSFER, UNKNOWN_CUSTOMER, UNKNOWN_PAYER, NOT_OPEN, SENT_BY_ONESELF,
    CUSTOMER_OF_ANOTHER_SIDE, PAYER_FOLLOWS_CUSTOMER, PAYER_NOT_INVOLVED (BMB-4), NOT_RESPONSIBLE
    (BMB-9), UNKNOWN_USER (REF-3), DEADLINE_PASSED (BMB-7), INACTIVE_RECIPIENT (REF-14),
    NOT_A_PRESCRIBER (BMB-1), BUNDLE_WHOLE, NOT_IN_TRANSFER, MESSAGE_MISSING (BMB-5).
    """
    command = AcceptTransfer(by=commands.caller.user_id, **dict(body))
    return await _run(command, transfer_id, commands, rule="BMB-4")


@router.post("/transfers/{transfer_id}:reject")
async def reject_transfer(transfer_id: UUID, body: RejectBody, commands: Commands) -> TransferView:
    """Kvittera: godkänn inte bytet.

    Nekas: UNKNOWN_TRANSFER, MESSAGE_MISSING (BMB-5), NOT_OPEN (BMB-4), NOT_RESPONSIBLE (BMB-9),
    UNKNOWN_USER (REF-3), DEADLINE_PASSED (BMB-7).
    """
    command = RejectTransfer(by=commands.caller.user_id, message=body.message)
    return await _run(command, transfer_id, commands, rule="BMB-5")


@router.post("/transfers/{transfer_id}:withdraw")
async def withdraw_transfer(transfer_id: UUID, commands: Commands) -> TransferView:
    """Ångra: ta tillbaka ett skickat byte som ingen har svarat på. Hjälpmedlen är fria.

    Nekas: UNKNOWN_TRANSFER, NOT_RESPONSIBLE, NOT_OPEN (BMB-6), UNKNOWN_USER (REF-3),
    DEADLINE_PASSED (BMB-7).
    """
    command = WithdrawTransfer(by=commands.caller.user_id)
    return await _run(command, transfer_id, commands, rule="BMB-6")


@router.post("/transfers/{transfer_id}:ask-to-unlock")
async def ask_to_unlock_transfer(transfer_id: UUID, commands: Commands) -> TransferView:
    """Be om upplåsning: kundtjänst får veta vem som ber. Bytet är låst till dess att de låser upp.

    Nekas: UNKNOWN_TRANSFER, NOT_LOCKED, NOT_RESPONSIBLE (BMB-7), UNKNOWN_USER (REF-3).
    """
    command = AskToUnlockTransfer(by=commands.caller.user_id)
    return await _run(command, transfer_id, commands, rule="BMB-7")


@router.post("/transfers/{transfer_id}:unlock")
async def unlock_transfer(transfer_id: UUID, body: UnlockBody, commands: Commands) -> TransferView:
    """Lås upp ett låst byte. Bara kundtjänst. Svaret visar ingen mottagare med skyddade
    personuppgifter.

    Nekas: UNKNOWN_TRANSFER, NOT_LOCKED (BMB-7), UNKNOWN_USER (REF-3), CUSTOMER_SERVICE_ONLY
    (REF-12).
    """
    command = UnlockTransfer(by=commands.caller.user_id, asked_by=body.asked_by)
    show = _show(commands, transfer_id)
    return await commands.run(command, target=transfer_id, scope=UNLOCKED, rule="BMB-7", show=show)


async def _with_device(number: DeviceNumber, reader: RegionReader) -> ColumnElement[bool]:
    found = await device_ids_numbered(reader, number)
    names = (cast(TransferRow.devices, JSONB).contains([str(one)]) for one in found)
    return and_(concerns(found, reader.region), or_(false(), *names))


async def _of_person(person: PersonRef, reader: RegionReader) -> ColumnElement[bool]:
    refs = sorted(await references_of(reader, person), key=str)
    names = (
        cast(column, JSONB).contains({"kind": "patient", "person": str(ref)})
        for column in (TransferRow.current_recipient, TransferRow.new_recipient)
        for ref in refs
    )
    return and_(concerns(refs, reader.region), or_(*names))


class TransferQuery(ListQuery):
    """Which transfers."""

    status: Annotated[list[Status] | None, In(TransferRow.status, "En eller flera")] = None
    incoming: Annotated[
        ServicePointId | None, Eq(TransferRow.receiving_service_point, "Kvitteras av")
    ] = None
    outgoing: Annotated[
        ServicePointId | None, Eq(TransferRow.sending_service_point, "Skickat från")
    ] = None
    device: Annotated[DeviceNumber | None, WhereLookedUp(_with_device, "Individnummer")] = None
    sender: Annotated[UserId | None, Eq(TransferRow.sender, "Avsändare")] = None
    person: Annotated[
        PersonRef | None,
        WhereLookedUp(_of_person, "Mottagare före eller efter bytet, som referens"),
    ] = None
    transfer_date: Annotated[Day | None, Eq(TransferRow.transfer_date, "BMB-datum")] = None


TRANSFERS = ListOf(
    select(TransferRow),
    scope=SHOWN,
    sorts=named(
        TransferRow.transfer_date,
        TransferRow.deadline,
        TransferRow.sender,
        TransferRow.status,
        sent_at=TransferRow.requested_at,
    ),
    default="-sent_at",
    view=TransferLine.of,
)


@router.get("/transfers")
async def list_transfers(
    reader: Reader, asked: Annotated[TransferQuery, Query()]
) -> Page[TransferLine]:
    """Byten som rör dina tjänsteställen eller dig, för kundtjänst alla i regionen utom de som rör
    någon med skyddade personuppgifter; de senast skickade först.
    """
    return await TRANSFERS.page(asked, reader)


@router.get("/transfers:to-take-over")
async def list_to_take_over(
    reader: Reader, asked: Annotated[ListQuery, Query()]
) -> Page[TransferLine]:
    """Att överta: skickade till något av dina tjänsteställen och inte kvitterade (BMB-8)."""
    to_me = TransferRow.receiving_service_point.in_(reader.caller.service_points)
    return await TRANSFERS.page(asked, reader, to_me, TransferRow.status == Status.SENT)


@router.get("/transfers:unanswered")
async def list_unanswered(
    reader: Reader, asked: Annotated[ListQuery, Query()]
) -> Page[TransferLine]:
    """Ej besvarade: skickade från dina tjänsteställen, som ingen har kvitterat, också när de blev
    låsta, upplåsta eller ogiltiga för det (BMB-8).
    """
    unanswered = TransferRow.status.in_(UNANSWERED)
    return await TRANSFERS.page(asked, reader, _from_me(reader), unanswered)


@router.get("/transfers:rejected")
async def list_rejected(reader: Reader, asked: Annotated[ListQuery, Query()]) -> Page[TransferLine]:
    """Ej godkända: skickade från dina tjänsteställen, som mottagaren har sagt nej till, helt eller
    till en del (BMB-8).
    """
    return await TRANSFERS.page(asked, reader, _from_me(reader), was_rejected())


class LockedQuery(ListQuery):
    """Which locked transfers."""

    asked: Annotated[
        bool,
        Where(lambda _, __: TransferRow.unlock_asked_at.is_not(None), "Bara de som någon ber om"),
    ] = False


LOCKED = ListOf(
    select(TransferRow, is_of_protected().label("is_of_protected")),
    scope=UNLOCKED,
    sorts=named(TransferRow.unlock_asked_at, TransferRow.deadline),
    default="unlock_asked_at",
    view=LockedTransfer.of,
)


@router.get("/transfers:locked")
async def list_locked(
    reader: Reader, asked: Annotated[LockedQuery, Query()]
) -> Page[LockedTransfer]:
    """Låsta byten som kundtjänst kan låsa upp: först de som någon ber om, den som har väntat
    längst överst (BMB-7). Vem de gäller står inte här.
    """
    locked = TransferRow.status == Status.LOCKED
    return await LOCKED.page(asked, reader, locked, may_be_unlocked(reader.grant))


@router.get("/transfers/{transfer_id}")
async def get_transfer(transfer_id: UUID, reader: Reader, tx: ReadTransaction) -> TransferView:
    """Ett byte. Meddelanden syns för avsändaren, mottagaren och kundtjänst.

    Det som rör någon med skyddade personuppgifter finns bara för de enheter som det gäller.
    """
    row = await reader.get(TransferRow, transfer_id, scope=SHOWN, rule="BMB-8")
    return await _view(row, reader, tx)


class NamedTransfersQuery(BaseModel):
    """Vilka byten."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[list[UUID], Field(min_length=1, max_length=50, description="Bytenas id")]


class NamedTransfers(BaseModel):
    """Byten, i den ordning som de nämndes. Det som inte finns, eller inte är ditt, utelämnas."""

    items: list[TransferView]


# decision 0339: a page asks once for all that it names
@router.get("/transfers:named")
async def get_named_transfers(
    asked: Annotated[NamedTransfersQuery, Query()], reader: Reader, tx: ReadTransaction
) -> NamedTransfers:
    """Flera byten på en gång, som de visas ett och ett: högst 50."""
    rows = await reader.several(TransferRow, asked.id, scope=SHOWN)
    return NamedTransfers(items=[await _view(row, reader, tx) for row in rows])


async def _view(row: TransferRow, reader: RegionReader, tx: Transaction) -> TransferView:
    numbers = await device_numbers(reader, row.devices)
    texts = await reader.look_up(TransferTextRow, row.id)
    receiving, sending = await _answering(tx, row)
    policy = reader.pinned_policy(row.policy) if row.policy else None
    return TransferView.with_devices(
        row,
        numbers=numbers,
        texts=texts,
        policy=policy,
        receiving=receiving,
        sending=sending,
        caller=reader.caller,
        payers=await payers_for(row, reader.caller.service_points, tx),
        would_take_effect_on=_if_accepted(row, tx),
    )


@router.get("/transfers/{transfer_id}/story")
async def tell_transfer(transfer_id: UUID, reader: Reader, tx: ReadTransaction) -> Story:
    """Varför ett byte är som det är: vad som har hänt, av vem och enligt vilken regel, och vad som
    kommer (REF-6).
    """
    row = await reader.get(TransferRow, transfer_id, scope=SHOWN, rule="BMB-8")
    due = await reader.due(*story.TIMERS, of=[transfer_id])
    policy = reader.pinned_policy(row.policy) if row.policy else None
    receiving, _ = await _answering(tx, row)
    comes = story.what_comes(row.state(), due=due, policy=policy, responsible=receiving.acts_today)
    return Story(items=told(await reader.log_of(row), by=story.tell), next=list(comes))


async def _run(
    command: AcceptTransfer
    | AskToUnlockTransfer
    | CancelTransfer
    | ExecuteTransfer
    | RejectTransfer
    | WithdrawTransfer,
    transfer_id: UUID,
    commands: CommandRunner,
    *,
    rule: str,
) -> TransferView:
    show = _show(commands, transfer_id)
    return await commands.run(command, target=transfer_id, scope=SHOWN, rule=rule, show=show)


def _show(
    commands: CommandRunner, transfer_id: UUID
) -> Callable[[Transaction], Awaitable[TransferView]]:
    async def show(tx: Transaction) -> TransferView:
        row = await tx.get(TransferRow, transfer_id)
        devices = await tx.look_up_all(DeviceRow, row.devices)
        numbers = {one.device_id: one.device_number for one in devices}
        texts = await tx.look_up(TransferTextRow, transfer_id)
        receiving, sending = await _answering(tx, row)
        policy = tx.pinned_policy(row.policy) if row.policy else None
        view = TransferView.with_devices(
            row,
            numbers=numbers,
            texts=texts,
            policy=policy,
            receiving=receiving,
            sending=sending,
            caller=commands.caller,
            payers=await payers_for(row, commands.caller.service_points, tx),
            would_take_effect_on=_if_accepted(row, tx),
        )
        return view if await is_shown(transfer_id, commands.grant, tx) else view.without_recipient()

    return show


async def _answering(
    tx: Transaction, row: TransferRow
) -> tuple[ResponsiblesView, ResponsiblesView]:
    places = (row.receiving_service_point, row.sending_service_point)
    receiving, sending = [
        ResponsiblesView.of(one, await responsibles_of(tx, one), today=tx.today) for one in places
    ]
    return receiving, sending


def _if_accepted(row: TransferRow, tx: Transaction) -> date | None:
    """The day of effect, were the transfer accepted now, by the policy that it is pinned to."""
    if row.status not in UNDECIDED:
        return None
    policy = tx.pinned_policy(row.policy) if row.policy else tx.policy
    return takes_effect_on(row.state(), decided_on=tx.today, policy=policy.transfer)


def _from_me(reader: RegionReader) -> ColumnElement[bool]:
    return TransferRow.sending_service_point.in_(reader.caller.service_points)
