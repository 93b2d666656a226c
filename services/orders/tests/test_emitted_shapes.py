"""What orders really emits: the builders beside the contracts may make nothing else."""

from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

from kvitt_contracts.envelope import Event
from kvitt_contracts.orders import (
    AnswerCase,
    AskCase,
    AssessRisk,
    BasketLoanActRequested,
    ChangePurchaseOrderLine,
    CloseFaultReport,
    DelayPurchaseOrder,
    ForwardFaultReport,
    LineToLend,
    LineToOrder,
    MakePickupUrgent,
    NamedThing,
    NamePrescriber,
    OrderPlaced,
    PurchaseOrderCreated,
    ReportDeviation,
    ReportFault,
    ReportPickup,
    SaveTemplate,
    SendPurchaseOrder,
    SetDefaultServicePoint,
    SetDefaultSupply,
    SetDelivery,
    SettleDeviation,
    VoidOrder,
    VoidOrderLines,
    VoidPickup,
    WithdrawCase,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitRecipient,
    DeviceNumber,
    Goods,
    LineNumber,
    Money,
    NamedPatient,
    OrderId,
    PatientRecipient,
    ReasonCode,
    Reference,
    RegionPersonId,
    ServicePointId,
    StoreId,
    SupplierId,
    Thing,
    UserId,
    Word,
)
from kvitt_testkit.unreadable import quarantine_and_discard
from kvitt_testkit.world import Given, World, stockholm
from orders.app import service
from orders.blocks.commands import LiftBlock, OpenBlocks, RegisterBlock
from orders.blocks.domain import AskedBy
from orders.cases.commands import AnswerCaseInWords, AskCaseInWords
from orders.consents.commands import GiveConsent, WithdrawConsent
from orders.erasures.commands import ErasePerson
from orders.purchase_orders.commands import CreatePurchaseOrderInWords, LinePrice

from contracts.tests.builders.areas import with_policy, with_product_areas
from contracts.tests.builders.baskets import a_basket_act_refused, a_basket_line_put_back
from contracts.tests.builders.home_regions import HOME_PAYER, HOME_REGION, STATE_PAYER
from contracts.tests.builders.inventory import (
    a_claim_refused_of_fault_report,
    a_custody,
    a_custody_changed_by_fault_report,
    a_custody_changed_by_order,
    an_article_listed,
)
from contracts.tests.builders.pickups import (
    a_claim_broken,
    a_claim_granted,
    a_claim_refused,
    a_claim_released,
)
from contracts.tests.builders.purchases import (
    OTHER_SUPPLIER,
    RAMP,
    SUPPLIER,
    WALKER,
    a_direct_article,
    a_supplier_delay_stated,
    a_supplier_stated,
)
from contracts.tests.builders.refills import a_refill_proposed
from contracts.tests.builders.regions import (
    CHILD,
    a_customer_stated,
    a_payer_stated,
    a_person_joined,
    a_person_stated,
    a_user_stated,
)
from contracts.tests.builders.reservations import (
    a_line_delivered,
    a_line_stocked,
    a_release_refused,
    a_reservation_declined,
    a_reservation_released,
    a_stock_reserved,
    an_order_picking_started,
)
from contracts.tests.builders.shapes import assert_proven
from contracts.tests.builders.story import (
    BATTERY,
    CENTRAL,
    CUSHION,
    ELECTRONIC,
    ENDPOINT,
    OUTSIDER,
    OWN,
    PURCHASING,
    RECEIVING,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    a_care_unit,
    basket_id,
    case_id,
    device_id,
    line_id,
    order_id,
    pickup_id,
    purchase_order_id,
)
from services.orders.tests.baskets import (
    KIT,
    a_device,
    a_fee,
    a_loan,
    a_unit_that_lends,
    an_act,
    goods,
    lent,
)
from services.orders.tests.builders import (
    a_line,
    a_marked_line,
    a_replenishment,
    a_reserve_number,
    a_withdrawal_command,
    an_identity,
    an_order_command,
    registry,
)
from services.orders.tests.pickups import DEVICES, devices_on_loan, requested_over_http
from services.orders.tests.purchases import a_purchase
from services.orders.tests.receiving import what_is_received
from services.orders.tests.user_flows import users_lose_access_and_have_it_again
from services.orders.tests.work_order_flows import work_orders_to_their_ends
from services.orders.tests.worlds import ref_of

