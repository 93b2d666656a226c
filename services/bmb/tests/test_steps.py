"""What has changed between a transfer's steps, and who may take each: on a real database."""

from typing import Any

import pytest
from bmb.domain import Status
from bmb.models import TransferRow
from kvitt_contracts.bmb import (
    AcceptTransfer,
    ExecuteTransfer,
    RejectTransfer,
    TransferAccepted,
    TransferDrafted,
    TransferExecutedAutomatically,
    TransferLocked,
    TransferRequested,
    TransferSent,
    TransferVoided,
    UnlockTransfer,
)
from kvitt_contracts.envelope import Event
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Role, UserId
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_custody_changed_by_transfer,
    a_device_registered,
    a_device_stated_on_loan,
    a_hold_granted,
)
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_person_inactivated,
    a_person_merged,
    a_person_reactivated,
    a_user_registered,
)
from contracts.tests.builders.story import (
    OTHER,
    OTHER_PATIENT,
    OTHER_PAYER,
    OUTSIDER,
    PAYER,
    RECEIVER,
    RECEIVING,
    RECEIVING_PAYER,
    SENDER,
    SENDING,
    SERVICE,
    a_patient,
    transfer_id,
)
from services.bmb.tests.worlds import Registered, a_save, an_accept, registered, sent, status

__all__ = ["registered"]

TO_PATIENT = {"kind": "patient", "person": OTHER_PATIENT}
GONE = a_user_registered(RECEIVER, RECEIVING, active=False)
EXECUTE = ExecuteTransfer(by=UserId(SENDER))
ENDED = pytest.mark.parametrize(
    ("what", "reason"),
    [(a_person_inactivated(OTHER_PATIENT), "INACTIVE_RECIPIENT"), (GONE, "NOT_A_PRESCRIBER")],
    ids=["recipient", "prescriber"],
)


async def refusal(world: World, command: Any, *, subject: str = "BMB-1") -> str:
    """Why a command is refused."""
    with pytest.raises(Refused) as refused:
        await world.handle(command, subject=subject)
    return refused.value.reason


def an_own_accept(**changes: Any) -> AcceptTransfer:
    """The sender says yes to what he sent himself."""
    return an_accept(**{"by": SENDER, "customer_id": SENDING, **changes})


# -- what ended ----------------------------------------------------------------------------------


@pytest.mark.rule("BMB-2f", "REF-14a")
@ENDED
async def test_a_draft_whose_recipient_or_prescriber_has_ended_is_not_sent(
    registered: Registered, what: Event, reason: str
) -> None:
    async with registered() as world:
        await world.handle(a_save(new_recipient=TO_PATIENT, execute=False), subject="BMB-1")
        await world.handle(what)

        assert await refusal(world, EXECUTE) == reason
        assert await status(world) is Status.DRAFT


@pytest.mark.rule("BMB-4n", "REF-14a")
@ENDED
async def test_what_has_ended_since_it_was_sent_is_not_accepted_but_may_be_rejected(
    registered: Registered, what: Event, reason: str
) -> None:
    async with registered() as world:
        colleague = "k201eva"
        await world.handle(a_user_registered(colleague, RECEIVING))
        await sent(world, new_recipient=TO_PATIENT)
        await world.handle(what)

        assert await refusal(world, an_accept(by=colleague)) == reason
        reject = RejectTransfer(by=UserId(colleague), message="Avliden")
        await world.handle(reject, subject="BMB-1")
        assert await status(world) is Status.REJECTED


@pytest.mark.rule("BMB-7g", "REF-14a")
@ENDED
async def test_what_has_ended_is_not_executed_automatically_but_void_and_says_why(
    registered: Registered, what: Event, reason: str
) -> None:
    async with registered() as world:
        await sent(world, new_recipient=TO_PATIENT)
        await world.handle(what)
        await world.advance(stockholm("2026-05-08 00:00"))

        (voided,) = await world.events(TransferVoided)
        assert (voided.reason, voided.sender) == (reason, SENDER)
        assert await world.events(TransferExecutedAutomatically) == []
        async with world.http(user=SENDER, service_points=[SENDING]) as client:
            shown = (await client.get(f"/transfers/{transfer_id()}")).json()
        assert (shown["status"], shown["void_reason"]) == ("voided", reason)


@pytest.mark.rule("BMB-7b")
async def test_where_nothing_is_executed_automatically_what_ended_locks_as_ever(
    registered: Registered,
) -> None:
    async with registered(region="bd") as world:
        await sent(world, region="bd", new_recipient=TO_PATIENT, attested=True)
        await world.handle(a_person_inactivated(OTHER_PATIENT), region="bd")
        await world.advance(stockholm("2026-05-09 00:00"))

        assert await world.events(TransferLocked)
        assert await world.events(TransferVoided) == []


@pytest.mark.rule("REF-14a")
async def test_a_recipient_who_is_active_again_gets_the_devices(registered: Registered) -> None:
    async with registered() as world:
        await sent(world, new_recipient=TO_PATIENT)
        await world.handle(a_person_inactivated(OTHER_PATIENT))
        await world.handle(a_person_reactivated(OTHER_PATIENT))
        await world.handle(an_accept(), subject="BMB-1")

        assert await world.events(TransferAccepted)


