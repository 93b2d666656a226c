"""BMB-5e: where the policy lets it, the receiver rejects some of the devices and accepts the
others, in one act.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from bmb.acknowledgements.domain import accept
from bmb.app import service
from bmb.completion.domain import complete_line, drop_line
from bmb.domain import LineEnd, Reason, Status, Transfer, end_of_line, evolve
from bmb.models import TransferRow
from kvitt_contracts.bmb import (
    AcceptTransfer,
    TransferAccepted,
    TransferCompleted,
    TransferDissolved,
    TransferEvent,
    TransferLineDropped,
    TransferLinesRejected,
    TransferRejected,
)
from kvitt_contracts.policy import Policies, PolicyHistory
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import DeviceId, PayerId, RegionCode, Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds

from contracts.tests.builders.inventory import (
    a_custody_changed_by_transfer,
    a_device_stated_on_loan,
    a_hold_granted,
)
from contracts.tests.builders.story import (
    OTHER_PAYER,
    PAYER,
    RECEIVER,
    RECEIVING,
    SENDER,
    SENDING,
    device_id,
    transfer_id,
)
from services.bmb.tests.builders import (
    SENT_AT,
    a_customer,
    a_device,
    a_policy,
    a_receiver,
    a_transfer,
    the_parties,
    the_registry,
)
from services.bmb.tests.worlds import AT, a_save, an_accept, refusal, status

NUMBERS = ("170098", "157792", "157793")
ONE, TWO, THREE = DEVICES = tuple(device_id(number) for number in NUMBERS)
BY_LINE = a_policy(bundle="by_line")
PRESCRIBER = [Role.PRESCRIBER]


def answered(*rejecting: DeviceId, **changes: Any) -> tuple[TransferEvent, ...]:
    """The receiver answers three devices: rejects these, accepts the others."""
    values: dict[str, Any] = {
        "by": a_receiver(),
        "customer": a_customer(),
        "payer_id": None,
        "parties": the_parties(devices=tuple(a_device(number) for number in NUMBERS)),
        "policy": BY_LINE,
        "now": SENT_AT,
        "has_message": True,
        "rejecting": {*rejecting},
        **changes,
    }
    return accept(values.pop("transfer", a_transfer(devices=DEVICES)), **values)


def after(events: tuple[TransferEvent, ...], transfer: Transfer | None = None) -> Transfer:
    """The transfer of three devices after these events."""
    found = transfer or a_transfer(devices=DEVICES)
    for event in events:
        found = evolve(found, event)
    return found


def why_not(*rejecting: DeviceId, **changes: Any) -> Refused:
    """Why an answer is refused."""
    with pytest.raises(Refused) as refused:
        answered(*rejecting, **changes)
    return refused.value


@pytest.mark.rule("BMB-5e")
def test_some_devices_are_rejected_and_the_others_accepted_in_one_act() -> None:
    rejected, accepted = answered(TWO)

    assert isinstance(rejected, TransferLinesRejected)
    assert isinstance(accepted, TransferAccepted)
    assert (rejected.devices, rejected.by, rejected.has_message) == ((TWO,), RECEIVER, True)
    assert accepted.devices == (ONE, THREE)


@pytest.mark.rule("BMB-5e")
def test_where_the_bundle_is_one_nothing_of_it_is_rejected_by_itself() -> None:
    refused = why_not(TWO, policy=a_policy())

    assert (refused.reason, refused.rule, refused.field) == (
        Reason.BUNDLE_WHOLE,
        "BMB-5",
        "reject",
    )


@pytest.mark.rule("BMB-5e")
def test_all_of_them_rejected_is_a_rejection() -> None:
    (event,) = answered(*DEVICES)

    assert isinstance(event, TransferRejected)
    assert event.devices == DEVICES


@pytest.mark.rule("BMB-5a")
@pytest.mark.parametrize("rejecting", [{TWO}, {*DEVICES}], ids=["some", "all"])
def test_a_rejected_line_needs_a_reason_where_the_policy_says_so(rejecting: set[DeviceId]) -> None:
    policy = a_policy(bundle="by_line", rejection_message="mandatory")

    refused = why_not(*rejecting, policy=policy, has_message=False)

    assert (refused.reason, refused.field) == (Reason.MESSAGE_MISSING, "message")


@pytest.mark.rule("BMB-5e")
def test_a_device_that_is_not_in_the_transfer_is_not_rejected() -> None:
    dropped = after(drop_line(a_transfer(devices=DEVICES), device=THREE, reason="RETURNED"))

    assert why_not(device_id("404404")).reason == Reason.NOT_IN_TRANSFER
    assert why_not(THREE, transfer=dropped).reason == Reason.NOT_IN_TRANSFER


def test_who_may_not_accept_the_others_rejects_none_by_itself() -> None:
    assert why_not(TWO, by=a_receiver(at="40999")).reason == Reason.NOT_RESPONSIBLE


@pytest.mark.rule("BMB-4l")
def test_who_pays_for_what_is_accepted_is_involved_whatever_is_rejected() -> None:
    devices = (a_device(NUMBERS[0]), a_device(NUMBERS[1], customer=None, payer=PAYER))
    chosen: dict[str, Any] = {
        "transfer": a_transfer(devices=(ONE, TWO)),
        "parties": the_parties(devices=devices),
        "policy": a_policy(bundle="by_line", ack_payer="chosen"),
        "payer_id": PayerId(OTHER_PAYER),
    }

    assert why_not(**chosen).reason == Reason.PAYER_NOT_INVOLVED
    assert isinstance(answered(TWO, **chosen)[-1], TransferAccepted)


def test_the_same_answer_again_is_done_already_and_another_one_is_too_late() -> None:
    done = after(answered(TWO))

    assert answered(TWO, transfer=done) == ()
    assert why_not(ONE, transfer=done).reason == Reason.NOT_OPEN
    assert why_not(transfer=done).reason == Reason.NOT_OPEN


@pytest.mark.rule("BMB-5f")
def test_each_devices_end_is_known() -> None:
    transfer = after(answered(TWO))
    transfer = after(drop_line(transfer, device=THREE, reason="RETURNED"), transfer)
    assert [end_of_line(transfer, one) for one in DEVICES] == [
        None,
        LineEnd.REJECTED,
        LineEnd.DROPPED,
    ]

    transfer = after(complete_line(transfer, device=ONE, on=SENT_AT.date()), transfer)

    assert end_of_line(transfer, ONE) is LineEnd.CHANGED_HANDS
    assert transfer.status is Status.COMPLETED


@pytest.mark.rule("BMB-5f")
def test_what_was_rejected_as_a_whole_was_so_for_each_device_that_was_left() -> None:
    dropped = after(drop_line(a_transfer(devices=DEVICES), device=THREE, reason="RETURNED"))
    rejected = after(answered(ONE, TWO, transfer=dropped), dropped)

    assert [end_of_line(rejected, one) for one in DEVICES] == [
        LineEnd.REJECTED,
        LineEnd.REJECTED,
        LineEnd.DROPPED,
    ]


@pytest.mark.rule("BMB-12h")
@pytest.mark.parametrize(
    ("first", "last"),
    [(complete_line, TransferCompleted), (drop_line, TransferDissolved)],
    ids=["one changed hands", "none did"],
)
def test_what_was_rejected_did_not_change_hands(first: Any, last: type[TransferEvent]) -> None:
    transfer = after(answered(TWO))
    how: dict[str, Any] = (
        {"on": SENT_AT.date()} if first is complete_line else {"reason": "RETURNED"}
    )
    transfer = after(first(transfer, device=ONE, **how), transfer)

    events = drop_line(transfer, device=THREE, reason="RETURNED")

    assert [type(event) for event in events] == [TransferLineDropped, last]


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Three devices are sent in a region whose receivers answer line by line."""
    policies = Policies({RegionCode("ac"): PolicyHistory(versions=(BY_LINE,))})
    async with given(service, at=AT, policies=policies) as world:
        await world.handle_all(*the_registry())
        await world.handle_all(*(a_device_stated_on_loan(number) for number in NUMBERS))
        await world.handle(a_save(devices=NUMBERS), subject="BMB-1")
        await world.handle(a_hold_granted(*NUMBERS))
        yield world
        await assert_rows_are_folds(world)