MONDAY = stockholm("2026-03-02 08:00")
PRICES = [
    {"valid_from_on": day, "prices": [{"service": priced, "price": {"net_ore": 60000}}]}
    for day, priced in (("2026-01-01", "urgent_pickup"), ("2026-03-25", "other"))
]
FEES = {
    "rules": [
        {"fee_group": group, "amount": {"net_ore": 50000, "vat_percent": 0}, "timing": timing}
        for group, timing in (("charge_kit", "immediate"), ("charger", "delayed_90_days"))
    ]
}
CHARGER, MARKED_CHARGER = "30998", "30997"
OLDER, MARKED_OLDER = "30456", "30455"
PATIENT = NamedPatient(person=RegionPersonId("ac-person-1"))


async def test_orders_emits_what_its_builders_make(given: Given, policies: Policies) -> None:
    areas = with_policy(
        with_product_areas(policies, "horsel"),
        price_list=PRICES,
        fees=FEES,
        stores={"central": CENTRAL, "purchasing": PURCHASING, "own": (OWN,)},
        order={"void_line": "receiving_unit"},
        home_region=HOME_REGION,
    )
    async with given(service, at=MONDAY, policies=areas) as world:
        await registry(world)
        await the_rest_of_the_registry(world)
        await orders_of_every_kind(world)
        await orders_that_are_paid_later(world)
        await orders_that_others_pay(world)
        await orders_of_older_articles(world)
        await replenishments(world)
        await templates(world)
        await orders_to_their_ends(world)
        await what_is_bought(world)
        await what_becomes_of_it(world)
        await what_is_received(world)
        await fault_reports(world)
        await pickups_to_their_ends(world)
        await urgent_pickups(world)
        await returned_at_once(world)
        await baskets_to_their_ends(world)
        await cases_to_their_ends(world)
        await what_patients_have_said(world)
        await work_orders_to_their_ends(world)
        await world.refuse(an_order_command(a_line("404404")), subject="REFUSED")
        await world.refuse(VoidOrder(by=UserId("k082lno")), subject="DELIVERED")
        await quarantine_and_discard(world)
        emitted: list[Event] = await world.events()
    lapsing = with_policy(policies, inactive_after_months=6)
    async with given(service, at=MONDAY, policies=lapsing) as world:
        await users_lose_access_and_have_it_again(world)
        assert_proven("orders", [*emitted, *await world.events()])


async def the_rest_of_the_registry(world: World) -> None:
    """Units with and without a store, payers that are invoiced electronically, a requester, persons
    that come, go and are joined.
    """
    await world.handle(a_customer_stated("40355", store=None), subject="40355")
    for payer, states in (("20377", ELECTRONIC), ("20378", {"endpoint": ENDPOINT})):
        await world.handle(a_payer_stated(payer, **states), subject=payer)
    requester = a_user_stated("b001req", roles=("requester",), acts_for=("k082lno",))
    await world.handle(requester, subject="b001req")
    limits: tuple[dict[str, Any], ...] = (
        {"product_areas": ("horsel",)},
        {"stores": ("402",)},
        {"product_areas": ("horsel",), "stores": ("402",)},
        {"profession": "audiologist"},
    )
    for number, limit in enumerate(limits):
        await world.handle(a_user_stated(f"k09{number}lim", **limit), subject=f"k09{number}lim")
    await world.handle(an_article_listed(ROLLATOR))
    await world.handle(an_article_listed(BATTERY, marked=False, fee_group="charge_kit"))
    child = an_identity(CHILD)
    await world.handle(a_person_stated(child), subject="ac-person-2")
    await world.handle(a_person_stated(child, version=2, active=False), subject="ac-person-2")
    await world.handle(a_person_stated(child, version=3), subject="ac-person-2")
    await world.handle(a_person_stated(child, version=4, protected=True), subject="ac-person-2")
    await world.handle(a_person_stated(a_reserve_number()), subject="ac-person-9")
    erasing = ErasePerson(why="Begäran enligt artikel 17")
    await world.command(erasing, target=await ref_of(world, "ac-person-9"))
    await world.handle(a_person_joined("ac-person-2"), subject="ac-person-1")


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


