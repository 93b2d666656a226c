"""Stories of articles, orders, stores that are counted and what was bought."""

from uuid import uuid4

from inventory.safety_levels.commands import SetSafetyLevel
from kvitt_contracts.inventory import (
    CancelStocktaking,
    DropRefill,
    OpenStocktaking,
    PostStocktaking,
    RefillProposed,
)
from kvitt_contracts.types import ArticleNumber, Role, StoreId, UserId
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.bmb import (
    a_transfer_requested_from_store,
)
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_device_line,
    a_line,
    a_replenishment_line,
    a_replenishment_placed,
    a_withdrawal_placed,
    an_order_placed,
    an_order_void_requested,
)
from contracts.tests.builders.purchases import SUPPLIER
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_delivery_received,
    a_device_in_store_stated,
    a_device_on_loan_stated,
    a_dispatch,
    a_picking_begun,
    a_safety_level_stated,
    a_sent_line,
    a_shelf_counted,
    a_store_stated,
    a_take_over,
    an_article_price_stated,
    an_article_stated,
    rollators_received,
    the_stores,
)
from contracts.tests.builders.story import (
    BATTERY,
    CENTRAL,
    CUSHION,
    FITTING,
    OTHER_PATIENT,
    OWN,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    a_care_unit,
    a_patient,
)
from services.inventory.tests.stocktaking.rounds import finding


async def catalogue_and_stock(world: World) -> None:
    """Articles with and without supplier and fee group, devices with and without serial number."""
    await world.handle_all(
        an_article_stated("30013", supplier=None),
        an_article_stated("30014", fee_group="charge_kit"),
        an_article_stated("30015", supplier=None, fee_group="charge_kit"),
        an_article_stated("30016", product_area="horsel"),
        an_article_stated("30017", is_kept_in_central=False, supplier_id=SUPPLIER),
        an_article_stated(
            "30018", fee_group="charge_kit", is_kept_in_central=False, supplier_id=SUPPLIER
        ),
        an_article_stated("30019", never_from=("own_store",)),
        an_article_stated("30020", replacement_group="rollator"),
        an_article_stated("30021", supplier=None, gtin="07350053850019"),
        an_article_price_stated(),
        a_balance_stated(),
        rollators_received("170001"),
        a_device_in_store_stated("170002"),
        a_device_in_store_stated("170003", serial_number="SN-1"),
        a_device_on_loan_stated("170004"),
        a_device_on_loan_stated("170005", serial_number="SN-2"),
        a_device_on_loan_stated("170006", customer_id=SENDING),
        a_device_on_loan_stated("170007", serial_number="SN-3", customer_id=SENDING),
        a_device_on_loan_stated(
            "170077",
            serial_number="SN-77",
            customer_id=SENDING,
            owner="patient",
            bought_on="2026-02-01",
            value={"net_ore": 450_000},
        ),
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
    await world.handle_all(
        rollators_received("170014", store=CENTRAL),
        a_replenishment_placed(
            a_replenishment_line(CUSHION),
            a_replenishment_line(ROLLATOR, number=2, marked=True),
        ),
        a_dispatch(a_sent_line(1, 1), a_sent_line(2, 1, "170014"), order="R-1"),
    )
    await world.advance(stockholm("2026-03-05 08:00"))
    await world.refuse(a_dispatch(a_sent_line(1, 1)))
    await world.refuse(a_delivery_received("30012", 2))


async def refills(world: World) -> None:
    """Levels as a region states them and as somebody sets them; one proposal is replaced, one
    dropped, one ordered.
    """
    await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
    await world.handle(a_safety_level_stated(CUSHION, 6), subject="L-1")
    await world.advance(stockholm("2026-03-03 00:00"))
    level = SetSafetyLevel(
        store=StoreId(OWN), article_number=ArticleNumber(BATTERY), level=2, by=UserId(SENDER)
    )
    await world.command(level, target=uuid4())
    await world.advance(stockholm("2026-03-04 00:00"))
    await world.handle(DropRefill(store=StoreId(OWN), by=UserId(SENDER)), subject=OWN)
    await world.advance(stockholm("2026-03-05 00:00"))
    latest = (await world.events(RefillProposed))[-1]
    line = a_replenishment_line(CUSHION, 4)
    await world.handle(a_replenishment_placed(line, proposal_id=latest.proposal_id))


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


async def lost_at_a_clinic(world: World) -> None:
    """A private clinic misses a device whose value is known, and one whose value is not, which is
    found again.
    """
    await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
    await world.register(SERVICE, roles=(Role.CUSTOMER_SERVICE,))
    await world.handle_all(
        a_store_stated("900", "investigation"),
        a_take_over("170095"),
        rollators_received("170096"),
        a_customer_registered(SENDING, store=OWN, private_clinic=True),
    )
    store, staff = StoreId(OWN), UserId(SERVICE)
    await world.handle(OpenStocktaking(store=store, by=staff), subject=OWN)
    await world.handle(a_shelf_counted((ROLLATOR, 0, ()), at=await world.now()))
    await world.handle(PostStocktaking(store=store, by=staff), subject=OWN)
    await world.command(finding("170095", store=CENTRAL))