def rejecting(*devices: DeviceId, **changes: Any) -> AcceptTransfer:
    """The receiver accepts all but these."""
    return an_accept(reject=[{"device_id": one} for one in devices], **changes)


@pytest.mark.rule("BMB-5e", "BMB-5f", "BMB-8b")
async def test_each_side_sees_how_it_ended_for_each_device(world: World) -> None:
    message = "Sittdynan är redan lämnad åter."
    async with world.http(user=RECEIVER, roles=PRESCRIBER, service_points=[RECEIVING]) as client:
        body = {
            "customer_id": rejecting().customer_id,
            "message": message,
            "reject": [{"device_id": str(TWO)}],
        }
        answer = await client.post(f"/transfers/{transfer_id()}:accept", json=body)
        assert answer.status_code == 200, answer.text
    await world.handle_all(
        *(a_custody_changed_by_transfer(number) for number in (NUMBERS[0], NUMBERS[2]))
    )

    async with world.http(user=SENDER, roles=PRESCRIBER, service_points=[SENDING]) as client:
        shown = (await client.get(f"/transfers/{transfer_id()}")).json()
        listed = (await client.get("/transfers:rejected")).json()["items"]
        story = (await client.get(f"/transfers/{transfer_id()}/story")).json()

    assert {one["device_number"]: one["end"] for one in shown["devices"]} == {
        NUMBERS[0]: "changed_hands",
        NUMBERS[1]: "rejected",
        NUMBERS[2]: "changed_hands",
    }
    assert (shown["status"], shown["answer"], shown["by_line"]) == ("completed", message, True)
    assert [one["id"] for one in listed] == [str(transfer_id())]
    told = [one for one in story["items"] if one["rule"] == "BMB-5"]
    assert [(one["summary"], one["by"]) for one in told] == [
        ("Ett av hjälpmedlen godkändes inte och är fritt. Skälet står i meddelandet.", RECEIVER)
    ]


