"""Stories of what patients have said: blocks and consents."""

from datetime import timedelta
from uuid import uuid4

from kvitt_contracts.types import ServicePointId, UserId
from kvitt_testkit.world import World
from orders.blocks.commands import LiftBlock, OpenBlocks, RegisterBlock
from orders.blocks.domain import AskedBy
from orders.consents.commands import GiveConsent, WithdrawConsent

from contracts.tests.builders.story import OUTSIDER, RECEIVING, SENDER, SENDING
from services.orders.tests.worlds import ref_of


async def what_patients_have_said(world: World) -> None:
    """A block that is opened and lifted, and consents to their ends."""
    ref, block, consent = await ref_of(world), uuid4(), uuid4()
    await world.register(OUTSIDER, service_points=[RECEIVING])
    at, by = ServicePointId(SENDING), UserId(SENDER)
    day = (await world.now()).date()
    asked = RegisterBlock(
        person=ref, service_point=at, asked_by=AskedBy.PATIENT, asked_on=day, by=by
    )
    await world.command(asked, target=block)
    opening = OpenBlocks(person=ref, why="Medvetslös, larmar", by=UserId(OUTSIDER))
    await world.command(opening, target=ref)
    given = GiveConsent(person=ref, service_point=at, until_on=day, opens_blocks=False, by=by)
    for target in (consent, uuid4()):
        await world.command(given, target=target)
    await world.command(WithdrawConsent(by=by), target=consent)
    await world.advance(await world.now() + timedelta(days=2))
    await world.command(LiftBlock(by=by), target=block)