@pytest.mark.rule("REF-14a")
async def test_a_recipient_who_was_joined_with_another_is_as_active_as_that_one(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_save(new_recipient=TO_PATIENT, execute=False), subject="BMB-1")
        await world.handle(a_person_merged(OTHER_PATIENT, into="P-20417"))
        await world.handle(EXECUTE, subject="BMB-1")

        assert await status(world) is Status.REQUESTED


@pytest.mark.rule("REF-14a")
async def test_payer_and_prescriber_of_what_an_inactive_recipient_has_may_change(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_person_inactivated("P-20417"))
        await sent(world)
        await world.handle(an_accept(), subject="BMB-1")

        assert await status(world) is Status.ACCEPTED


# -- a draft is judged anew ----------------------------------------------------------------------


@pytest.mark.rule("BMB-2f")
async def test_a_draft_is_sent_with_todays_proposed_payer(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_save(execute=False), subject="BMB-1")
        await world.handle(a_customer_registered(RECEIVING, payer=OTHER_PAYER))
        await world.handle(EXECUTE, subject="BMB-1")
        await world.handle(a_hold_granted())

        drafted = await world.events(TransferDrafted)
        assert [event.proposed_payer for event in drafted] == [RECEIVING_PAYER, OTHER_PAYER]
        (told,) = await world.events(TransferSent)
        assert told.proposed_payer == OTHER_PAYER


