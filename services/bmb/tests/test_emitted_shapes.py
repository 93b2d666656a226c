"""What bmb really emits: the builders beside the contracts may make nothing else."""

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

from bmb.app import service
from bmb.responsibles.commands import SetResponsibles
from kvitt_contracts.bmb import (
    AcceptTransfer,
    AskToUnlockTransfer,
    CancelTransfer,
    ExecuteTransfer,
    RejectTransfer,
    SaveTransfer,
    UnlockTransfer,
    WithdrawTransfer,
)
from kvitt_contracts.envelope import Event
from kvitt_contracts.policy import Policies, PolicyHistory
from kvitt_contracts.types import CustomerId, RegionCode, UserId
from kvitt_testkit.unreadable import quarantine_and_discard
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.inventory import (
    a_custody_changed_by_transfer,
    a_device_registered,
    a_device_stated_on_loan,
    a_hold_broken,
    a_hold_granted,
    a_hold_refused,
)
from contracts.tests.builders.orders import (
    a_care_unit_registered,
    a_person_inactivated,
    a_user_registered,
)
from contracts.tests.builders.regions import a_responsibles_stated
from contracts.tests.builders.shapes import assert_proven
from contracts.tests.builders.story import (
    OTHER,
    OTHER_PATIENT,
    OUTSIDER,
    OWN,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    SERVICE,
    STAND_IN,
    SUBSTITUTE,
    a_care_unit,
    device_id,
    transfer_id,
)
from services.bmb.tests.builders import a_policy, the_registry

AT = stockholm("2026-05-01 10:00")
AC = RegionCode("ac")
PATIENT, UNIT, STORE = "170098", "170099", "170077"
"""Devices at a patient, at a care unit and in the sender's store."""
OTHER_ONE = "157792"
"""Another one at the patient."""

TO_PATIENT: dict[str, Any] = {"new_recipient": {"kind": "patient", "person": OTHER_PATIENT}}
TO_UNIT = {"new_recipient": {"kind": "care_unit", "unit": "30111"}}
TO_STORE, TO_PRESCRIBER = {"new_store": OWN}, {"new_prescriber": RECEIVER}
KINDS: tuple[tuple[str, dict[str, Any]], ...] = (
    *(
        (device, {**what, **whom})
        for device, what, whom in product(
            (PATIENT, UNIT, STORE), (TO_PATIENT, TO_UNIT), ({}, TO_PRESCRIBER)
        )
    ),
    *(
        (device, {**what, **whom})
        for device, what, whom in product((PATIENT, UNIT), ({}, TO_STORE), ({}, TO_PRESCRIBER))
    ),
)
"""Every kind of transfer: what it is of, and what changes."""


async def test_bmb_emits_what_its_builders_make(given: Given) -> None:
    emitted: list[Event] = []
    by_line = Policies({AC: PolicyHistory(versions=(a_policy(bundle="by_line"),))})
    async with given(service, at=AT, policies=by_line) as world:
        await world.handle_all(*the_registry(), *map(a_device_stated_on_loan, (PATIENT, OTHER_ONE)))
        await answered_by_line(world)
        emitted += await world.events()
    for region, story in (
        ("ac", drafts),
        ("ac", answers),
        ("ac", accepted_at_once),
        ("ac", unanswered),
        ("ac", refused_and_dropped),
        ("bd", unanswered_one),
        ("w", unanswered_one),
        ("ac", responsibles),
    ):
        async with given(service, at=AT) as world:
            await world.handle_all(
                *the_registry(),
                a_care_unit_registered("30111"),
                a_device_stated_on_loan(PATIENT, region=region),
                a_device_stated_on_loan(UNIT, holder=a_care_unit(), region=region),
                a_device_registered(STORE, region=region),
                region=region,
            )
            await story(world, region)
            await quarantine_and_discard(world, region=region)
            emitted += await world.events()
    assert_proven("bmb", emitted)


def a_wish(device: str, **changes: Any) -> SaveTransfer:
    """What a sender wants with a device."""
    return SaveTransfer.model_validate({"sender": SENDER, "devices": (device,), **changes})


async def send(world: World, name: str, device: str, *, region: str = "ac", **changes: Any) -> None:
    """A transfer that its receiver can see."""
    await world.handle(a_wish(device, execute=True, **changes), subject=name, region=region)
    granted = a_hold_granted(device, transfer=transfer_id(name, region=region), region=region)
    await world.handle(granted, region=region)


async def drafts(world: World, region: str) -> None:
    """Drafts of every kind, from a region's system and over HTTP; executed and cancelled."""
    for number, (device, changes) in enumerate(KINDS):
        save = a_wish(device, **changes)
        await world.handle(save, subject=f"DRAFT-{number}")
        await world.command(save, target=uuid4())
        by = UserId(SENDER)
        end = CancelTransfer(by=by) if number == 0 else ExecuteTransfer(by=by)
        await world.handle(end, subject=f"DRAFT-{number}")


