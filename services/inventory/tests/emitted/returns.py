"""Stories of what comes back, goes back to a supplier, or is scrapped."""

from typing import Any

from kvitt_contracts.inventory import (
    ReturnedLine,
)
from kvitt_contracts.types import Reference, Role
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_requested,
    a_transfer_requested_from_store,
)
from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_damage,
    a_device_on_loan_stated,
    a_device_returned,
    a_dispatch,
    a_reconditioning,
    a_return_registered,
    a_scrapping,
    a_sent_line,
    a_store_stated,
    a_supplier_return,
    an_article_price_stated,
    an_article_stated,
    rollators_received,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    OWN,
    SENDER,
    SENDING,
    SERVICE,
    a_care_unit,
    a_patient,
)


async def late_return(world: World) -> None:
    """A return that is told after a transfer took effect takes it back, day by day."""
    await world.handle_all(
        a_device_on_loan_stated("170030"),
        a_transfer_requested("170030"),
        a_transfer_accepted("170030", effective_on="2026-03-05"),
    )
    await world.advance(stockholm("2026-03-09 08:00"))
    await world.handle(a_device_returned("170030", on="2026-03-04"))


_WHY_SCRAPPED = {"170042": "TOO_OLD", "170044": "NOT_WORTH_REPAIR"}


async def made_fit(world: World) -> None:
    """What comes back to the device service: approved, scrapped, lost, its day corrected; unmarked
    goods too.
    """
    await world.register(SERVICE, roles=(Role.CUSTOMER_SERVICE,))
    await world.handle(a_store_stated("900", "investigation"))
    numbers = ("170041", "170042", "170043")
    for number in numbers:
        await world.handle_all(
            a_device_on_loan_stated(number),
            a_device_returned(number, on="2026-03-02", store=CENTRAL),
        )
    await world.handle_all(
        a_balance_stated(CUSHION, 2, store=CENTRAL),
        an_order_placed(a_line(CUSHION, 2)),
        a_dispatch(a_sent_line(1, 2)),
        an_order_placed(a_device_line(None, order="O-2"), reference="O-2"),
    )
    await world.handle(a_device_on_loan_stated("170044"))
    await world.advance(stockholm("2026-03-06 08:00"))
    await world.handle(
        a_return_registered("170044", store=CENTRAL, on="2026-03-06", by=SERVICE), subject="R-44"
    )
    await world.handle(a_device_returned("170043", on="2026-03-03", store=CENTRAL))
    for number, *steps in (
        ("170041", "inspected", "cleaned", "repaired", "approved"),
        ("170042", "inspected", "scrapped"),
        ("170044", "inspected", "scrapped"),
    ):
        for step in steps:
            reason = _WHY_SCRAPPED[number] if step == "scrapped" else None
            await world.handle(a_reconditioning(number, step, on="2026-03-06", reason=reason))
    await world.handle(a_damage("170043", "stolen", happened_on="2026-03-06", by=SERVICE))
    await world.handle(
        a_return_registered(
            lines=[ReturnedLine(order=Reference("O-1"), line=1, quantity=2)],
            store=CENTRAL,
            on="2026-03-06",
            by=SERVICE,
        ),
        subject="R-41",
    )
    await world.advance(stockholm("2026-03-20 08:00"))  # the cushions are late


async def registered_returns(world: World) -> None:
    """What users register as returned: of each kind of loan, and of a line, kept and scrapped."""
    await world.register(SENDER, service_points=[SENDING])
    await world.handle_all(
        a_device_on_loan_stated("170070", customer_id=SENDING),
        a_device_on_loan_stated("170071", customer_id=SENDING, recipient=a_care_unit()),
        a_balance_stated(CUSHION, 2, store=OWN),
        a_withdrawal_placed(a_line(CUSHION, 2, order="O-70"), reference="O-70"),
    )
    await world.handle(
        a_return_registered(
            "170070", "170071", lines=[ReturnedLine(order=Reference("O-70"), line=1, quantity=1)]
        )
    )


async def returned_from_the_region(world: World) -> None:
    """Part of a line is scrapped when its patient moves away."""
    await world.register(SENDER, service_points=[SENDING])
    await world.handle_all(
        an_article_stated("30457-1", marked=False, charging="sale"),
        an_article_price_stated("30457-1", net_ore=50_000, valid_from="2026-01-01"),
        a_balance_stated("30457-1", 2, store=OWN),
        a_withdrawal_placed(a_line("30457-1", 2, order="O-71"), reference="O-71"),
    )
    line = ReturnedLine(order=Reference("O-71"), line=1, quantity=1)
    await world.handle(a_return_registered(lines=[line], leaves_region=True))


async def sent_back(world: World) -> None:
    """What has left for a supplier: a device by its unit, unmarked goods by customer service."""
    await world.register(SENDER, service_points=[SENDING], roles=(Role.PRESCRIBER,))
    await world.register(SERVICE)
    await world.handle_all(
        rollators_received("170080"),
        a_balance_stated(CUSHION, 2),
        a_supplier_return("170080"),
        a_transfer_requested_from_store("170080", store=OWN, transfer="170080"),
        a_supplier_return(None, article_number=CUSHION, store=CENTRAL, by=SERVICE, asked_by=SENDER),
    )


async def scrapped(world: World) -> None:
    """A device that a user has scrapped, after which no transfer and no withdrawal gets it."""
    await world.register(SENDER, service_points=[SENDING])
    await world.handle_all(
        rollators_received("170060"),
        a_scrapping("170060"),
        a_transfer_requested_from_store("170060", store=OWN, transfer="170060"),
        a_withdrawal_placed(a_device_line("170060", order="O-60"), reference="O-60"),
    )


async def corrected_returns(world: World) -> None:
    """A return whose day is moved later lets each kind of loan last until that day; one on its way
    is a return out of its order.
    """
    loans: dict[str, Any] = {"170040": {}, "170041": {"recipient": a_care_unit()}}
    for number, stated in loans.items():
        unsaid = f"{number}9"
        await world.handle_all(
            a_device_on_loan_stated(number, **stated),
            a_device_on_loan_stated(unsaid, **stated, prescriber=None),
            a_device_on_loan_stated(f"{number}8", **stated, customer_id=SENDING, prescriber=None),
        )
    for number, recipient in (("170042", a_patient()), ("170043", a_care_unit())):
        await world.handle_all(
            rollators_received(number),
            a_withdrawal_placed(
                a_device_line(number, order=f"O-{number}"),
                reference=f"O-{number}",
                recipient=recipient,
            ),
        )
    for number, recipient in (("170044", a_patient()), ("170045", a_care_unit())):
        await world.handle_all(
            rollators_received(number),
            a_transfer_requested_from_store(number, store=OWN, transfer=number),
            a_transfer_accepted(number, transfer=number, new_recipient=recipient),
        )
    await world.handle_all(
        rollators_received("170046", store=CENTRAL),
        an_order_placed(a_device_line(None)),
        a_dispatch(a_sent_line(1, 1, "170046"), arrives_on="2026-03-12"),
    )
    await world.advance(stockholm("2026-03-09 08:00"))
    await world.handle(a_device_returned("170046", on="2026-03-05", store=CENTRAL))
    for number in (
        *loans,
        "1700408",
        "1700409",
        "1700418",
        "1700419",
        "170042",
        "170043",
        "170044",
        "170045",
    ):
        await world.handle(a_device_returned(number, on="2026-03-05"))
        await world.handle(a_device_returned(number, on="2026-03-07"))
        await world.handle(a_device_returned(number, on="2026-03-09"))