@pytest.mark.rule("BMB-2f")
async def test_a_draft_that_is_as_it_was_is_not_said_anew(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(
            a_save(execute=False, new_recipient=TO_PATIENT, message="Hej"), subject="BMB-1"
        )
        await world.handle(EXECUTE, subject="BMB-1")

        assert len(await world.events(TransferDrafted)) == 1


@pytest.mark.rule("BMB-2f")
async def test_a_draft_that_another_unit_would_have_to_acknowledge_by_now_is_not_sent(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_save(new_prescriber=None, execute=False), subject="BMB-1")
        await world.handle(
            a_custody_changed_by_order(to=a_custody(customer=RECEIVING, payer=RECEIVING_PAYER))
        )

        assert await refusal(world, EXECUTE) == "RECEIVER_ELSEWHERE"
        assert await world.events(TransferRequested) == []


@pytest.mark.rule("BMB-1a")
async def test_a_draft_of_a_device_that_has_moved_asks_for_it_where_it_was(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_save(execute=False), subject="BMB-1")
        await world.handle(a_custody_changed_by_order(to=a_custody(a_patient(OTHER_PATIENT))))
        await world.handle(EXECUTE, subject="BMB-1")

        (asked,) = await world.events(TransferRequested)
        assert asked.current_recipient == a_patient("P-20417")
        assert len(await world.events(TransferDrafted)) == 1


# -- who acknowledges ----------------------------------------------------------------------------


@pytest.mark.rule("BMB-4h")
async def test_a_unit_of_the_payer_acknowledges_for_old_stock_without_a_customer(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_save(new_prescriber=None), subject="BMB-1")

        (drafted,) = await world.events(TransferDrafted)
        assert drafted.receiving_service_point == OTHER


@pytest.mark.rule("BMB-4h")
async def test_the_stated_customer_of_old_stock_acknowledges(registered: Registered) -> None:
    async with registered() as world:
        await world.handle_all(
            a_customer_registered("40401", payer=OTHER_PAYER),
            a_device_stated_on_loan("157792", customer="40401"),
        )
        await world.handle(a_save(devices=("157792",), new_prescriber=None), subject="BMB-1")

        (drafted,) = await world.events(TransferDrafted)
        assert drafted.receiving_service_point == "40401"


@pytest.mark.rule("BMB-4h")
async def test_of_several_units_of_a_payer_one_is_named_or_it_is_the_senders_own(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_customer_registered("40401", payer=OTHER_PAYER))
        save = a_save(new_prescriber=None)

        assert await refusal(world, save) == "RECEIVER_NOT_NAMED"
        elsewhere = a_save(new_prescriber=None, receiving_service_point=RECEIVING)
        assert await refusal(world, elsewhere) == "RECEIVER_ELSEWHERE"
        named = a_save(new_prescriber=None, receiving_service_point="40401")
        await world.handle(named, subject="BMB-1")
        await world.handle(a_customer_registered(SENDING, payer=OTHER_PAYER))
        await world.handle(save, subject="BMB-2")

        drafted = await world.events(TransferDrafted)
        assert [event.receiving_service_point for event in drafted] == ["40401", SENDING]


@pytest.mark.rule("BMB-4i")
async def test_old_stock_of_two_payers_needs_a_transfer_each(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_device_stated_on_loan("157792", payer=PAYER))

        both = a_save(devices=("170098", "157792"), new_prescriber=None)
        assert await refusal(world, both) == "SEVERAL_PAYERS"


# -- who sends and who accepts -------------------------------------------------------------------


@pytest.mark.rule("BMB-4j")
async def test_a_prescriber_without_a_part_in_a_device_does_not_send_it_to_himself(
    registered: Registered,
) -> None:
    async with registered() as world:
        take = a_save(sender=RECEIVER, new_prescriber=RECEIVER)

        assert await refusal(world, take) == "NO_PART_IN_DEVICE"


@pytest.mark.rule("BMB-4j")
async def test_whose_unit_pays_may_send_what_another_has_prescribed(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_save(sender=OUTSIDER), subject="BMB-1")

        assert await status(world) is Status.REQUESTED


@pytest.mark.rule("BMB-4k")
async def test_who_sent_what_another_unit_pays_for_does_not_accept_it_himself(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_user_registered("k082eva", SENDING))
        await sent(world, new_prescriber=SENDER)

        assert await refusal(world, an_own_accept()) == "SENT_BY_ONESELF"
        await world.handle(an_own_accept(by="k082eva"), subject="BMB-1")
        assert await status(world) is Status.ACCEPTED


@pytest.mark.rule("BMB-4k")
async def test_who_executed_a_colleagues_draft_has_sent_it_too(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_user_registered("k082eva", SENDING))
        await world.handle(a_save(new_prescriber=SENDER, execute=False), subject="BMB-1")
        await world.handle(ExecuteTransfer(by=UserId("k082eva")), subject="BMB-1")
        await world.handle(a_hold_granted())

        assert await refusal(world, an_own_accept(by="k082eva")) == "SENT_BY_ONESELF"
        assert await refusal(world, an_own_accept()) == "SENT_BY_ONESELF"


@pytest.mark.rule("BMB-4k")
async def test_who_sent_accepts_himself_where_both_sides_were_his_already(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_device_stated_on_loan("157792", payer=PAYER))
        save = a_save(devices=("157792",), new_prescriber=None, new_recipient=TO_PATIENT)
        await world.handle(save, subject="BMB-1")
        await world.handle(a_hold_granted("157792"))
        await world.handle(an_own_accept(), subject="BMB-1")

        assert await status(world) is Status.ACCEPTED


@pytest.mark.rule("BMB-4m")
async def test_the_paying_unit_may_let_the_proposed_customer_take_over(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world, new_prescriber=None)
        await world.handle(an_accept(by=OUTSIDER, customer_id=SENDING), subject="BMB-1")

        (accepted,) = await world.events(TransferAccepted)
        assert (accepted.customer_id, accepted.payer_id) == (SENDING, PAYER)


# -- the prescriber of what leaves a store -------------------------------------------------------


@pytest.mark.rule("BMB-1h")
async def test_from_own_store_to_a_patient_the_sender_is_the_prescriber(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_device_registered("200001", store="402"))
        save = a_save(devices=("200001",), new_recipient=TO_PATIENT, new_prescriber=None)
        await world.handle(save, subject="BMB-1")
        await world.handle(a_hold_granted("200001"))
        await world.handle(an_own_accept(), subject="BMB-1")

        (accepted,) = await world.events(TransferAccepted)
        assert accepted.new_prescriber == SENDER


@pytest.mark.rule("BMB-1h")
async def test_a_requester_names_who_prescribes_what_leaves_a_store(
    registered: Registered,
) -> None:
    async with registered() as world:
        requester = "b201"
        await world.handle_all(
            a_user_registered(requester, SENDING, role=Role.REQUESTER),
            a_device_registered("200001", store="402"),
        )
        save: dict[str, Any] = {
            "sender": requester,
            "devices": ("200001",),
            "new_recipient": TO_PATIENT,
            "execute": False,
        }

        assert await refusal(world, a_save(**save, new_prescriber=None)) == "PRESCRIBER_NOT_NAMED"
        await world.handle(a_save(**save, new_prescriber=SENDER), subject="BMB-1")
        assert (await world.row(TransferRow, transfer_id())).new_prescriber == SENDER


# -- afterwards ----------------------------------------------------------------------------------


@pytest.mark.rule("BMB-6c")
async def test_after_its_acceptance_a_transfer_is_put_right_by_a_new_one(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(an_accept(), subject="BMB-1")
        await world.handle(a_custody_changed_by_transfer())
        back = a_save(sender=RECEIVER, new_prescriber=SENDER)
        await world.handle(back, subject="BMB-2")

        (first, second) = await world.events(TransferDrafted)
        assert (first.receiving_service_point, second.receiving_service_point) == (
            RECEIVING,
            SENDING,
        )


@pytest.mark.rule("BMB-7c")
async def test_what_customer_service_has_unlocked_may_be_sent_anew(registered: Registered) -> None:
    async with registered(region="bd") as world:
        await sent(world, region="bd")
        await world.advance(stockholm("2026-05-09 00:00"))
        unlock = UnlockTransfer(by=UserId(SERVICE), asked_by=UserId(SENDER))
        await world.handle(unlock, subject="BMB-1", region="bd")
        await world.handle(a_save(), subject="BMB-2", region="bd")

        row = await world.row(TransferRow, transfer_id("BMB-2", region="bd"), region="bd")
        assert row.status is Status.REQUESTED