async def answers(world: World, region: str) -> None:
    """Transfers of every kind that are accepted; one takes effect, one is rejected."""
    for number, (device, changes) in enumerate(KINDS):
        await send(world, f"YES-{number}", device, **changes)
        by, customer = (SENDER, SENDING) if device == STORE else (OUTSIDER, OTHER)
        if "new_prescriber" in changes:
            by, customer = RECEIVER, RECEIVING
        accept = AcceptTransfer(by=UserId(by), customer_id=CustomerId(customer))
        await world.handle(accept, subject=f"YES-{number}")
    await world.handle(a_custody_changed_by_transfer(transfer="YES-0"))
    await send(world, "BACK", PATIENT, **TO_PRESCRIBER)
    await world.handle(WithdrawTransfer(by=UserId(SENDER)), subject="BACK")
    await send(world, "NO", PATIENT, **TO_PRESCRIBER)
    await world.handle(RejectTransfer(by=UserId(RECEIVER), message="Fel enhet"), subject="NO")


async def answered_by_line(world: World) -> None:
    """A transfer of two devices, of which the receiver accepts one."""
    await world.handle(a_wish(PATIENT, devices=(PATIENT, OTHER_ONE), execute=True), subject="SOME")
    await world.handle(a_hold_granted(PATIENT, OTHER_ONE, transfer="SOME"))
    rejected = [{"device_id": device_id(OTHER_ONE)}]
    answer = {"by": OUTSIDER, "customer_id": OTHER, "message": "Åter", "reject": rejected}
    await world.handle(AcceptTransfer.model_validate(answer), subject="SOME")


async def accepted_at_once(world: World, region: str) -> None:
    """Transfers that their sender accepts himself, in the same act."""
    for number, changes in enumerate((TO_PATIENT, TO_UNIT)):
        await send(world, f"AT-ONCE-{number}", STORE, accept_for=SENDING, **changes)


async def unanswered(world: World, region: str) -> None:
    """Transfers of every kind that nobody answers: executed automatically, but for one whose
    recipient has ended.
    """
    for number, (device, changes) in enumerate(KINDS):
        await send(world, f"WAIT-{number}", device, **changes)
    await world.advance(stockholm("2026-05-08 00:00"))
    await send(world, "GONE", PATIENT, new_recipient=TO_PATIENT["new_recipient"])
    await world.handle(a_person_inactivated(OTHER_PATIENT))
    await world.advance(stockholm("2026-05-20 00:00"))


async def unanswered_one(world: World, region: str) -> None:
    """A transfer that nobody answers is locked or void, by the region's policy."""
    await send(world, "BMB-1", PATIENT, region=region, **TO_PRESCRIBER)
    await world.advance(stockholm("2026-05-10 00:00"))
    if region == "bd":
        await world.handle(AskToUnlockTransfer(by=UserId(SENDER)), subject="BMB-1", region=region)
        unlock = UnlockTransfer(by=UserId(SERVICE), asked_by=UserId(SENDER))
        await world.handle(unlock, subject="BMB-1", region=region)


async def refused_and_dropped(world: World, region: str) -> None:
    """A transfer whose device cannot be held, one without answer, one that loses its device."""
    await world.handle(a_wish(PATIENT, execute=True, **TO_PRESCRIBER), subject="BMB-1")
    await world.handle(a_hold_refused(PATIENT))
    await world.handle(a_wish(UNIT, execute=True, **TO_PRESCRIBER), subject="BMB-2")
    await send(world, "BMB-3", PATIENT, **TO_PRESCRIBER)
    await world.handle(a_hold_broken(PATIENT, transfer="BMB-3"))
    await world.advance(AT + timedelta(days=2))
    await world.refuse(a_wish("404404"), subject="BMB-4")
    await world.refuse(ExecuteTransfer(by=UserId(SENDER)), subject="BMB-1")


async def responsibles(world: World, region: str) -> None:
    """Who answers for a unit, as its region and its users say it, until all of them have left."""
    await world.handle_all(
        a_user_registered(SUBSTITUTE, RECEIVING),
        a_user_registered(STAND_IN, RECEIVING, role="requester"),
    )
    absence = {"stand_in": STAND_IN, "absent_from_on": "2026-05-04", "absent_to_on": "2026-05-08"}
    several = {"substitutes": (SUBSTITUTE,)}
    teams: tuple[dict[str, Any], ...] = ({}, several, absence, {**several, **absence})
    for version, changes in enumerate(teams, start=1):
        await world.handle(a_responsibles_stated(version=version, **changes), subject=RECEIVING)
        for by in (RECEIVER, SERVICE):
            await _say(world, by, substitutes=(STAND_IN,))
            await _say(world, by, **changes)
    for user in (RECEIVER, SUBSTITUTE):
        await world.handle(a_user_registered(user, RECEIVING, active=False))


async def _say(world: World, by: str, **changes: Any) -> None:
    asked_by = RECEIVER if by == SERVICE else None
    values = {"by": by, "asked_by": asked_by, "service_point": RECEIVING, "main": RECEIVER}
    await world.command(SetResponsibles.model_validate({**values, **changes}))
