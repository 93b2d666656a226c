"""Many messages in one transaction have the effects that they have one by one."""

from datetime import date

from inventory.app import service
from kvitt_contracts.envelope import Envelope, Message
from kvitt_testkit.world import (
    Given,
    World,
    an_envelope,
    assert_rows_are_folds,
    stockholm,
)
from sqlalchemy import text

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_requested,
    a_transfer_requested_from_store,
)
from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    a_person_registered,
    a_withdrawal_placed,
    an_order_placed,
    an_order_void_requested,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_delivery_received,
    a_device_on_loan_stated,
    a_device_returned,
    a_dispatch,
    a_picking_begun,
    a_sent_line,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import BATTERY, CENTRAL, CUSHION, OWN, a_patient

MONTH: tuple[Message, ...] = (
    *the_stores(),
    *the_catalogue(),
    a_person_registered(),
    a_person_registered("P-30001"),
    a_device_on_loan_stated("170001"),
    a_device_on_loan_stated("170002"),
    rollators_received("170010", "170011", store=OWN),
    rollators_received("170020", "170021", store=CENTRAL),
    a_balance_stated(CUSHION, 3),
    an_order_placed(a_line(CUSHION, 2, order="O-1"), reference="O-1"),
    an_order_placed(a_line(CUSHION, 4, order="O-2"), reference="O-2"),
    an_order_placed(a_line(BATTERY, 1, order="O-3"), reference="O-3"),
    an_order_placed(
        a_device_line(None, order="O-4"),
        a_device_line(None, order="O-4", number=2),
        reference="O-4",
    ),
    a_withdrawal_placed(a_device_line("170010", order="O-5"), reference="O-5"),
    a_withdrawal_placed(a_device_line("170010", order="O-6"), reference="O-6"),
    a_transfer_requested("170001", "170002", transfer="BMB-1"),
    a_transfer_requested("170002", transfer="BMB-2"),
    a_transfer_requested_from_store("170011", transfer="BMB-3", store=OWN),
    an_order_void_requested("O-1"),
    a_delivery_received(CUSHION, 9),
    a_picking_begun("O-2"),
    an_order_void_requested("O-2"),
    a_dispatch(a_sent_line(1, 4), order="O-2", arrives_on=date(2026, 3, 2), on=date(2026, 3, 2)),
    a_dispatch(a_sent_line(1, 1, "170020"), a_sent_line(2, 1, "170021"), order="O-4"),
    a_device_returned("170001", on=date(2026, 3, 2)),
    a_transfer_accepted("170001", "170002", transfer="BMB-1"),
    a_transfer_accepted("170011", transfer="BMB-3", new_recipient=a_patient("P-30001")),
    a_device_returned("170020", on=date(2026, 3, 2), store=CENTRAL),
)


def addressed() -> list[tuple[Envelope, Message]]:
    """The month with envelopes; an order's instant is its place in the month."""
    start = stockholm("2026-03-02 09:00")
    return [
        (an_envelope(message, subject=f"S-{place}", time=start.replace(minute=place)), message)
        for place, message in enumerate(MONTH)
    ]


async def outcome(world: World) -> dict[str, list[object]]:
    """Everything that the service has said and keeps, without random ids and instants."""
    queries = {
        "events": "SELECT topic, key, seq, type, payload FROM events ORDER BY topic, key, seq",
        "moves": "SELECT id, store, article_number, kind, available, reserved, on_order, moved_on"
        " FROM stock_moves ORDER BY id",
        "custody": "SELECT device_id, number, since, custody FROM custody_changes"
        " ORDER BY device_id, number",
        "claims": "SELECT device_number, claim_kind, claimed_by FROM devices ORDER BY 1",
        "waiting": "SELECT line_id, missing FROM backorders ORDER BY 1",
        "counts": "SELECT custody_changes FROM custody_counts",
        "timers": "SELECT timer, key, due FROM timers ORDER BY 1, 2",
    }
    found: dict[str, list[object]] = {}
    async with world.worker.reading() as session:
        for name, query in queries.items():
            found[name] = [tuple(row) for row in await session.execute(text(query))]
    return found


async def test_a_batch_has_the_effects_of_its_messages_one_by_one(given: Given) -> None:
    month = addressed()
    outcomes = []
    for size in (1, 5, len(month)):
        async with given(service, at=stockholm("2026-03-02 08:00")) as world:
            for start in range(0, len(month), size):
                await world.handle_batch(*month[start : start + size])
            await world.advance(stockholm("2026-03-06 00:00"))
            await assert_rows_are_folds(world)
            outcomes.append(await outcome(world))

    assert outcomes[1] == outcomes[0]
    assert outcomes[2] == outcomes[0]
    assert len(outcomes[0]["events"]) > len(month)


async def test_a_batch_of_stated_devices_costs_the_same_statements_whatever_its_length(
    given: Given,
) -> None:
    def stated(first: int, count: int) -> list[tuple[Envelope, Message]]:
        facts = [a_device_on_loan_stated(str(number)) for number in range(first, first + count)]
        return [(an_envelope(fact, subject=fact.device_number), fact) for fact in facts]

    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_batch(*stated(170001, 1))
        with world.statements() as few:
            await world.handle_batch(*stated(171001, 5))
        with world.statements() as many:
            await world.handle_batch(*stated(172001, 30))

    assert many == few
