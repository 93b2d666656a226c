"""Every cell of inventory's table of access: which role may ask, and how far it reaches."""

from uuid import uuid4

import pytest
from inventory.app import service
from inventory.device_notes.commands import WriteNote
from inventory.reconditionings.models import ReconditioningRow
from inventory.refills.models import RefillRow
from inventory.stock.models import StockMoveRow
from inventory.supplier_returns.models import SupplierReturnRow
from kvitt_contracts.inventory import ReconditioningOpened
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceNumber,
    Quantity,
    ReconditioningId,
    RegionCode,
    StoreId,
    UserId,
)
from kvitt_testkit.cells import (
    CALLER,
    POINT,
    Things,
    Upon,
    assert_commands,
    assert_reach,
    assert_roles,
)
from kvitt_testkit.world import REGION, Given, World, stockholm

from contracts.tests.builders.bmb import a_transfer_drafted, a_transfer_requested
from contracts.tests.builders.orders import a_device_line, a_person_registered, a_withdrawal_placed
from contracts.tests.builders.regions import (
    a_damage,
    a_device_on_loan_stated,
    a_device_returned,
    a_safety_level_stated,
    a_store_stated,
    a_supplier_return,
    an_article_stated,
    rollators_received,
    the_catalogue,
)
from contracts.tests.builders.story import (
    CUSHION,
    OTHER,
    OUTSIDER,
    SERVICE,
    device_id,
    order_id,
    person,
    transfer_id,
)

MONDAY = stockholm("2026-03-02 08:00")
OWN, UNITS, REGIONS, ANOTHER_REGIONS = "170001", "170002", "170003", "170004"
"""By what things are called that name the caller, that are their unit's, another unit's, and of
another region.
"""

COUNT = {
    "counted_at": "2026-03-03T20:00:00+01:00",
    "lines": [{"article_number": "30457", "counted": 0}],
}
SCAN = {"counted_at": "2026-03-03T20:00:00+01:00", "codes": ["170001"]}
DAMAGE = {"kind": "damaged", "happened_on": "2026-03-02"}
DONE = {"done_on": "2026-03-02"}
FIND = {"store": f"S{UNITS}", "found_on": "2026-03-02", "asked_by": OUTSIDER}


async def damaged(world: World) -> None:
    """Customer service has recorded a damage of each lent rollator, and has not decided."""
    for name, region in (
        (OWN, REGION),
        (UNITS, REGION),
        (REGIONS, REGION),
        (ANOTHER_REGIONS, "bd"),
    ):
        await world.register(SERVICE, region=region)
        await world.handle(a_damage(name, by=SERVICE), region=region)


async def notes(world: World) -> Things:
    """Customer service has written a note on the card of each lent rollator."""
    of = {name: uuid4() for name in (OWN, UNITS, REGIONS, ANOTHER_REGIONS)}
    for name, note in of.items():
        region = "bd" if name == ANOTHER_REGIONS else REGION
        told = WriteNote(
            device_number=DeviceNumber(name), note_id=note, text="Sliten.", by=UserId(SERVICE)
        )
        await world.handle(told, region=region)
    return Things(own=of[OWN], units=of[UNITS], region=of[REGIONS], platform=of[ANOTHER_REGIONS])


async def back(world: World, *, region: str) -> ReconditioningId:
    """A walker that is to be made fit again in a region's central store."""
    opened = ReconditioningOpened(
        reconditioning_id=ReconditioningId(uuid4()),
        article_number=ArticleNumber("30457"),
        quantity=Quantity(1),
        store=StoreId("500"),
        opened_on=MONDAY.date(),
    )
    async with world.worker.unit() as unit:
        tx = unit.begin(region=RegionCode(region))
        tx.start(ReconditioningRow, opened.reconditioning_id, opened).opened_at = MONDAY
    return opened.reconditioning_id


async def sent_back(world: World) -> Things:
    """A rollator of each store has gone back to its supplier."""
    for name, region in ((UNITS, REGION), (REGIONS, REGION), (ANOTHER_REGIONS, "bd")):
        told = a_supplier_return(f"{name}-B", on="2026-03-02", store=f"S{name}", by=SERVICE)
        await world.handle(told, subject=f"B-{name}", region=region)
    of = {str(row.store): row.id for row in await world.rows(SupplierReturnRow)}
    of |= {str(row.store): row.id for row in await world.rows(SupplierReturnRow, region="bd")}
    return Things(
        units=of[f"S{UNITS}"], region=of[f"S{REGIONS}"], platform=of[f"S{ANOTHER_REGIONS}"]
    )


