"""Stories of transfers and of the reasons for which they are refused."""

from typing import Any

from kvitt_testkit.world import World

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_lines_rejected,
    a_transfer_locked,
    a_transfer_rejected,
    a_transfer_requested,
    a_transfer_requested_from_store,
)
from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    a_person_inactivated,
    a_person_registered,
    a_withdrawal_placed,
    an_order_placed,
    an_order_void_requested,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_on_loan_stated,
    a_device_returned,
    a_dispatch,
    a_sent_line,
    a_store_stated,
    an_article_stated,
    rollators_received,
)
from contracts.tests.builders.story import (
    BATTERY,
    CENTRAL,
    CUSHION,
    FITTING,
    OWN,
    RECEIVER,
    a_care_unit,
    a_patient,
)


async def transfers(world: World) -> None:
    """A hold that is refused, one that breaks, one that is released, one that is reduced; devices
    that go from a store to a patient, to a care unit and to another prescriber.
    """
    await world.handle_all(
        a_device_on_loan_stated("170020"),
        a_transfer_requested("170020"),
        a_transfer_requested("170020", transfer="BMB-2"),
        a_device_returned("170020", on="2026-03-02"),
        rollators_received("170021", "170022", "170023", "170024"),
    )
    effects: dict[str, dict[str, Any] | None] = {
        "170021": {"new_recipient": a_patient()},
        "170022": {"new_recipient": a_care_unit()},
        "170023": {"new_recipient": a_patient(), "new_prescriber": RECEIVER},
        "170024": {"new_recipient": a_care_unit(), "new_prescriber": RECEIVER},
        "170020": None,
    }
    for device, effect in effects.items():
        transfer = f"BMB-{device}"
        await world.handle(a_transfer_requested_from_store(device, store=OWN, transfer=transfer))
        if effect is None:
            await world.handle(a_transfer_rejected(device, transfer=transfer))
        else:
            await world.handle(a_transfer_accepted(device, transfer=transfer, **effect))
    await world.handle_all(
        a_device_on_loan_stated("170025"),
        a_device_on_loan_stated("170026"),
        a_transfer_requested("170025", "170026", transfer="SOME"),
        a_transfer_lines_rejected("170026", transfer="SOME"),
    )


async def reasons(world: World) -> None:
    """Each reason to refuse a hold, to break one, to decline an order, and not to release one."""
    await world.handle_all(
        an_article_stated(BATTERY, marked=False, status="discontinued", version=2),
        an_article_stated("30013"),
        an_article_stated("31900", marked=False, charging="sale", is_contribution=True),
        a_person_registered("P-30001"),
        a_store_stated("900", "own"),
        a_balance_stated(CUSHION, 1, store=OWN),
        rollators_received("172001", "172002", store=CENTRAL),
        rollators_received("172003", "172004", "172005"),
        *(a_device_on_loan_stated(str(number)) for number in range(172_010, 172_014)),
        a_transfer_requested("172010", transfer="LOCKS"),
        a_transfer_locked("172010", transfer="LOCKS"),
        a_transfer_requested("172010", transfer="LOCKED"),
        a_transfer_requested("172011", transfer="ELSEWHERE", current_recipient=a_care_unit()),
        a_transfer_requested_from_store("172011", store=OWN, transfer="NOT-THERE"),
        a_transfer_requested_from_store("172001", store=CENTRAL, transfer="SENT"),
        an_order_placed(a_device_line(None, quantity=2, order="O-1")),
        a_transfer_requested_from_store("172002", store=CENTRAL, transfer="PROMISED"),
        a_dispatch(a_sent_line(1, 1, "172001")),
        a_transfer_requested_from_store("172001", store=CENTRAL, transfer="ON-ITS-WAY"),
        a_transfer_requested("172012", transfer="TO-INACTIVE"),
        a_transfer_requested("172013", transfer="TO-NO-STORE"),
        a_person_inactivated("P-30001"),
        a_store_stated("900", "purchasing", version=2),
        a_transfer_accepted("172012", transfer="TO-INACTIVE", new_recipient=a_patient("P-30001")),
        a_transfer_accepted("172013", transfer="TO-NO-STORE", new_store="900"),
        an_order_placed(a_line(BATTERY, order="O-9"), reference="O-9"),
        an_order_void_requested("O-9"),
    )
    wanted: dict[str, Any] = {
        "W-1": a_line(FITTING, order="W-1", article_type="service"),
        "W-2": a_device_line(None, order="W-2"),
        "W-3": a_device_line("172003", order="W-3", quantity=2),
        "W-4": a_device_line("172001", order="W-4"),
        "W-5": a_device_line("172003", order="W-5", article_number="30013"),
        "W-6": a_device_line("172005", order="W-6"),
        "W-7": a_line(CUSHION, order="W-7"),
        "W-9": a_line("31900", order="W-9"),
    }
    await world.handle(a_transfer_requested_from_store("172005", store=OWN, transfer="CLAIMS"))
    for order, line in wanted.items():
        await world.handle(a_withdrawal_placed(line, reference=order))
    twice = [a_device_line("172004", order="W-8", number=number) for number in (1, 2)]
    await world.handle_all(
        a_withdrawal_placed(*twice, reference="W-8"), an_order_void_requested("W-7")
    )
