"""Saving a draft on a real database: what it names, who has a part, who acknowledges."""

from typing import Any

import pytest
from bmb.domain import Status
from bmb.models import TransferRow, TransferTextRow
from kvitt_contracts.bmb import CancelTransfer, TransferAccepted, TransferDrafted, TransferRequested
from kvitt_contracts.envelope import Envelope, Event, Message
from kvitt_contracts.types import DeviceNumber, NamedPatient, RegionPersonId, Role, StoreId, UserId
from kvitt_testkit.world import an_envelope

from contracts.tests.builders.inventory import (
    a_custody,
    a_custody_changed_by_order,
    a_device_registered,
    a_device_stated_on_loan,
    a_hold_granted,
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
    OTHER,
    OTHER_PAYER,
    OUTSIDER,
    PAYER,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    a_patient,
    transfer_id,
)
from services.bmb.tests.worlds import (
    TO_PATIENT,
    Registered,
    a_save,
    an_own_accept,
    refusal,
    registered,
    sent,
    status,
)

__all__ = ["registered"]


async def test_an_unknown_user_is_refused_as_the_field_that_names_them(
    registered: Registered,
) -> None:
    async with registered() as world:
        refused = await refusal(world, a_save(sender=UserId("nobody")))

        assert (refused.reason, refused.field) == ("UNKNOWN_USER", "sender")


async def test_a_subject_that_cannot_name_a_transfer_is_refused(registered: Registered) -> None:
    async with registered() as world:
        refused = await refusal(world, a_save(), subject="byte nr 1")

        assert (refused.reason, refused.field) == ("INVALID_FIELD", "subject")


@pytest.mark.rule("BMB-1a")
async def test_the_current_holder_is_the_one_of_custody(registered: Registered) -> None:
    async with registered() as world:
        moved = a_custody(a_patient("P-30771"))
        await world.handle(a_custody_changed_by_order(to=moved))
        await world.handle(a_save(), subject="BMB-1")

        assert (await world.events(TransferDrafted))[0].current_recipient == a_patient("P-30771")


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


@pytest.mark.rule("BMB-1a")
async def test_an_unknown_device_is_refused(registered: Registered) -> None:
    async with registered() as world:
        refused = await refusal(world, a_save(devices=("999999",)))

        assert (refused.reason, refused.field) == ("UNKNOWN_DEVICE", "devices")


@pytest.mark.rule("BMB-1b")
async def test_an_unknown_patient_is_refused(registered: Registered) -> None:
    async with registered() as world:
        unknown = NamedPatient(person=RegionPersonId("P-99999"))
        refused = await refusal(world, a_save(new_recipient=unknown))

        assert (refused.reason, refused.field) == ("UNKNOWN_PERSON", "new_recipient")


@pytest.mark.rule("BMB-1d")
async def test_a_device_in_ones_own_store_goes_to_a_patient(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_device_registered("200001", store="402"))
        await world.handle(
            a_save(devices=("200001",), new_recipient=TO_PATIENT, new_prescriber=None),
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

        refused = await refusal(world, a_save(**save, new_prescriber=None))
        assert refused.reason == "PRESCRIBER_NOT_NAMED"
        await world.handle(a_save(**save, new_prescriber=SENDER), subject="BMB-1")
        assert (await world.row(TransferRow, transfer_id())).new_prescriber == SENDER


@pytest.mark.rule("REF-4a", "BMB-2b")
async def test_the_proposed_payer_is_the_customers_newest_one(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_customer_registered(RECEIVING, payer=OTHER_PAYER))
        await world.handle(a_save(), subject="BMB-1")

        assert (await world.events(TransferDrafted))[0].proposed_payer == OTHER_PAYER


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

        assert (await refusal(world, save)).reason == "RECEIVER_NOT_NAMED"
        elsewhere = a_save(new_prescriber=None, receiving_service_point=RECEIVING)
        assert (await refusal(world, elsewhere)).reason == "RECEIVER_ELSEWHERE"
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
        assert (await refusal(world, both)).reason == "SEVERAL_PAYERS"


@pytest.mark.rule("BMB-4j")
async def test_a_prescriber_without_a_part_in_a_device_does_not_send_it_to_himself(
    registered: Registered,
) -> None:
    async with registered() as world:
        take = a_save(sender=RECEIVER, new_prescriber=RECEIVER)

        assert (await refusal(world, take)).reason == "NO_PART_IN_DEVICE"


@pytest.mark.rule("BMB-4j")
async def test_whose_unit_pays_may_send_what_another_has_prescribed(registered: Registered) -> None:
    async with registered() as world:
        await world.handle(a_save(sender=OUTSIDER), subject="BMB-1")

        assert await status(world) is Status.REQUESTED


@pytest.mark.rule("REF-14a")
async def test_a_patient_who_is_inactive_receives_nothing_until_active_again(
    registered: Registered,
) -> None:
    async with registered() as world:
        save = a_save(new_recipient=TO_PATIENT)
        await world.handle(a_person_inactivated("P-30771"))
        assert (await refusal(world, save)).rule == "REF-14"

        await world.handle(a_person_reactivated("P-30771"))
        await world.handle(save, subject="BMB-1")
        assert await status(world) is Status.REQUESTED


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
