"""What inventory really emits: the builders beside the contracts may make nothing else."""

from itertools import count, product
from typing import Any

from inventory.app import service
from inventory.cards.commands import SetCard
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import (
    CancelStocktaking,
    OpenStocktaking,
    PostStocktaking,
    ReturnedLine,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import DeviceNumber, Reference, Role, StoreId, UserId
from kvitt_testkit.unreadable import quarantine_and_discard
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.areas import with_product_areas
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
    a_fault_report_prescriber_named,
    a_line,
    a_person_inactivated,
    a_person_registered,
    a_withdrawal_placed,
    an_order_placed,
    an_order_void_requested,
)
from contracts.tests.builders.pickups import a_pickup_requested, a_pickup_void_requested
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_card_set,
    a_delivery_received,
    a_device_in_store_stated,
    a_device_on_loan_stated,
    a_device_returned,
    a_dispatch,
    a_picking_begun,
    a_renumbering,
    a_return_registered,
    a_scrapping,
    a_sent_line,
    a_shelf_counted,
    a_store_stated,
    a_supplier_return,
    a_take_over,
    an_article_price_stated,
    an_article_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.shapes import assert_proven
from contracts.tests.builders.story import (
    BATTERY,
    CENTRAL,
    CUSHION,
    FITTING,
    OTHER_PATIENT,
    OWN,
    RECEIVER,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    a_care_unit,
    a_patient,
)
from contracts.tests.builders.work_orders import a_work_order_finished, a_work_order_registered
from services.inventory.tests.worlds import counted_yearly, with_a_limit

MONDAY = stockholm("2026-03-02 08:00")


async def test_inventory_emits_what_its_builders_make(given: Given, policies: Policies) -> None:
    policed = counted_yearly(with_a_limit(with_product_areas(policies, "horsel")))
    emitted: list[Event] = []
    for story in STORIES:
        async with given(service, at=MONDAY, policies=policed) as world:
            await world.handle_all(*the_stores(), *the_catalogue())
            await world.handle_all(a_person_registered(), a_person_registered(OTHER_PATIENT))
            await story(world)
            await quarantine_and_discard(world)
            emitted += await world.events()
    assert_proven("inventory", emitted)


async def catalogue_and_stock(world: World) -> None:
    """Articles with and without supplier and fee group, devices with and without serial number."""
    await world.handle_all(
        an_article_stated("30013", supplier=None),
        an_article_stated("30014", fee_group="charge_kit"),
        an_article_stated("30015", supplier=None, fee_group="charge_kit"),
        an_article_stated("30016", product_area="horsel"),
        an_article_price_stated(),
        a_balance_stated(),
        rollators_received("170001"),
        a_device_in_store_stated("170002"),
        a_device_in_store_stated("170003", serial_number="SN-1"),
        a_device_on_loan_stated("170004"),
        a_device_on_loan_stated("170005", serial_number="SN-2"),
        a_device_on_loan_stated("170006", customer_id=SENDING),
        a_device_on_loan_stated("170007", serial_number="SN-3", customer_id=SENDING),
    )
    await world.advance(stockholm("2026-03-04 00:00"))


async def orders(world: World) -> None:
    """Orders that are reserved, backordered, served, sent, delivered, released, and not released;
    withdrawals that are delivered and declined.
    """
    await world.handle_all(
        a_balance_stated(CUSHION, 5),
        a_balance_stated(CUSHION, 2, store=OWN),
        rollators_received("170010", "170011", store=CENTRAL),
        rollators_received("170012", "170013"),
        an_order_placed(
            a_line(CUSHION, order="O-1"),
            a_device_line(None, order="O-1", number=2),
            a_line(FITTING, order="O-1", number=3, article_type="service"),
        ),
        a_picking_begun("O-1"),
        an_order_void_requested("O-1"),
        a_dispatch(a_sent_line(1, 1), a_sent_line(2, 1, "170010"), a_sent_line(3, 1)),
        an_order_placed(a_device_line(None, order="O-2"), reference="O-2", recipient=a_care_unit()),
        a_dispatch(a_sent_line(1, 1, "170011"), order="O-2"),
        an_order_placed(a_line(BATTERY, 2, order="O-3"), reference="O-3"),
        a_delivery_received(BATTERY, 1),
        a_delivery_received(BATTERY, 1),
        an_order_void_requested("O-3"),
        a_withdrawal_placed(
            a_line(CUSHION, order="O-4"),
            a_device_line("170012", order="O-4", number=2),
            reference="O-4",
        ),
        a_withdrawal_placed(
            a_device_line("170013", order="O-5"), reference="O-5", recipient=a_care_unit()
        ),
        a_withdrawal_placed(a_line(CUSHION, 9, order="O-6"), reference="O-6"),
    )
    await world.advance(stockholm("2026-03-05 08:00"))
    await world.refuse(a_dispatch(a_sent_line(1, 1)))
    await world.refuse(a_delivery_received("30012", 2))


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
    }
    await world.handle(a_transfer_requested_from_store("172005", store=OWN, transfer="CLAIMS"))
    for order, line in wanted.items():
        await world.handle(a_withdrawal_placed(line, reference=order))
    twice = [a_device_line("172004", order="W-8", number=number) for number in (1, 2)]
    await world.handle_all(
        a_withdrawal_placed(*twice, reference="W-8"), an_order_void_requested("W-7")
    )