async def what_is_bought(world: World) -> None:
    """Orders for patients and care units with direct lines, alone and beside central ones, and the
    purchase orders that they are bought by, under a name of the region's own and none.
    """
    await world.handle(a_supplier_stated(), subject=SUPPLIER)
    sole_trader = a_supplier_stated(OTHER_SUPPLIER, organisation_number=None)
    await world.handle(sole_trader, subject=OTHER_SUPPLIER)
    await world.handle(a_direct_article())
    for number, recipient in enumerate((PATIENT, a_care_unit())):
        order = an_order_command(a_line(WALKER), a_line(CUSHION), recipient=recipient)
        await world.handle(order, subject=f"BOUGHT-{number}")
        await world.command(order, target=uuid4())
    await world.handle(a_stock_reserved("BOUGHT-0"))
    await world.handle(a_purchase(1, order="BOUGHT-0"), subject="I-0")
    named = ("I-1", None)
    kinds = product(named, (None, UserId(SENDER)), (None, Money(net_ore=90_000)))
    for number, (reference, asked_by, price) in enumerate(kinds):
        placed = uuid4()
        await world.command(an_order_command(a_line(WALKER)), target=placed)
        bought = CreatePurchaseOrderInWords(
            order_id=OrderId(placed),
            supplier_id=SupplierId(SUPPLIER),
            prices=() if price is None else (LinePrice(line=1, price=price),),
            by=UserId(SENDER),
            asked_by=asked_by,
        )
        name = reference and f"{reference}-{number}"
        target = purchase_order_id(name) if name else uuid4()
        await world.command(bought, target=target, subject=name)


async def what_becomes_of_it(world: World) -> None:
    """A purchase order that is sent, late, changed, not as ordered, and voided in part."""
    staff, by = UserId(SERVICE), UserId(SENDER)
    await world.handle(a_user_stated(SERVICE, roles=("customer_service",)), subject=SERVICE)
    lines = tuple(a_line(RAMP, 3) for _ in range(3))
    await world.handle(a_direct_article(RAMP, marked=False))
    await world.handle(an_order_command(*lines), subject="BOUGHT-2")
    priced = CreatePurchaseOrderInWords(
        order_id=order_id("BOUGHT-2"),
        supplier_id=SupplierId(SUPPLIER),
        prices=(LinePrice(line=1, price=Money(net_ore=90_000)),),
        by=by,
    )
    await world.command(priced, target=purchase_order_id("I-2"), subject="I-2")
    sent = SendPurchaseOrder(how=Word("printed"), sent_on=date(2026, 3, 2), by=by)
    (order,) = [
        one
        for one in await world.events(PurchaseOrderCreated)
        if one.purchase_order_id == purchase_order_id("I-2")
    ]
    stated = a_supplier_delay_stated(order.purchase_order_number, lines=(2,))
    late = DelayPurchaseOrder(lines=(1,), expected_on=date(2026, 3, 17), by=staff, asked_by=by)
    odd = ReportDeviation(line=1, kind=Word("short"), by=by)
    settled = SettleDeviation(line=1, how=Word("kept"), by=staff, asked_by=by)
    for one in (sent, late, odd, settled):
        await world.handle(one, subject="I-2")
    await world.handle(stated, subject=order.purchase_order_number)
    for line, quantity in ((1, 2), (2, 2), (1, 0), (2, 0)):
        change = ChangePurchaseOrderLine(line=line, quantity=quantity, by=staff, asked_by=by)
        await world.handle(change, subject="I-2")
    other = ReportDeviation(line=3, kind=Word("short"), by=by)
    await world.handle(other, subject="I-2")
    for number, (asked_by, is_priced) in enumerate(product((by, None), (True, False))):
        reference = f"LESS-{number}"
        await world.handle(an_order_command(a_line(RAMP)), subject=reference)
        bought = priced.model_copy(
            update={
                "order_id": order_id(reference),
                "prices": priced.prices if is_priced else (),
            }
        )
        await world.command(bought, target=uuid4())
        void = VoidOrderLines(
            lines=(1,),
            reason=ReasonCode("CANNOT_DELIVER"),
            is_supplier_told=True,
            by=by if asked_by is None else staff,
            asked_by=asked_by,
        )
        await world.handle(void, subject=reference)
    await world.handle(an_order_command(a_line(RAMP)), subject="URGENT-1")
    urgent = SetDelivery(is_urgent=True, is_consolidated=False, by=staff, asked_by=by)
    await world.handle(urgent, subject="URGENT-1")
    await what_is_chosen_in_advance(world)


