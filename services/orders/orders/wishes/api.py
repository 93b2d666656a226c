"""Blocks and consents over HTTP: registered, lifted, opened, given, withdrawn, shown. No rule."""

from uuid import UUID, uuid4

from kvitt_chassis.http import ApiRouter, Commands, Reader, RegionWide
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.types import PersonRef

from orders.blocks.commands import LiftBlock, OpenBlocks, RegisterBlock
from orders.blocks.models import BlockOpeningRow, BlockRow
from orders.care.queries import reach_to
from orders.consents.commands import GiveConsent, WithdrawConsent
from orders.consents.models import ConsentRow
from orders.people.models import PersonRow
from orders.wishes.queries import BLOCKS, CONSENTS, said_by
from orders.wishes.views import (
    BlockBody,
    BlockView,
    ConsentBody,
    ConsentView,
    OpeningBody,
    WishesView,
    wishes_of,
)

router = ApiRouter(tags=["Spärrar och samtycken"])

_ANYBODY = RegionWide(PersonRow.region, because="who must see may not wait for a part (REF-25)")


@router.get("/persons/{person}/blocks")
async def show_blocks(person: PersonRef, reader: Reader, tx: ReadTransaction) -> WishesView:
    """Spärrar och samtycken för den som du har en del i vården av, eller har öppnat: att något är
    spärrat för dig, men inte vad; och dina enheters egna (REF-25, REF-26).
    """
    await reader.get(PersonRow, person, scope=reach_to(person), rule="REF-25")
    return wishes_of(
        person,
        reader.caller,
        blocks=await said_by(BlockRow, person, tx),
        openings=await said_by(BlockOpeningRow, person, tx),
        consents=await said_by(ConsentRow, person, tx),
    )


@router.post("/persons/{person}/blocks", status_code=201)
async def register_block(person: PersonRef, body: BlockBody, commands: Commands) -> BlockView:
    """Registrera att en patient har bett en enhet om spärr: det som enheten har om patienten syns
    från och med nu inte för andra enheter (REF-25).

    Nekas: UNKNOWN_PERSON (REF-25), UNKNOWN_CUSTOMER, UNKNOWN_USER, NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT (REF-3), ASKED_LATER, ALREADY_BLOCKED (REF-25).
    """
    block_id = uuid4()

    async def show(tx: Transaction) -> BlockView:
        return BlockView.of(await tx.get(BlockRow, block_id))

    command = RegisterBlock(person=person, by=commands.caller.user_id, **dict(body))
    return await commands.run(
        command, target=block_id, named=person, scope=reach_to(person), rule="REF-25", show=show
    )


@router.post("/persons/{person}/blocks:open")
async def open_blocks(person: PersonRef, body: OpeningBody, commands: Commands) -> WishesView:
    """Se det som andra enheter har spärrat, i en nödsituation. Skälet förseglas, varje enhet får
    veta det, det loggas, och efter policyns timmar är det spärrat igen (REF-25).

    Nekas: UNKNOWN_PERSON (REF-25), UNKNOWN_USER (REF-3), NOTHING_BLOCKED (REF-25), TOO_MANY_LOOKS
    (REF-19).
    """
    caller = commands.caller

    async def show(tx: Transaction) -> WishesView:
        return wishes_of(
            person,
            caller,
            blocks=await said_by(BlockRow, person, tx),
            openings=await said_by(BlockOpeningRow, person, tx),
            consents=await said_by(ConsentRow, person, tx),
        )

    command = OpenBlocks(person=person, why=body.reason, by=caller.user_id)
    return await commands.run(command, target=person, scope=_ANYBODY, rule="REF-25", show=show)


@router.post("/blocks/{block_id}:lift")
async def lift_block(block_id: UUID, commands: Commands) -> BlockView:
    """Häv en spärr, när patienten inte vill ha den längre (REF-25).

    Nekas: UNKNOWN_BLOCK (REF-25).
    """

    async def show(tx: Transaction) -> BlockView:
        return BlockView.of(await tx.get(BlockRow, block_id))

    command = LiftBlock(by=commands.caller.user_id)
    return await commands.run(command, target=block_id, scope=BLOCKS, rule="REF-25", show=show)


@router.post("/persons/{person}/consents", status_code=201)
async def give_consent(person: PersonRef, body: ConsentBody, commands: Commands) -> ConsentView:
    """Registrera att en patient låter en enhet se vad andra har om den, till och med en dag
    (REF-26). Den som registrerar det har tagit emot det.

    Nekas: UNKNOWN_PERSON (REF-26), UNKNOWN_CUSTOMER, UNKNOWN_USER, NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT (REF-3), UNTIL_IS_PAST (REF-26).
    """
    consent_id = uuid4()

    async def show(tx: Transaction) -> ConsentView:
        return ConsentView.of(await tx.get(ConsentRow, consent_id))

    command = GiveConsent(person=person, by=commands.caller.user_id, **dict(body))
    return await commands.run(
        command, target=consent_id, named=person, scope=reach_to(person), rule="REF-26", show=show
    )


@router.post("/consents/{consent_id}:withdraw")
async def withdraw_consent(consent_id: UUID, commands: Commands) -> ConsentView:
    """Ta tillbaka ett samtycke, när som helst (REF-26).

    Nekas: UNKNOWN_CONSENT (REF-26).
    """

    async def show(tx: Transaction) -> ConsentView:
        return ConsentView.of(await tx.get(ConsentRow, consent_id))

    command = WithdrawConsent(by=commands.caller.user_id)
    return await commands.run(command, target=consent_id, scope=CONSENTS, rule="REF-26", show=show)