async def custody_of_devices_on_loan(world: World) -> None:
    """A device of each kind of loan, by each kind of transfer and by a return.

    Of the old stock with and without a customer and a prescriber, and by an order: at a patient, at
    a care unit.
    """
    numbers = count(171_000)
    effects: tuple[dict[str, Any] | None, ...] = (
        {},
        {"new_prescriber": RECEIVER},
        {"new_recipient": a_patient(OTHER_PATIENT)},
        {"new_recipient": a_care_unit("30111")},
        {"new_recipient": a_patient(OTHER_PATIENT), "new_prescriber": RECEIVER},
        {"new_recipient": a_care_unit("30111"), "new_prescriber": RECEIVER},
        {"new_store": OWN},
        None,
    )
    care_unit = a_care_unit()
    for recipient in (a_patient(), care_unit):
        stated: dict[str, Any] = {"recipient": care_unit} if recipient is care_unit else {}
        for effect in effects:
            old, older, paid, oldest, ordered = (str(next(numbers)) for _ in range(5))
            await world.handle_all(
                a_device_on_loan_stated(old, **stated),
                a_device_on_loan_stated(older, **stated, prescriber=None),
                a_device_on_loan_stated(paid, **stated, customer_id=SENDING),
                a_device_on_loan_stated(oldest, **stated, customer_id=SENDING, prescriber=None),
                rollators_received(ordered),
                a_withdrawal_placed(
                    a_device_line(ordered, order=f"O-{ordered}"),
                    reference=f"O-{ordered}",
                    recipient=recipient,
                ),
            )
            for device in (old, older, paid, oldest, ordered):
                if effect is None:
                    await world.handle(a_device_returned(device))
                    continue
                asked = a_transfer_requested(device, transfer=device, current_recipient=recipient)
                await world.handle_all(
                    asked, a_transfer_accepted(device, transfer=device, **effect)
                )
                if effect == {}:
                    await world.handle(a_device_returned(device))


async def late_return(world: World) -> None:
    """A return that is told after a transfer took effect takes it back, day by day."""
    await world.handle_all(
        a_device_on_loan_stated("170030"),
        a_transfer_requested("170030"),
        a_transfer_accepted("170030", effective_on="2026-03-05"),
    )
    await world.advance(stockholm("2026-03-09 08:00"))
    await world.handle(a_device_returned("170030", on="2026-03-04"))


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


async def prescribers_of_fault_reports(world: World) -> None:
    """Fault reports name prescribers: for devices with one before or none, at a patient or a care
    unit, with and without a customer; one is in a transfer.
    """
    holders: tuple[dict[str, Any], ...] = ({}, {"recipient": a_care_unit()})
    prescribers: tuple[dict[str, Any], ...] = ({}, {"prescriber": None})
    for number, (holder, prescriber, customer) in enumerate(
        product(holders, prescribers, (SENDING, None))
    ):
        stated = a_device_on_loan_stated(
            f"17005{number}", customer_id=customer, **holder, **prescriber
        )
        await world.handle_all(
            stated, a_fault_report_prescriber_named(f"F-{number}", f"17005{number}")
        )
    await world.handle_all(
        a_device_on_loan_stated("170060"),
        a_transfer_requested("170060", transfer="T-60"),
        a_fault_report_prescriber_named("F-60", "170060"),
    )