async def what_is_chosen_in_advance(world: World) -> None:
    """A user's default source, and another's default service point."""
    chooser, moved = UserId("k070val"), UserId("k071byt")
    points = ("40201", "61201")
    await world.handle(a_customer_stated(points[1], store=None), subject=points[1])
    for user in (chooser, moved):
        await world.handle(a_user_stated(user, *points), subject=user)
    supply = SetDefaultSupply(user_id=chooser, default_supply=Word("own_store"), by=chooser)
    await world.handle(supply, subject=chooser)
    point = SetDefaultServicePoint(
        user_id=moved,
        service_point=ServicePointId(points[1]),
        by=UserId(SERVICE),
        asked_by=moved,
    )
    await world.handle(point, subject=moved)


async def fault_reports(world: World) -> None:
    """Faults on devices of patients and care units that nobody prescribes, reported for a user or
    not: one gets a prescriber after one was refused, one is forwarded, both are assessed, one waits
    too long.
    """
    await world.handle(a_user_stated("s001kun", roles=("customer_service",)), subject="s001kun")
    await world.handle(a_user_stated("k099gon", active=False), subject="k099gon")
    for number, (holder, asked_by) in enumerate(product((None, a_care_unit()), (None, SENDER))):
        device, subject = f"17009{number}", f"F-{number}"
        custody = a_custody(holder, prescriber="k099gon")
        await world.handle(a_custody_changed_by_order(device, to=custody))
        report = ReportFault(
            device_number=DeviceNumber(device),
            service_point=ServicePointId("40201"),
            by=UserId("s001kun"),
            asked_by=UserId(asked_by) if asked_by else None,
        )
        await world.handle(report, subject=subject)
    by = UserId(SENDER)
    await world.handle(NamePrescriber(prescriber=by, by=by), subject="F-0")
    await world.handle(a_claim_refused_of_fault_report("170090", report="F-0"))
    await world.handle(NamePrescriber(prescriber=by, by=by), subject="F-0")
    await world.handle(a_custody_changed_by_fault_report("170090", report="F-0"))
    await world.handle(ForwardFaultReport(to=by, by=by), subject="F-1")
    risk = AssessRisk(side=Word("responsible"), use=Word("restricted"), by=by)
    await world.handle(risk, subject="F-1")
    closing = CloseFaultReport(outcome=Word("assessed_anew"), by=UserId("s001kun"))
    await world.handle(closing, subject="F-1")
    await world.advance(stockholm("2026-03-05 00:00"))


