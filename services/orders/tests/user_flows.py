"""What becomes of users' access."""

from kvitt_contracts.orders import ApplyForAccess, GrantAccess, RefuseAccess
from kvitt_contracts.types import Role, ServicePointId, UserId, Word
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.regions import a_user_stated
from contracts.tests.builders.story import SENDER
from services.orders.tests.builders import registry


async def users_lose_access_and_have_it_again(world: World) -> None:
    """Access lapses, with and without a head who is told; it is applied for by a head, and by
    customer service for one, granted, refused; somebody new has it too.
    """
    await registry(world)
    head, staff, by = UserId("k201ema"), UserId("s001kun"), UserId(SENDER)
    await world.advance(stockholm("2026-06-01 08:00"))
    duties = (Word("unit_head"),)
    await world.handle(a_user_stated(head, roles=("requester",), duties=duties), subject=head)
    await world.handle(a_user_stated(staff, roles=("customer_service",)), subject=staff)
    employed = a_user_stated("k202kom", employer_kind="municipality")
    await world.handle(employed, subject="k202kom")
    await world.advance(stockholm("2026-09-03 08:00"))
    await world.handle(ApplyForAccess(user_id=by, by=head), subject=by)
    await world.handle(RefuseAccess(user_id=by, by=staff, asked_by=head), subject=by)
    asked = ApplyForAccess(user_id=by, by=staff, asked_by=head)
    await world.handle(asked, subject=by)
    await world.handle(a_user_stated(by, version=9, profession=Word("logoped")), subject=by)
    await world.handle(GrantAccess(user_id=by, by=staff, asked_by=head), subject=by)
    new = ApplyForAccess(
        user_id=UserId("k090ny"),
        roles=(Role.PRESCRIBER,),
        service_point=ServicePointId("40201"),
        by=head,
    )
    await world.handle(new, subject="k090ny")
    grant = GrantAccess(user_id=UserId("k090ny"), by=staff, asked_by=head)
    await world.handle(grant, subject="k090ny")
    await world.advance(stockholm("2027-06-01 08:00"))