async def pickups(world: World) -> None:
    """A pickup that is granted, comes back in part and is let go in part, and one for each reason
    that refuses it.
    """
    numbers = ("170050", "170051", "170052", "170053")
    await world.handle_all(*(a_device_on_loan_stated(number) for number in numbers))
    await world.handle_all(
        a_transfer_requested("170052", transfer="T-52"),
        a_pickup_requested("170050", "170051", pickup="H-1"),
        a_pickup_requested("170050", pickup="H-2"),
        a_pickup_requested("170052", pickup="H-3"),
        a_pickup_requested("170053", pickup="H-4", recipient=a_patient(OTHER_PATIENT)),
        a_transfer_requested("170051", transfer="T-51"),
        a_device_returned("170050"),
        a_pickup_void_requested("170051"),
    )


async def taken_over(world: World) -> None:
    """A device that a patient brings from another region, and one with a serial number; a transfer
    and a withdrawal to somebody else do not get it, and the patient does.
    """
    await world.register(SENDER, service_points=[SENDING])
    await world.register(SERVICE)
    await world.handle_all(
        a_take_over("170090"),
        a_take_over("170091", serial_number="SN-9"),
        a_transfer_requested_from_store("170090", store=OWN, transfer="170090"),
        a_withdrawal_placed(
            a_device_line("170090", order="O-90"),
            reference="O-90",
            recipient=a_patient(OTHER_PATIENT),
        ),
        a_withdrawal_placed(a_device_line("170090", order="O-91"), reference="O-91"),
    )


async def stocktakings(world: World) -> None:
    """A unit's store and one without a unit are planned for and told of; one is counted, devices
    and other articles, and posted with what differs, and then opened again and let be.
    """
    await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
    await world.register(SERVICE, roles=(Role.CUSTOMER_SERVICE,))
    await world.handle_all(
        *the_stores(),
        a_store_stated("900", "investigation"),
        rollators_received("170070", "170071"),
        a_balance_stated(CUSHION, 5, store=OWN),
    )
    await world.advance(stockholm("2026-10-31 08:00"))
    by, staff, store = UserId(SENDER), UserId(SERVICE), StoreId(OWN)
    await world.handle(OpenStocktaking(store=store, by=by), subject=OWN)
    lines = ((CUSHION, 4, ()), (ROLLATOR, 1, ("170070",)))
    for minute in ("09:00", "09:10"):
        await world.advance(stockholm(f"2026-10-31 {minute}"))
        await world.handle(a_shelf_counted(*lines, at=await world.now()))
    await world.advance(stockholm("2026-10-31 10:00"))
    await world.handle(PostStocktaking(store=store, by=staff), subject=OWN)
    await world.handle(OpenStocktaking(store=store, by=by), subject=OWN)
    await world.handle(CancelStocktaking(store=store, by=by), subject=OWN)


async def cards(world: World) -> None:
    """Devices with other numbers, by a repair and without; each field of the card by itself, and
    those of maintenance together; maintenance that is finished.
    """
    await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
    await world.register(SERVICE)
    await world.handle_all(
        a_device_on_loan_stated("170090"),
        a_work_order_registered("warranty_repair", "170090", work_order="A-1"),
        a_renumbering("170090", "170091"),
        a_renumbering("170090", "170092", work_order="A-1"),
        a_card_set("170090", maintenance_due_on="2026-09-02"),
        a_card_set("170090", maintained_on="2026-02-02"),
        a_card_set("170090", maintained_on="2026-02-03", maintenance_due_on="2026-09-02"),
        a_card_set("170090", serial_number="SN-90", by=SERVICE, asked_by=SENDER),
        a_work_order_registered("maintenance", "170090", work_order="A-2"),
        a_work_order_finished(work_order="A-2"),
    )
    sip = {"serial_number": None, "maintained_on": None, "maintenance_due_on": None}
    said = SetCard(
        device_number=DeviceNumber("170090"),
        sip_number="0900-980 01",
        by=UserId(SENDER),
        asked_by=None,
        **sip,
    )
    await world.command(said)


STORIES = (
    catalogue_and_stock,
    orders,
    transfers,
    reasons,
    custody_of_devices_on_loan,
    late_return,
    corrected_returns,
    prescribers_of_fault_reports,
    registered_returns,
    returned_from_the_region,
    sent_back,
    scrapped,
    taken_over,
    cards,
    pickups,
    stocktakings,
)