async def pickups_to_their_ends(world: World) -> None:
    """Pickups from patients and care units, by a name of the region's own or none, for days that
    are given or not: one is fetched in part and taken back in part, one is reported and late, one
    is refused, and one is never answered.
    """
    await devices_on_loan(world)
    day: dict[str, Any] = {"earliest_on": date(2026, 3, 6), "latest_on": date(2026, 3, 16)}
    days: tuple[dict[str, Any], ...] = (
        {},
        day,
        {"earliest_on": date(2026, 3, 6)},
        {"latest_on": date(2026, 3, 16)},
    )
    causes: tuple[dict[str, Any], ...] = ({}, {"return_cause": Word("ordered_wrong")})
    kinds = product(({}, {"recipient": a_care_unit()}), days, (True, False), causes)
    for number, (recipient, between, is_named, cause) in enumerate(kinds):
        reference = f"P-{number}" if is_named else None
        await requested_over_http(world, reference=reference, **recipient, **between, **cause)
    by = UserId(SENDER)
    await requested_over_http(world, *DEVICES, reference="H-1")
    await world.handle(a_claim_granted(*DEVICES))
    await world.handle(VoidPickup(numbers=(LineNumber(2),), by=by), subject="H-1")
    await world.handle(a_claim_released(DEVICES[1]))
    missing = ReportPickup(technician=UserId(SERVICE), not_found=(LineNumber(1),))
    await world.handle(missing, subject="H-1")
    await world.handle(ReportPickup(technician=UserId(SERVICE)), subject="H-1")
    await world.handle(a_claim_broken(DEVICES[0]))
    await requested_over_http(world, reference="H-2")
    await world.handle(a_claim_refused(pickup="H-2"))
    await requested_over_http(world, reference="H-3")
    await world.handle(a_claim_granted(pickup="H-3"))
    await requested_over_http(world, reference="H-4")
    await world.advance(stockholm("2026-03-20 08:00"))


async def urgent_pickups(world: World) -> None:
    """One is fetched at once, for the fee of the price list; another was before there was any."""
    urgent = MakePickupUrgent(by=UserId(SENDER))
    await requested_over_http(world, reference="H-5")
    await world.handle(a_claim_granted(pickup="H-5"))
    await world.handle(urgent, subject="H-5")
    await world.handle(a_claim_broken(pickup="H-5"))


async def returned_at_once(world: World) -> None:
    """A pickup of what is to be returned at once, which waits until it is late."""
    await world.handle(an_article_listed(ROLLATOR, return_at_once=True))
    for reference in ("H-6", None):
        await requested_over_http(world, reference=reference)
    await world.handle(a_claim_granted(pickup="H-6"))
    await world.handle(an_article_listed(ROLLATOR))


async def baskets_to_their_ends(world: World) -> None:
    """Basket loans by message and over HTTP: declined, not answered, acted on, overdue; fees that
    are paid, of a device and of goods.
    """
    await world.handle(an_article_listed(MARKED_CHARGER, marked=True, fee_group="charge_kit"))
    await a_unit_that_lends(world)
    device = LineToLend(
        article_number=ArticleNumber(MARKED_CHARGER), device_number=DeviceNumber("170098")
    )
    for command in (a_loan(device), a_loan(goods())):
        await world.command(command, target=uuid4())
    await world.handle(a_loan(goods()), subject="V-0")
    await world.handle(a_reservation_declined(basket_id("V-0")))
    kit, cushion = goods(KIT), goods()
    await lent(world, device, kit, cushion, goods(), a_device("170099"))
    await world.handle(an_act(1, put_back=(3,)), subject="V-1")
    at = basket_id()
    await world.handle(a_line_delivered(at, article=MARKED_CHARGER, devices=("170098",)))
    await world.handle(a_basket_line_put_back(3))
    await world.handle(an_act(2), subject="V-1")
    await world.handle(a_line_delivered(at, line=2, article=KIT))
    for fee in (6, 7):
        await world.handle(a_fee(fee), subject="V-1")
    await world.handle(an_act(4, recipient=a_care_unit()), subject="V-1")
    asked = await world.events(BasketLoanActRequested)
    await world.handle(a_basket_act_refused(act_id=asked[-1].act_id))
    await world.advance(await world.now() + timedelta(days=8))
    await world.handle(an_act(5, put_back=(4,)), subject="V-1")
    await world.handle(a_basket_line_put_back(4))
    await world.handle(a_line_delivered(at, line=5, article=ROLLATOR, devices=("170099",)))
    await lent(world, goods(), reference="V-2")
    await world.handle(an_act(put_back=(1,)), subject="V-2")
    await lent(world, goods(), reference="V-3")
    await world.handle(an_act(1), subject="V-3")