async def things_of(
    world: World, name: str, point: str, *, prescriber: str = OUTSIDER, region: str = REGION
) -> None:
    """A unit's store with a rollator that it withdraws, and one that it has lent."""
    store, withdrawn = f"S{name}", f"{name}-1"
    await world.handle_all(
        a_store_stated(store, "own", service_point=point),
        a_device_on_loan_stated(name, customer_id=point, prescriber=prescriber),
        rollators_received(withdrawn, f"{name}-B", store=store),
        a_withdrawal_placed(
            a_device_line(withdrawn, order=f"O-{name}"),
            reference=f"O-{name}",
            store=store,
            service_point=point,
            customer_id=point,
            prescriber=prescriber,
        ),
        region=region,
    )


async def given_back(world: World, name: str, point: str, *, prescriber: str, region: str) -> None:
    """A rollator that the patient has had and given back."""
    lent = a_device_on_loan_stated(f"{name}-R", customer_id=point, prescriber=prescriber)
    back = a_device_returned(f"{name}-R", on="2026-03-02", store=f"S{name}")
    await world.handle_all(lent, back, region=region)


async def a_transfer_of(world: World, name: str, *, sender: str, sent_from: str) -> None:
    """The lent rollator is asked for, from a unit to one that nobody here works at."""
    transfer = f"BMB-{name}"
    await world.handle_all(
        a_transfer_drafted(
            name,
            transfer=transfer,
            sender=sender,
            sending_service_point=sent_from,
            receiving_service_point="40999",
        ),
        a_transfer_requested(name, transfer=transfer, by=sender),
    )


async def wants_more(world: World) -> None:
    """Each store has fewer cushions than it wants; the night has gone."""
    for name, region in ((UNITS, REGION), (REGIONS, REGION), (ANOTHER_REGIONS, "bd")):
        level = a_safety_level_stated(CUSHION, store=f"S{name}")
        await world.handle(level, subject=f"L-{name}", region=region)
    await world.advance(stockholm("2026-03-03 00:00"))


async def proposals(world: World) -> Things:
    """What is proposed for each store."""
    of = {
        str(row.store): row.id
        for region in (REGION, "bd")
        for row in await world.rows(RefillRow, region=region)
    }
    return Things(
        units=of[f"S{UNITS}"], region=of[f"S{REGIONS}"], platform=of[f"S{ANOTHER_REGIONS}"]
    )


async def moves(world: World) -> Things:
    """A line of each store's ledger."""
    of = {str(row.store): row.id for row in await world.rows(StockMoveRow)}
    return Things(
        units=of[f"S{UNITS}"], region=of[f"S{REGIONS}"], platform=of[f"S{ANOTHER_REGIONS}"]
    )


