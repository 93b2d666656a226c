"""Stories of cases, to their ends."""

from kvitt_contracts.orders import AnswerCase, AskCase, MakePickupUrgent, NamedThing, WithdrawCase
from kvitt_contracts.types import (
    DeviceNumber,
    PatientRecipient,
    Reference,
    ServicePointId,
    Thing,
    UserId,
    Word,
)
from kvitt_testkit.world import World, stockholm
from orders.cases.commands import AnswerCaseInWords, AskCaseInWords

from contracts.tests.builders.inventory import a_custody, a_custody_changed_by_order
from contracts.tests.builders.story import SENDER, SERVICE, case_id, device_id, pickup_id
from services.orders.tests.pickups import DEVICES
from services.orders.tests.worlds import ref_of


async def cases_to_their_ends(world: World) -> None:
    """Cases about something and about nothing, in words and without: one is answered in words and
    one without, one is withdrawn, and one waits too long.
    """
    by, staff = UserId(SENDER), UserId(SERVICE)
    place = ServicePointId("40201")
    order = NamedThing(kind=Word("order"), reference=Reference("DELIVERED"))
    for number in range(3):
        question = AskCase(kind=Word("deviation"), about=order, service_point=place, by=by)
        await world.handle(question, subject=f"C-{number}")
    pickup = Thing(kind=Word("pickup"), id=pickup_id("H-1"))
    device = Thing(kind=Word("device"), id=device_id(DEVICES[0]))
    for number, about in enumerate((pickup, device, None), 3):
        said = AskCaseInWords(
            kind=Word("other"), about=about, service_point=place, by=by, text="Ring mig."
        )
        await world.command(said, target=case_id(f"C-{number}"), subject=f"C-{number}")
    at = PatientRecipient(person=await ref_of(world, "ac-person-1"))
    await world.handle(a_custody_changed_by_order("170900", to=a_custody(at)))
    moves = AskCaseInWords(
        kind=Word("patient_moves"),
        about=Thing(kind=Word("person"), id=at.person),
        devices=(DeviceNumber("170900"),),
        service_point=place,
        by=by,
        text="Flyttar till en annan region.",
    )
    await world.command(moves, target=case_id("C-6"), subject="C-6")
    await world.handle(AnswerCase(outcome=Word("done"), by=staff), subject="C-0")
    no = AnswerCaseInWords(outcome=Word("refused"), by=staff, text="Den är redan hämtad.")
    await world.command(no, target=case_id("C-3"), subject="C-3")
    await world.handle(WithdrawCase(by=by), subject="C-1")
    await world.advance(stockholm("2026-03-30 08:00"))
    await world.handle(MakePickupUrgent(by=by), subject="H-3")  # no price any more