async def what_patients_have_said(world: World) -> None:
    """A block that is opened and lifted, and consents to their ends."""
    ref, block, consent = await ref_of(world), uuid4(), uuid4()
    await world.register(OUTSIDER, service_points=[RECEIVING])
    at, by = ServicePointId(SENDING), UserId(SENDER)
    day = (await world.now()).date()
    asked = RegisterBlock(
        person=ref, service_point=at, asked_by=AskedBy.PATIENT, asked_on=day, by=by
    )
    await world.command(asked, target=block)
    opening = OpenBlocks(person=ref, why="Medvetslös, larmar", by=UserId(OUTSIDER))
    await world.command(opening, target=ref)
    given = GiveConsent(person=ref, service_point=at, until_on=day, opens_blocks=False, by=by)
    for target in (consent, uuid4()):
        await world.command(given, target=target)
    await world.command(WithdrawConsent(by=by), target=consent)
    await world.advance(await world.now() + timedelta(days=2))
    await world.command(LiftBlock(by=by), target=block)


async def cases_to_their_ends(world: World) -> None:
    """Cases about something and about nothing, in words and without: one is answered in words and
    one without, one is withdrawn, and one waits too long.
    """
    by, staff = UserId(SENDER), UserId(SERVICE)
    place = ServicePointId("40201")
    order = NamedThing(kind=Word("order"), reference=Reference("DELIVERED"))
    for number in range(3):
        question = AskCase(kind=Word("deviation"), about=order, service_point=place, by=by)
        await world.handle(question, subject=f"C-{number}")
    pickup = Thing(kind=Word("pickup"), id=pickup_id("H-1"))
    device = Thing(kind=Word("device"), id=device_id(DEVICES[0]))
    for number, about in enumerate((pickup, device, None), 3):
        said = AskCaseInWords(
            kind=Word("other"), about=about, service_point=place, by=by, text="Ring mig."
        )
        await world.command(said, target=case_id(f"C-{number}"), subject=f"C-{number}")
    at = PatientRecipient(person=await ref_of(world, "ac-person-1"))
    await world.handle(a_custody_changed_by_order("170900", to=a_custody(at)))
    moves = AskCaseInWords(
        kind=Word("patient_moves"),
        about=Thing(kind=Word("person"), id=at.person),
        devices=(DeviceNumber("170900"),),
        service_point=place,
        by=by,
        text="Flyttar till en annan region.",
    )
    await world.command(moves, target=case_id("C-6"), subject="C-6")
    await world.handle(AnswerCase(outcome=Word("done"), by=staff), subject="C-0")
    no = AnswerCaseInWords(outcome=Word("refused"), by=staff, text="Den är redan hämtad.")
    await world.command(no, target=case_id("C-3"), subject="C-3")
    await world.handle(WithdrawCase(by=by), subject="C-1")
    await world.advance(stockholm("2026-03-30 08:00"))
    await world.handle(MakePickupUrgent(by=by), subject="H-3")  # no price any more
