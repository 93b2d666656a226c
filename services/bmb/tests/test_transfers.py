"""Transfers on a real database: commands, inventory's answers, timers, custody."""

from datetime import date, timedelta

import pytest
from bmb.app import service
from bmb.domain import Status
from bmb.models import TransferRow, TransferTextRow
from bmb.register.models import DeviceRow, UserRow
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.bmb import (
    CancelTransfer,
    ExecuteTransfer,
    RejectTransfer,
    TransferAccepted,
    TransferCompleted,
    TransferDeadlineNeared,
    TransferDissolved,
    TransferDrafted,
    TransferExecutedAutomatically,
    TransferLineCompleted,
    TransferLineDropped,
    TransferLocked,
    TransferRefused,
    TransferRejected,
    TransferRequested,
    TransferSent,
    TransferUnlocked,
    TransferVoided,
    UnlockTransfer,
)
from kvitt_contracts.envelope import Envelope, Event, Message
from kvitt_contracts.policy import Policies, PolicyHistory
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    DeviceNumber,
    NamedPatient,
    RegionCode,
    RegionPersonId,
    StoreId,
    UserId,
)
from kvitt_testkit.world import (
    Given,
    an_envelope,
    stockholm,
)

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_custody_changed_by_transfer,
    a_device_registered,
    a_device_stated_on_loan,
    a_hold_broken,
    a_hold_granted,
    a_hold_refused,
)
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_person_inactivated,
    a_person_merged,
    a_person_reactivated,
    a_person_registered,
    a_user_registered,
)
from contracts.tests.builders.story import (
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
    device_id,
    transfer_id,
)
from services.bmb.tests.builders import a_policy, the_registry
from services.bmb.tests.worlds import AT, Registered, a_save, an_accept, registered, sent, status

__all__ = ["registered"]


@pytest.mark.rule("BMB-2a")
async def test_a_draft_is_saved_then_executed_then_sent(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_save(execute=False), subject="BMB-1")
        assert await status(world) is Status.DRAFT
        await world.handle(ExecuteTransfer(by=UserId(SENDER)), subject="BMB-1")
        assert await status(world) is Status.REQUESTED
        await world.handle(a_hold_granted())

        events: list[Event] = await world.events(key=transfer_id())
        assert [type(event) for event in events] == [
            TransferDrafted,
            TransferRequested,
            TransferSent,
        ]


@pytest.mark.rule("BMB-2e")
async def test_a_draft_that_may_not_be_sent_is_not_even_saved(registered: Registered) -> None:
    async with registered() as world:
        with pytest.raises(Refused):
            await world.handle(a_save(sender=UserId(SERVICE)), subject="BMB-1")

        assert await world.rows(TransferRow) == []


@pytest.mark.rule("BMB-2c")
async def test_a_cancelled_draft_leaves_everything_as_it_was(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_save(execute=False, message="Hej"), subject="BMB-1")
        await world.handle(CancelTransfer(by=UserId(SENDER)), subject="BMB-1")

        assert await status(world) is Status.CANCELLED
        assert (await world.row(TransferTextRow, transfer_id())).to_receiver is None
        assert await world.events(TransferRequested) == []


@pytest.mark.rule("BMB-3a")
async def test_the_message_is_kept_here_and_in_no_event(registered: Registered) -> None:
    async with registered() as world:
        await sent(world, message="Skickar enligt överenskommelse")

        texts = await world.row(TransferTextRow, transfer_id())
        assert texts.to_receiver == "Skickar enligt överenskommelse"
        said: list[Event] = await world.events()
        assert not any("överenskommelse" in event.model_dump_json() for event in said)