async def test_all_rejected_by_a_regions_system_is_a_rejection(world: World) -> None:
    await world.handle(rejecting(*DEVICES, message="Fel enhet"), subject="BMB-1")

    assert await status(world) is Status.REJECTED
    assert (await world.row(TransferRow, transfer_id())).rejected == ()


@pytest.mark.rule("BMB-5e")
async def test_what_is_not_in_it_is_refused_by_its_field(world: World) -> None:
    refused = await refusal(world, rejecting(device_id("404404")))

    assert (refused.reason, refused.field) == ("NOT_IN_TRANSFER", "reject")
    assert await status(world) is Status.SENT


@pytest.mark.rule("BMB-5e")
async def test_a_regions_system_names_what_it_rejects_by_number(world: World) -> None:
    by_number = an_accept(reject=[{"device_number": NUMBERS[1]}], message="Den står hos oss.")
    await world.handle(by_number, subject="BMB-1")
    await world.handle(by_number, subject="BMB-1")

    (rejected,) = await world.events(TransferLinesRejected)
    (accepted,) = await world.events(TransferAccepted)
    assert (rejected.devices, accepted.devices) == ((TWO,), (ONE, THREE))


@pytest.mark.rule("BMB-5e")
async def test_a_number_that_is_not_in_it_is_refused_whether_it_exists_or_not(world: World) -> None:
    await world.handle(a_device_stated_on_loan("404404"))

    for number in ("404404", "909909"):
        refused = await refusal(world, an_accept(reject=[{"device_number": number}]))
        assert (refused.reason, refused.field) == ("NOT_IN_TRANSFER", "reject")
        assert refused.values == {"devices": [number]}
    assert await status(world) is Status.SENT