@pytest.mark.rule("REF-18a", "REF-18e")
async def test_each_route_is_granted_to_the_roles_of_its_row_and_to_nobody_else(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await assert_roles(world)


@pytest.mark.rule("REF-18a", "REF-18g")
async def test_each_command_is_granted_to_the_roles_of_its_row_and_to_nobody_else(
    given: Given,
) -> None:
    async with given(service, at=MONDAY) as world:
        await assert_commands(world)


@pytest.mark.rule("REF-18b", "REF-18c", "REF-18q")
async def test_each_role_reaches_as_far_as_its_row_says(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        for region in (REGION, "bd"):
            await world.handle_all(*the_catalogue(), a_person_registered(), region=region)
        await world.handle(an_article_stated(ANOTHER_REGIONS), region="bd")
        await things_of(world, OWN, OTHER, prescriber=CALLER)
        await things_of(world, UNITS, POINT)
        await things_of(world, REGIONS, OTHER)
        await things_of(world, ANOTHER_REGIONS, POINT, prescriber=CALLER, region="bd")
        await a_transfer_of(world, OWN, sender=CALLER, sent_from=OTHER)
        await a_transfer_of(world, UNITS, sender=OUTSIDER, sent_from=POINT)
        await a_transfer_of(world, REGIONS, sender=OUTSIDER, sent_from=OTHER)
        for name, point, prescriber, region in (
            (OWN, OTHER, CALLER, REGION),
            (UNITS, POINT, OUTSIDER, REGION),
            (REGIONS, OTHER, OUTSIDER, REGION),
            (ANOTHER_REGIONS, POINT, CALLER, "bd"),
        ):
            await given_back(world, name, point, prescriber=prescriber, region=region)
        await wants_more(world)
        await damaged(world)
        refills = await proposals(world)
        sent = await sent_back(world)
        returned = Things(
            own=device_id(f"{OWN}-R"),
            units=device_id(f"{UNITS}-R"),
            region=device_id(f"{REGIONS}-R"),
            platform=device_id(f"{ANOTHER_REGIONS}-R", region="bd"),
        )
        devices = Things(
            own=device_id(OWN),
            units=device_id(UNITS),
            region=device_id(REGIONS),
            platform=device_id(ANOTHER_REGIONS, region="bd"),
        )
        orders = Things(
            own=order_id(f"O-{OWN}"),
            units=order_id(f"O-{UNITS}"),
            region=order_id(f"O-{REGIONS}"),
            platform=order_id(f"O-{ANOTHER_REGIONS}"),
        )
        stores = Things(units=f"S{UNITS}", region=f"S{REGIONS}", platform=f"S{ANOTHER_REGIONS}")
        holds = Things(
            own=transfer_id(f"BMB-{OWN}"),
            units=transfer_id(f"BMB-{UNITS}"),
            region=transfer_id(f"BMB-{REGIONS}"),
        )

        articles = Things(region="30457", platform=ANOTHER_REGIONS)
        fit = Things(platform=await back(world, region="bd"))
        files = Things(platform=uuid4())
        await assert_reach(
            world,
            {
                "inventory.devices.list": Upon(things=devices, key="device_id"),
                "inventory.devices.named": Upon(
                    things=devices, query="id={thing}", key="device_id"
                ),
                "inventory.devices.returned": Upon(
                    things=returned, key="device_id", query=f"person={person()}"
                ),
                "inventory.balances.print": Upon(things=stores),
                "inventory.supplier-returns.list": Upon(things=sent, key="id"),
                "inventory.supplier-return.show": Upon(things=sent),
                "inventory.supplier-return.print": Upon(things=sent),
                "inventory.refills.list": Upon(things=refills, key="proposal_id"),
                "inventory.refill.show": Upon(things=refills),
                "inventory.refill.drop": Upon(things=refills),
                "inventory.safety-levels.list": Upon(things=stores, key="store"),
                "inventory.device.show": Upon(things=devices),
                "inventory.device.write-note": Upon(things=devices, body={"text": "Bromsen."}),
                "inventory.device.hide-note": Upon(things=await notes(world)),
                "inventory.device.show-note": Upon(things=await notes(world)),
                "inventory.device.tell": Upon(things=devices),
                "inventory.device.custody": Upon(things=devices),
                "inventory.device.scrap": Upon(things=devices, body={"scrapped_on": "2026-03-02"}),
                "inventory.stores.list": Upon(things=stores, key="store"),
                "inventory.balances.list": Upon(things=stores),
                "inventory.stock-moves.list": Upon(things=await moves(world)),
                "inventory.reservations.list": Upon(things=orders, key="order_id"),
                "inventory.reservation.show": Upon(things=orders),
                "inventory.hold.show": Upon(things=holds),
                "inventory.stocktaking.show": Upon(things=stores),
                "inventory.stocktaking.open": Upon(things=stores),
                "inventory.stocktaking.count": Upon(things=stores, body=COUNT),
                "inventory.stocktaking.scan": Upon(things=stores, body=SCAN),
                "inventory.stocktaking.preview": Upon(things=stores),
                "inventory.stocktaking.print": Upon(things=stores),
                "inventory.stocktaking.post": Upon(things=stores),
                "inventory.stocktaking.cancel": Upon(things=stores),
                "inventory.article.inform": Upon(things=articles, body={"text": "Mått."}),
                "inventory.article.show-file": Upon(things=files, body={}),
                "inventory.article.hide-file": Upon(things=files, body={}),
                "inventory.reconditioning.do-stage": Upon(
                    things=fit, body={"done_on": "2026-03-02", "stage": "cleaned"}
                ),
                "inventory.reconditioning.approve": Upon(things=fit, body=DONE),
                "inventory.reconditioning.scrap": Upon(
                    things=fit, body={**DONE, "reason": "TOO_OLD"}
                ),
                "inventory.device.find": Upon(things=devices, body=FIND),
                "inventory.device.renumber": Upon(things=devices, body={"device_number": "R-9"}),
                "inventory.device.set-card": Upon(things=devices, body={}),
                "inventory.device.report-damage": Upon(
                    things=devices, body={**DAMAGE, "kind": "lost"}
                ),
                "inventory.device.decide-damage": Upon(
                    things=devices, body={**DAMAGE, "outcome": "nobody_pays"}
                ),
            },
            reaching_nothing=(
                "inventory.return.register",
                "inventory.article.add-file",  # the file is read ahead: test_article_pages
                "inventory.safety-level.set",  # its store is in the body: test_refills
                "inventory.supplier-return.register",
                "inventory.return.choices",  # its lines are of a person's: test_registered_returns
                "inventory.devices.find",  # the number is in the body: test_cards
            ),
        )