@pytest.mark.rule("BMB-4f")
async def test_an_accepted_transfer_is_completed_when_custody_has_changed(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(an_accept(), subject="BMB-1")
        await world.handle(a_custody_changed_by_transfer())

        (accepted,) = await world.events(TransferAccepted)
        assert (accepted.customer_id, accepted.payer_id) == (RECEIVING, RECEIVING_PAYER)
        assert await world.events(TransferLineCompleted)
        assert await world.events(TransferCompleted)
        assert await status(world) is Status.COMPLETED
        assert await world.timers() == {}


@pytest.mark.rule("BMB-4d")
async def test_the_payer_that_is_chosen_must_be_known(registered: Registered) -> None:
    async with registered(region="bd") as world:
        await sent(world, region="bd")

        with pytest.raises(Refused) as refused:
            await world.handle(an_accept(payer_id="99999"), subject="BMB-1", region="bd")

        assert (refused.value.reason, refused.value.field) == ("UNKNOWN_PAYER", "payer_id")


@pytest.mark.rule("BMB-4d")
async def test_where_the_policy_permits_customer_and_payer_are_chosen_each(
    registered: Registered,
) -> None:
    async with registered(region="bd") as world:
        await sent(world, region="bd")
        await world.handle(an_accept(payer_id=OTHER_PAYER), subject="BMB-1", region="bd")

        (accepted,) = await world.events(TransferAccepted)
        assert accepted.payer_id == OTHER_PAYER


@pytest.mark.rule("BMB-2a")
async def test_before_the_hold_is_granted_nobody_can_accept(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_save(), subject="BMB-1")

        with pytest.raises(Refused) as refused:
            await world.handle(an_accept(), subject="BMB-1")

        assert refused.value.reason == "NOT_OPEN"


@pytest.mark.rule("BMB-5c")
async def test_the_rejections_message_can_be_read_by_the_sender_over_http_only(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(
            RejectTransfer(by=UserId(RECEIVER), message="Fel enhet"), subject="BMB-1"
        )

        (rejected,) = await world.events(TransferRejected)
        assert rejected.has_message
        async with world.http(user=SENDER, roles=()) as client:
            answer = await client.get(f"/transfers/{transfer_id()}")
        assert answer.json()["answer"] == "Fel enhet"
        said: list[Event] = await world.events()
        assert not any("Fel enhet" in event.model_dump_json() for event in said)


@pytest.mark.rule("BMB-5d")
async def test_after_a_rejection_a_new_transfer_can_be_made(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(
            RejectTransfer(by=UserId(RECEIVER), message="Fel enhet"), subject="BMB-1"
        )
        await world.handle(a_save(), subject="BMB-2")

        assert (await world.row(TransferRow, transfer_id("BMB-2"))).status is Status.REQUESTED


@pytest.mark.rule("BMB-7a")
async def test_unanswered_in_vasterbotten_it_is_executed_automatically_after_six_days(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        await world.advance(stockholm("2026-05-07 23:59"))
        assert await status(world) is Status.SENT
        await world.advance(stockholm("2026-05-08 00:00"))

        (event,) = await world.events(TransferExecutedAutomatically)
        assert (event.payer_id, event.effective_on) == (RECEIVING_PAYER, date(2026, 5, 8))
        await world.handle(a_custody_changed_by_transfer())
        assert await status(world) is Status.COMPLETED


@pytest.mark.rule("BMB-7a")
async def test_a_late_timer_changes_neither_outcome_nor_day(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)
        await world._set_time(stockholm("2026-05-20 12:00"))  # the service was down meanwhile

        with pytest.raises(Refused) as refused:
            await world.handle(an_accept(), subject="BMB-1")
        assert refused.value.reason == "DEADLINE_PASSED"

        await world.fire_timers()
        (event,) = await world.events(TransferExecutedAutomatically)
        assert event.effective_on == date(2026, 5, 8)
        assert await world.events(TransferDeadlineNeared) == []


@pytest.mark.rule("BMB-7b", "BMB-7c")
async def test_unanswered_in_norrbotten_it_is_locked_until_customer_service_unlocks(
    registered: Registered,
) -> None:
    async with registered(region="bd") as world:
        await sent(world, region="bd")
        await world.advance(stockholm("2026-05-09 00:00"))
        assert await world.events(TransferLocked)
        assert await status(world, region="bd") is Status.LOCKED

        unlock = UnlockTransfer(by=UserId(SERVICE), asked_by=UserId(SENDER))
        await world.handle(unlock, subject="BMB-1", region="bd")

        (event,) = await world.events(TransferUnlocked)
        assert event.asked_by == SENDER


@pytest.mark.rule("BMB-7d", "BMB-7e")
async def test_unanswered_in_dalarna_it_is_void_after_seven_days_from_when_it_was_received(
    registered: Registered,
) -> None:
    async with registered(region="w") as world:
        await world.handle(a_save(), subject="BMB-1", region="w")
        await world.advance(AT + timedelta(hours=20))  # 2 May: inventory was slow
        await world.handle(a_hold_granted(region="w"), region="w")

        await world.advance(stockholm("2026-05-09 23:59"))
        assert await status(world, region="w") is Status.SENT
        await world.advance(stockholm("2026-05-10 00:00"))

        assert await world.events(TransferVoided)


@pytest.mark.rule("BMB-7a")
async def test_an_answered_transfer_does_not_expire(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(an_accept(), subject="BMB-1")
        await world.advance(stockholm("2026-06-01 00:00"))

        assert await world.events(TransferExecutedAutomatically, TransferDeadlineNeared) == []


@pytest.mark.rule("NTF-2h")
async def test_one_day_before_the_deadline_it_is_told_to_be_near(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)
        await world.advance(stockholm("2026-05-07 00:00"))

        (event,) = await world.events(TransferDeadlineNeared)
        assert event.deadline == stockholm("2026-05-08 00:00")


@pytest.mark.rule("BMB-12f")
async def test_a_refused_hold_tells_the_sender_which_device_and_why(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_save(), subject="BMB-1")
        await world.handle(a_hold_refused(reason="IN_DISPATCH"))

        (event,) = await world.events(TransferRefused)
        assert (event.reasons[0].device_id, event.reasons[0].reason) == (device_id(), "IN_DISPATCH")
        assert await status(world) is Status.REFUSED
        assert await world.timers() == {}


@pytest.mark.rule("BMB-12i")
async def test_a_hold_that_is_not_answered_within_a_day_is_given_up(
    registered: Registered,
) -> None:
    async with registered() as world:
        await world.handle(a_save(), subject="BMB-1")
        await world.advance(AT + timedelta(hours=24, minutes=1))
        assert await status(world) is Status.REFUSED

        await world.handle(a_hold_granted())
        assert await status(world) is Status.REFUSED


@pytest.mark.rule("BMB-12g")
async def test_a_returned_device_drops_out_and_the_rest_goes_on(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_device_stated_on_loan("157792"))
        await world.handle(a_save(devices=("170098", "157792")), subject="BMB-1")
        await world.handle(a_hold_granted("170098", "157792"))
        broken = a_hold_broken("157792")
        await world.handle(broken)
        await world.handle(an_accept(), subject="BMB-1")

        (dropped,) = await world.events(TransferLineDropped)
        assert dropped.device_id == device_id("157792")
        (accepted,) = await world.events(TransferAccepted)
        assert accepted.devices == (device_id("170098"),)


@pytest.mark.rule("BMB-12h")
async def test_a_transfer_whose_only_device_was_returned_is_dissolved(
    registered: Registered,
) -> None:
    async with registered() as world:
        await sent(world)
        await world.handle(a_hold_broken())
        await world.advance(stockholm("2026-06-01 00:00"))

        assert await status(world) is Status.DISSOLVED
        assert await world.events(TransferDissolved)
        assert await world.events(TransferCompleted, TransferExecutedAutomatically) == []


@pytest.mark.rule("BMB-1a")
async def test_the_current_holder_is_the_one_of_custody(registered: Registered) -> None:
    async with registered() as world:
        moved = a_custody(a_patient("P-30771"))
        await world.handle(a_custody_changed_by_order(to=moved))
        await world.handle(a_save(), subject="BMB-1")

        assert (await world.events(TransferDrafted))[0].current_recipient == a_patient("P-30771")


@pytest.mark.rule("BMB-1a")
async def test_an_unknown_device_is_refused(registered: Registered) -> None:
    async with registered() as world:
        with pytest.raises(Refused) as refused:
            await world.handle(a_save(devices=("999999",)), subject="BMB-1")

        assert (refused.value.reason, refused.value.field) == ("UNKNOWN_DEVICE", "devices")


@pytest.mark.rule("BMB-1b")
async def test_an_unknown_patient_is_refused(registered: Registered) -> None:
    async with registered() as world:
        unknown = NamedPatient(person=RegionPersonId("P-99999"))
        with pytest.raises(Refused) as refused:
            await world.handle(a_save(new_recipient=unknown), subject="BMB-1")

        assert (refused.value.reason, refused.value.field) == ("UNKNOWN_PERSON", "new_recipient")


@pytest.mark.rule("BMB-1d")
async def test_a_device_in_ones_own_store_goes_to_a_patient(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_device_registered("200001", store="402"))
        patient = NamedPatient(person=RegionPersonId("P-30771"))
        await world.handle(
            a_save(devices=("200001",), new_recipient=patient, new_prescriber=None),
            subject="BMB-1",
        )

        (drafted,) = await world.events(TransferDrafted)
        assert (drafted.current_store, drafted.receiving_service_point) == ("402", SENDING)
        assert (drafted.proposed_customer, drafted.proposed_payer) == (SENDING, PAYER)


@pytest.mark.rule("BMB-1e")
async def test_a_device_goes_back_to_ones_own_store(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_save(new_store=StoreId("402"), new_prescriber=None), subject="BMB-1")

        (drafted,) = await world.events(TransferDrafted)
        assert drafted.new_store == "402"


@pytest.mark.rule("REF-14a")
async def test_a_patient_who_is_inactive_receives_nothing_until_active_again(
    registered: Registered,
) -> None:
    async with registered() as world:
        save = a_save(new_recipient=NamedPatient(person=RegionPersonId("P-30771")))
        await world.handle(a_person_inactivated("P-30771"))
        with pytest.raises(Refused) as refused:
            await world.handle(save, subject="BMB-1")
        assert refused.value.rule == "REF-14"

        await world.handle(a_person_reactivated("P-30771"))
        await world.handle(save, subject="BMB-1")
        assert await status(world) is Status.REQUESTED


@pytest.mark.rule("BMB-1a")
async def test_a_merged_person_is_one_recipient(registered: Registered) -> None:
    async with registered() as world:
        await world.handle_all(
            a_person_registered("P-20418"),
            a_device_stated_on_loan("157792", holder=a_patient("P-20418")),
            a_person_merged("P-20418"),
        )
        await world.handle(a_save(devices=("170098", "157792")), subject="BMB-1")

        (drafted,) = await world.events(TransferDrafted)
        assert drafted.current_recipient == a_patient("P-20417")


async def test_an_unknown_user_is_refused_as_the_field_that_names_them(
    registered: Registered,
) -> None:
    async with registered() as world:
        with pytest.raises(Refused) as refused:
            await world.handle(a_save(sender=UserId("nobody")), subject="BMB-1")

        assert (refused.value.reason, refused.value.field) == ("UNKNOWN_USER", "sender")


@pytest.mark.rule("REF-4a", "BMB-2b")
async def test_the_proposed_payer_is_the_customers_newest_one(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_customer_registered(RECEIVING, payer=OTHER_PAYER))
        await world.handle(a_save(), subject="BMB-1")

        assert (await world.events(TransferDrafted))[0].proposed_payer == OTHER_PAYER


async def test_custody_of_a_device_that_is_not_known_yet_waits(registered: Registered) -> None:
    async with registered() as world:
        with pytest.raises(NotYetKnown):
            await world.handle(a_custody_changed_by_order("157792"))


async def test_an_answer_about_a_transfer_that_is_not_known_yet_waits(
    registered: Registered,
) -> None:
    async with registered() as world:
        with pytest.raises(NotYetKnown):
            await world.handle(a_hold_granted())


async def test_what_was_said_last_of_a_user_and_a_device_counts(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_user_registered(SENDER, RECEIVING))
        await world.handle(a_custody_changed_by_order(to=a_custody(a_patient("P-30771"))))

        user = await world.row(UserRow, SENDER)
        device = await world.row(DeviceRow, device_id())
        assert user.default_service_point == RECEIVING
        assert device.holder == a_patient("P-30771")


async def test_a_region_does_not_see_anothers_transfer(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)

        with pytest.raises(Refused) as refused:
            await world.handle(an_accept(), subject="BMB-1", region="bd")

        assert refused.value.reason == "UNKNOWN_TRANSFER"


async def test_a_subject_that_cannot_name_a_transfer_is_refused(registered: Registered) -> None:
    async with registered() as world:
        with pytest.raises(Refused) as refused:
            await world.handle(a_save(), subject="byte nr 1")

        assert (refused.value.reason, refused.value.field) == ("INVALID_FIELD", "subject")


@pytest.mark.rule("BMB-4a")
async def test_who_works_elsewhere_may_not_accept(registered: Registered) -> None:
    async with registered() as world:
        await sent(world)

        with pytest.raises(Refused) as refused:
            await world.handle(an_accept(by=OUTSIDER), subject="BMB-1")

        assert refused.value.reason == "NOT_RESPONSIBLE"


async def test_the_policy_that_it_was_sent_under_decides(given: Given) -> None:
    executes = a_policy()
    locks = executes.model_copy(
        update={
            "version": 2,
            "effective_from": stockholm("2026-05-04 00:00"),
            "transfer": a_policy(expiry={"days": 6, "outcome": "lock"}).transfer,
        }
    )
    history = PolicyHistory(versions=(executes, locks))

    policies = Policies({RegionCode("ac"): history})
    async with given(service, at=AT, policies=policies) as world:
        await world.handle_all(*the_registry(), a_device_stated_on_loan())
        await sent(world)
        await world.advance(stockholm("2026-05-08 00:00"))

        (event,) = await world.events(TransferExecutedAutomatically)
        assert event.policy == executes.pin


async def test_a_batch_of_drafts_costs_the_same_statements_whatever_its_length(
    registered: Registered,
) -> None:
    def drafts(first: int, count: int) -> list[tuple[Envelope, Message]]:
        save = a_save(execute=False, message="Hej")
        names = [f"BMB-{number}" for number in range(first, first + count)]
        return [(an_envelope(save, subject=name), save) for name in names]

    async with registered() as world:
        await world.handle_batch(*drafts(100, 1))
        with world.statements() as few:
            await world.handle_batch(*drafts(200, 5))
        with world.statements() as many:
            await world.handle_batch(*drafts(300, 30))

        assert many == few
        assert len(await world.rows(TransferRow)) == 36


async def test_a_draft_sees_what_its_batch_has_said_of_devices_and_persons(
    registered: Registered,
) -> None:
    batch = [
        a_device_stated_on_loan("170099", holder=a_patient("P-40000")),
        a_person_registered("P-40000"),
        a_save(
            devices=(DeviceNumber("170099"),),
            new_recipient=NamedPatient(person=RegionPersonId("P-20417")),
            execute=False,
        ),
        a_save(
            new_recipient=NamedPatient(person=RegionPersonId("P-40000")),
            execute=False,
        ),
    ]

    async with registered() as world:
        await world.handle_batch(
            *((an_envelope(one, subject=f"S-{place}"), one) for place, one in enumerate(batch))
        )

        assert len(await world.rows(TransferRow)) == 2
