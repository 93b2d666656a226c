"""Stories of orders, withdrawals and replenishments, to their ends."""

from itertools import product
from uuid import uuid4

from kvitt_contracts.orders import LineToOrder, OrderPlaced, SaveTemplate, VoidOrder
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitRecipient,
    Goods,
    NamedPatient,
    RegionPersonId,
    StoreId,
    UserId,
)
from kvitt_testkit.world import World

from contracts.tests.builders.home_regions import HOME_PAYER, STATE_PAYER
from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.refills import a_refill_proposed
from contracts.tests.builders.regions import a_payer_stated
from contracts.tests.builders.reservations import (
    a_line_delivered,
    a_line_stocked,
    a_release_refused,
    a_reservation_declined,
    a_reservation_released,
    a_stock_reserved,
    an_order_picking_started,
)
from contracts.tests.builders.story import (
    BATTERY,
    CENTRAL,
    CUSHION,
    ROLLATOR,
    a_care_unit,
    line_id,
    order_id,
)
from services.orders.tests.builders import (
    a_line,
    a_marked_line,
    a_replenishment,
    a_withdrawal_command,
    an_order_command,
)

CHARGER, MARKED_CHARGER = "30998", "30997"
OLDER, MARKED_OLDER = "30456", "30455"
PATIENT = NamedPatient(person=RegionPersonId("ac-person-1"))


async def orders_of_every_kind(world: World) -> None:
    """Orders and withdrawals, from a region's system and over HTTP, for patients and care units;
    lines with a fee, of a named device, and of neither.
    """
    plain, named = a_line(CUSHION), a_marked_line(ROLLATOR, "170098")
    fee, unnamed = a_line(BATTERY), a_line(ROLLATOR)
    recipients: tuple[NamedPatient | CareUnitRecipient, ...] = (PATIENT, a_care_unit())
    lines: tuple[LineToOrder, ...] = (plain, named, fee, unnamed)
    for number, (recipient, line) in enumerate(product(recipients, lines)):
        if line is not named:
            order = an_order_command(line, recipient=recipient)
            await world.handle(order, subject=f"KIND-{number}")
            await world.command(order, target=uuid4())
        if line is not unnamed:
            withdrawal = a_withdrawal_command(line, recipient=recipient)
            await world.handle(withdrawal, subject=f"OWN-{number}")
            await world.command(withdrawal, target=uuid4())


async def orders_that_are_paid_later(world: World) -> None:
    """Orders and withdrawals for patients, with a fee that is charged 90 days after receipt."""
    await world.handle(an_article_listed(CHARGER, marked=False, fee_group="charger"))
    await world.handle(an_article_listed(MARKED_CHARGER, fee_group="charger"))
    order = an_order_command(a_line(CHARGER), a_line(CUSHION))
    withdrawal = a_withdrawal_command(a_marked_line(MARKED_CHARGER, "170097"))
    for command, subject in ((order, "LATER-1"), (withdrawal, "LATER-2")):
        await world.handle(command, subject=subject)
        await world.command(command, target=uuid4())


async def orders_of_older_articles(world: World) -> None:
    """Orders and withdrawals of what is phased out, instead of the article asked for first."""
    asked, group = ArticleNumber(CUSHION), "sittdyna"
    await world.handle(an_article_listed(CUSHION, marked=False, replacement_group=group))
    for number, marked in ((OLDER, False), (MARKED_OLDER, True)):
        older = {"status": "phase_out", "replacement_group": group}
        await world.handle(an_article_listed(number, marked=marked, **older))
    unmarked = a_line(OLDER, instead_of=asked)
    named = a_line(MARKED_OLDER, instead_of=asked, device_number="170096")
    for at, recipient in enumerate((PATIENT, a_care_unit())):
        commands = (
            an_order_command(unmarked, recipient=recipient),
            a_withdrawal_command(unmarked, recipient=recipient),
            a_withdrawal_command(named, recipient=recipient),
        )
        for nth, command in enumerate(commands):
            await world.handle(command, subject=f"OLDER-{at}-{nth}")
            await world.command(command, target=uuid4())


async def orders_that_others_pay(world: World) -> None:
    """Orders that another region, or the state, pays for; their patients pay a fee later."""
    for payer in (HOME_PAYER, STATE_PAYER):
        await world.handle(a_payer_stated(payer), subject=payer)
    for cover in ({"kind": "home_region", "region": "m"}, {"kind": "state"}):
        for n, lines in enumerate(((), (a_line(CHARGER),))):
            command = an_order_command(*lines, cover=cover)
            await world.handle(command, subject=f"COVERED-{cover['kind']}-{n}")
            await world.command(command, target=uuid4())


async def replenishments(world: World) -> None:
    """A store is filled up, from a region's system and over HTTP."""
    await world.handle(a_replenishment(), subject="REFILL")
    await world.command(a_replenishment(), target=uuid4())
    await world.handle(a_line_stocked("REFILL"))
    await world.handle(a_refill_proposed("F-1"))
    await world.handle(a_replenishment(follows_proposal=True), subject="FOLLOWS")
    await world.handle(a_refill_proposed("F-2", proposed_on="2026-03-03"))
    await world.command(a_replenishment(follows_proposal=True), target=uuid4())


async def templates(world: World) -> None:
    """One is saved, and emptied."""
    line = Goods(article_number=ArticleNumber(CUSHION), quantity=4)
    for lines in ((line,), ()):
        template = SaveTemplate(store=StoreId(CENTRAL), lines=lines, by=UserId("k082lno"))
        await world.handle(template, subject="TEMPLATE")


async def orders_to_their_ends(world: World) -> None:
    """One order is delivered, one declined, one voided, and one that cannot be voided any more."""
    await world.handle(an_order_command(), subject="DELIVERED")
    await world.handle_all(
        a_stock_reserved("DELIVERED"),
        an_order_picking_started("DELIVERED"),
        a_line_delivered("DELIVERED"),
    )
    await world.handle(a_withdrawal_command(), subject="DECLINED")
    await world.handle(a_reservation_declined("DECLINED"))
    for reference, answer in (
        ("VOIDED", a_reservation_released("VOIDED")),
        ("NOT-VOIDED", a_release_refused("NOT-VOIDED")),
    ):
        await world.handle(an_order_command(), subject=reference)
        await world.handle(a_stock_reserved(reference))
        await world.handle(VoidOrder(by=UserId("k082lno")), subject=reference)
        await world.handle(answer)
    (placed,) = [
        one for one in await world.events(OrderPlaced) if one.order_id == order_id("DELIVERED")
    ]
    assert placed.lines[0].line_id == line_id("DELIVERED")
