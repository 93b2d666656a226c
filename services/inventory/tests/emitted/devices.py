"""Stories of who has a device and what claims it, and of its card."""

from itertools import count, product
from typing import Any

from inventory.cards.commands import SetCard
from kvitt_contracts.types import DeviceNumber, Role, UserId
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_requested,
)
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_device_line,
    a_fault_report_prescriber_named,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.pickups import a_pickup_requested, a_pickup_void_requested
from contracts.tests.builders.region_sales import (
    a_sale_approved,
    a_sale_not_approved,
    a_sale_requested,
)
from contracts.tests.builders.regions import (
    a_card_set,
    a_condition,
    a_damage,
    a_decision,
    a_device_on_loan_stated,
    a_device_returned,
    a_dispatch,
    a_renumbering,
    a_sent_line,
    a_store_stated,
    an_article_stated,
    rollators_received,
)
from contracts.tests.builders.story import (
    CENTRAL,
    OTHER_PATIENT,
    OWN,
    PAYER,
    RECEIVER,
    SENDER,
    SENDING,
    SERVICE,
    a_care_unit,
    a_patient,
)
from contracts.tests.builders.work_orders import a_work_order_finished, a_work_order_registered
from services.inventory.tests.stocktaking.rounds import finding


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


async def region_sales(world: World) -> None:
    """Sales of devices of each kind of loan: of one that came back, of what is sold, of what had
    come back before it was, and one for each reason that refuses a sale.
    """
    numbers = ("170060", "170061", "170062", "170063", "170064", "170065")
    await world.handle_all(*(a_device_on_loan_stated(number) for number in numbers))
    await world.handle_all(
        a_sale_requested("170060", "170061", sale="S-1"),
        a_device_returned("170060"),
        a_sale_approved("170061", sale="S-1"),
        a_device_returned("170061"),
        a_transfer_requested("170062", transfer="T-62"),
        a_sale_requested("170062", sale="S-2"),
        a_sale_requested("170063", sale="S-3", recipient=a_patient(OTHER_PATIENT)),
        a_sale_requested("170063", sale="S-4"),
        a_transfer_requested("170063", transfer="T-63"),
        a_pickup_requested("170063", pickup="H-63"),
        a_sale_not_approved(sale="S-4"),
        a_sale_requested("170063", sale="S-5"),
        a_sale_approved("170063", sale="S-5"),
        a_transfer_requested(
            "170063", transfer="T-64", current_recipient=None, current_store=CENTRAL
        ),
        a_pickup_requested("170064", pickup="H-64"),
        a_sale_requested("170064", sale="S-6"),
        a_sale_requested("170065", sale="S-7"),
        a_sale_requested("170065", sale="S-8"),
    )


async def damages(world: World) -> None:
    """Devices of each kind of loan, and in a store, that are damaged, stolen and lost, with each
    decision; one is found.
    """
    numbers = ("170081", "170082", "170083", "170084", "170085")
    units = a_care_unit("30111")
    await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
    await world.register(SERVICE, roles=(Role.CUSTOMER_SERVICE,))
    await world.handle_all(
        a_store_stated("900", "investigation"),
        a_customer_registered(SENDING),
        a_device_on_loan_stated(numbers[0], customer_id=SENDING),
        a_device_on_loan_stated(numbers[1]),
        a_device_on_loan_stated(numbers[2], recipient=units, customer_id=SENDING),
        a_device_on_loan_stated(numbers[3], prescriber=None, customer_id=SENDING),
        rollators_received(numbers[4]),
        a_damage(numbers[0]),
        a_decision(
            numbers[0],
            outcome="unit_pays",
            payer_id=PAYER,
            amount={"net_ore": 120_000, "vat_percent": 25},
        ),
        a_decision(numbers[0], outcome="patient_pays", amount={"net_ore": 1, "vat_percent": 0}),
        a_decision(numbers[0], outcome="withdrawn"),
        *(a_damage(number, "stolen", by=SERVICE) for number in numbers),
    )
    await world.command(finding(numbers[0], store=CENTRAL))


async def conditions(world: World) -> None:
    """What a region states of devices on loan, in a transfer, in a pickup, in a store, on their way
    and in a basket: lost, found, damaged and scrapped.
    """
    numbers = ("170801", "170802", "170803", "170804", "170805", "170806")
    lent, moving, fetched, stored, sent, missing = numbers
    await world.handle_all(
        a_store_stated("900", "investigation"),
        a_device_on_loan_stated(lent, customer_id=SENDING),
        a_device_on_loan_stated(moving),
        a_device_on_loan_stated(fetched),
        a_device_on_loan_stated(missing),
        rollators_received(stored),
        rollators_received(sent, store=CENTRAL),
        a_transfer_requested(moving, transfer="T-81"),
        a_pickup_requested(fetched, pickup="H-81"),
        an_order_placed(a_device_line(None, order="O-81"), reference="O-81"),
        a_dispatch(a_sent_line(1, 1, sent), order="O-81"),
        a_condition(lent, "damaged"),
        a_condition(lent, "stolen"),
        a_condition(lent, "found"),
        a_condition(missing, "lost"),
        a_condition(moving, "scrapped", store=CENTRAL),
        a_condition(fetched, "scrapped", store=CENTRAL),
        a_condition(stored, "scrapped"),
        a_condition(sent, "scrapped"),
    )


async def kept(world: World) -> None:
    """What is to be returned at once, in a store that a unit has and in one that none has; one of
    them is sent on by a pickup.
    """
    await world.handle_all(
        an_article_stated(return_at_once=True),
        a_store_stated("403", "own"),
        a_device_on_loan_stated("170070"),
        a_device_on_loan_stated("170071"),
        a_device_returned("170070"),
        a_device_returned("170071", store="403"),
    )
    await world.advance(stockholm("2026-03-06 00:00"))
    fetched: dict[str, Any] = {"recipient": a_care_unit(), "service_point": SENDING}
    await world.handle_all(
        a_pickup_requested("170070", **fetched),
        a_device_returned("170070", store=CENTRAL, on="2026-03-06"),
    )


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
