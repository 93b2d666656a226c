"""REF-18: every cell of the table of access, as far as it is orders'."""

import pytest
from kvitt_testkit.cells import (
    CALLER,
    POINT,
    Things,
    Upon,
    assert_commands,
    assert_reach,
    assert_roles,
)
from kvitt_testkit.world import Given
from orders.app import service

from contracts.tests.builders.purchases import SUPPLIER, a_direct_article, a_supplier_stated
from contracts.tests.builders.regions import a_user_stated
from services.orders.tests.cell_things import (
    COLLEAGUE,
    ELSEWHERE,
    OTHERS,
    PEER,
    asked,
    block_of,
    bought,
    consent_of,
    fetched,
    kept,
    lent,
    looked,
    placed,
    received,
    reported,
    to_buy,
    two_regions,
    worked,
)
from services.orders.tests.drafted import begun, begun_order
from services.orders.tests.worlds import MONDAY

pytestmark = pytest.mark.long(seconds=30)

LATER = {"lines": [1], "expected_on": "2026-04-01", "asked_by": PEER}
MAKES_ANEW = (
    "orders.order.place",
    "orders.withdrawal.register",
    "orders.replenishment.place",
    "orders.order.preview",
    "orders.withdrawal.preview",
    "orders.fault-report.report",
    "orders.pickup.request",
    "orders.basket-loan.request",
    "orders.attachment.add",
    "orders.attachment.attach",  # its order is in the body: test_attachments
    "orders.work-order.register",
    "orders.pickup.choices",  # its person is in the query: test_pickup_choices
    "orders.order-draft.begin",
    "orders.order-draft.save",  # its person is in the body: test_order_drafts
    "orders.person.print",  # as persons are resolved: test_handouts
    "orders.person.print-extract",  # as above: test_extract_prints
    "orders.application-draft.begin",
    "orders.application-draft.save",  # its person is in the body: test_application_drafts
    "orders.case.ask",
    "orders.purchase-order.create",  # its order is in the body: test_purchase_orders
    "orders.receipt.report",  # its number is in the body: test_receipt_flow
    "orders.work-order.choices",  # as above: test_work_order_choices
    # as persons are looked at: test_openings, test_searching_persons, test_person_log
    "orders.person.open",
    "orders.person.choose",
    "orders.person.export",
    # what ends a person is driven by itself: test_erasing, test_persons_http
    "orders.person.merge",
    "orders.person.erase",
    "orders.purchase-order.resolve",  # a service's: test_contacts
    "orders.template.save",  # it may begin one: test_templates
    "orders.user.apply",  # customer service names who heads the unit: test_users_access
    "orders.user.apply-anew",  # as above
    "orders.persons.resolve",  # its persons are in the body: test_persons_http
)


@pytest.mark.rule("REF-18a")
@pytest.mark.rule("REF-18e")
async def test_each_route_is_for_whom_its_row_names(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await assert_roles(world)


@pytest.mark.rule("REF-18g")
async def test_each_command_of_a_region_is_for_whom_its_row_names(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await assert_commands(world)


@pytest.mark.timeout(900)  # each act of the service, upon three things, by each who may
@pytest.mark.rule("REF-18b")
@pytest.mark.rule("REF-18c")
@pytest.mark.rule("REF-18q")
async def test_each_role_reaches_as_far_as_its_row_says(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await two_regions(world)
        await world.handle(a_user_stated(PEER, POINT), subject=PEER)
        own = await placed(world, "OWN", service_point=OTHERS, requester=CALLER)
        units = await placed(world, "UNITS", service_point=POINT)
        region = await placed(world, "REGION", service_point=OTHERS)
        platform = await placed(world, "PLATFORM", region="bd", service_point=ELSEWHERE)
        orders = Things(
            own=own.order, units=units.order, region=region.order, platform=platform.order
        )
        pickups = Things(
            own=await fetched(world, own, by=CALLER, service_point=OTHERS),
            units=await fetched(world, units, service_point=POINT),
            region=await fetched(world, region, service_point=OTHERS),
            platform=await fetched(world, platform, region="bd", service_point=ELSEWHERE),
        )
        baskets = Things(
            own=await lent(world, "OWN", requester=CALLER, service_point=OTHERS),
            units=await lent(world, "UNITS", service_point=POINT),
            region=await lent(world, "REGION", service_point=OTHERS),
            platform=await lent(world, "PLATFORM", region="bd", service_point=ELSEWHERE),
        )
        works = Things(
            own=await worked(world, own, requester=CALLER, service_point=OTHERS),
            units=await worked(world, units, service_point=POINT),
            region=await worked(world, region, service_point=OTHERS),
            platform=await worked(world, platform, region="bd", service_point=ELSEWHERE),
        )
        persons = Things(
            own=own.person, units=units.person, region=region.person, platform=platform.person
        )
        reports = Things(
            own=await reported(world, "OWN", service_point=OTHERS, by=CALLER),
            units=await reported(world, "UNITS", service_point=POINT),
            region=await reported(world, "REGION", service_point=OTHERS),
            platform=await reported(world, "PLATFORM", region="bd", service_point=ELSEWHERE),
        )
        cases = Things(
            own=await asked(world, "OWN", service_point=OTHERS, by=CALLER),
            units=await asked(world, "UNITS", service_point=POINT),
            region=await asked(world, "REGION", service_point=OTHERS),
            platform=await asked(world, "PLATFORM", region="bd", service_point=ELSEWHERE),
        )
        attachments = Things(
            own=await kept(world, own.order),
            units=await kept(world, units.order),
            region=await kept(world, region.order),
            platform=await kept(world, platform.order, region="bd"),
        )
        drafts = Things(
            own=await begun(world, own.person, service_point=OTHERS, by=CALLER),
            units=await begun(world, units.person, service_point=POINT),
            region=await begun(world, region.person, service_point=OTHERS),
            platform=await begun(world, platform.person, region="bd", service_point=ELSEWHERE),
        )
        order_drafts = Things(
            own=await begun_order(world, own.person, service_point=OTHERS, by=CALLER),
            units=await begun_order(world, units.person, service_point=POINT),
            region=await begun_order(world, region.person, service_point=OTHERS),
            platform=await begun_order(
                world, platform.person, region="bd", service_point=ELSEWHERE
            ),
        )
        await world.handle(a_supplier_stated(), subject=SUPPLIER)  # on paper with their names
        await world.handle(a_direct_article())
        bought_at = Things(
            own=await bought(world, own, service_point=OTHERS, by=CALLER),
            units=await bought(world, units, service_point=POINT),
            region=await bought(world, region, service_point=OTHERS),
            platform=await bought(world, platform, region="bd", service_point=ELSEWHERE),
        )
        direct = Things(
            own=await to_buy(world, own, service_point=OTHERS, by=CALLER),
            units=await to_buy(world, units, service_point=POINT),
            region=await to_buy(world, region, service_point=OTHERS),
            platform=await to_buy(world, platform, region="bd", service_point=ELSEWHERE),
        )
        receipts = Things(
            own=await received(world, own, service_point=OTHERS, by=CALLER),
            units=await received(world, units, service_point=POINT),
            region=await received(world, region, service_point=OTHERS),
            platform=await received(world, platform, region="bd", service_point=ELSEWHERE),
        )
        blocks = Things(
            units=await block_of(world, units, service_point=POINT),
            region=await block_of(world, region, service_point=OTHERS),
            platform=await block_of(world, platform, region="bd", service_point=ELSEWHERE),
        )
        consents = Things(
            units=await consent_of(world, units, service_point=POINT),
            region=await consent_of(world, region, service_point=OTHERS),
            platform=await consent_of(world, platform, region="bd", service_point=ELSEWHERE),
        )
        lines = Things(
            region=await looked(world, region), platform=await looked(world, platform, region="bd")
        )
        payers = Things(region="20011", platform="2001")
        far = Things(platform=bought_at.platform)  # a rule says no to the region's, by a field
        points = Things(region=OTHERS, platform=ELSEWHERE)
        care_units = Things(region="30110", platform="3011")
        users = Things(region=COLLEAGUE, platform="k900bdx")
        headed = Things(units=PEER, region=COLLEAGUE, platform="k900bdx")

        await assert_reach(
            world,
            {
                "orders.orders.list": Upon(things=orders, key="order_id"),
                "orders.person.blocks": Upon(things=persons),
                "orders.block.register": Upon(
                    things=persons, body={"service_point": POINT, "asked_on": "2026-03-02"}
                ),
                "orders.blocks.open": Upon(
                    things=Things(region=region.person, platform=platform.person),
                    body={"reason": "Medvetslös, larmar"},
                ),
                "orders.block.lift": Upon(things=blocks),
                "orders.consent.withdraw": Upon(things=consents),
                "orders.log-line.show": Upon(things=lines),
                "orders.log-line.review": Upon(things=lines, body={"outcome": "in_order"}),
                "orders.orders.awaited": Upon(things=orders, key="order_id"),
                "orders.order.show": Upon(things=orders),
                "orders.order.tell": Upon(things=orders),
                "orders.order.record": Upon(things=orders),
                "orders.order.voiding": Upon(things=orders),
                "orders.order.attachments": Upon(things=orders),
                "orders.order.void": Upon(things=orders),
                "orders.purchase-orders.list": Upon(things=bought_at, key="purchase_order_id"),
                "orders.purchase-order.show": Upon(things=bought_at),
                "orders.purchase-order.print": Upon(things=bought_at),
                "orders.purchase-order.send": Upon(
                    things=bought_at, body={"how": "printed", "sent_on": "2026-03-02"}
                ),
                "orders.purchase-order.report-deviation": Upon(
                    things=bought_at, body={"line": 1, "kind": "damaged"}
                ),
                "orders.purchase-order.delay": Upon(
                    things=bought_at,
                    body=LATER,
                ),
                "orders.purchase-order.change-line": Upon(
                    things=far, body={"line": 1, "quantity": 2, "asked_by": PEER}
                ),
                "orders.purchase-order.settle-deviation": Upon(
                    things=bought_at, body={"line": 1, "asked_by": PEER, "how": "kept"}
                ),
                "orders.replenishment-address.set": Upon(
                    things=Things(platform=ELSEWHERE), body={"address": None, "asked_by": PEER}
                ),
                "orders.user.refuse": Upon(
                    things=Things(platform="k900bdx"), body={"asked_by": PEER}
                ),
                "orders.orders.to-purchase": Upon(things=direct, key="order_id"),
                "orders.order.void-lines": Upon(
                    things=direct,
                    body={"lines": [1], "reason": "CANNOT_DELIVER", "is_supplier_told": False},
                ),
                "orders.order.set-delivery": Upon(
                    things=orders,
                    body={"is_urgent": True, "is_consolidated": False, "asked_by": PEER},
                ),
                "orders.receipts.awaited": Upon(things=bought_at, key="purchase_order_id"),
                "orders.receipt.show": Upon(things=receipts),
                "orders.fault-reports.list": Upon(things=reports, key="fault_report_id"),
                "orders.fault-report.show": Upon(things=reports),
                "orders.fault-report.tell": Upon(things=reports),
                "orders.fault-report.name-prescriber": Upon(
                    things=reports, body={"prescriber": PEER}
                ),
                "orders.fault-report.forward": Upon(things=reports, body={"to": PEER}),
                "orders.fault-report.assess-risk": Upon(
                    things=reports, body={"side": "responsible", "use": "allowed"}
                ),
                "orders.fault-report.close": Upon(things=reports, body={"outcome": "no_fault"}),
                "orders.delivery.resolve": Upon(things=orders),
                "orders.pickups.list": Upon(things=pickups, key="pickup_id"),
                "orders.pickup.show": Upon(things=pickups),
                "orders.basket-loans.list": Upon(things=baskets, key="order_id"),
                "orders.basket-loan.show": Upon(things=baskets),
                "orders.basket-loan.tell": Upon(things=baskets),
                "orders.basket-loan.act": Upon(things=baskets, body={"put_back": [1]}),
                "orders.basket-loan.deliver-fee": Upon(things=baskets, body={"line": 1}),
                "orders.waits.list": Upon(things=cases, key="id"),  # before they are answered
                "orders.cases.list": Upon(things=cases, key="case_id"),
                "orders.case.show": Upon(things=cases),
                "orders.case.tell": Upon(things=cases),
                "orders.case.print": Upon(things=cases),
                "orders.case.answer": Upon(things=cases, body={"outcome": "done"}),
                "orders.case.withdraw": Upon(things=cases),
                "orders.pickup.make-urgent": Upon(things=pickups, body={}),
                "orders.pickup.print": Upon(things=pickups),
                "orders.pickup.void": Upon(things=pickups, body={}),
                "orders.pickup.report": Upon(things=pickups, body={}),
                "orders.pickup.resolve": Upon(things=pickups),
                "orders.work-orders.list": Upon(things=works, key="work_order_id"),
                "orders.work-order.show": Upon(things=works),
                "orders.work-order.print": Upon(things=works),
                "orders.work-order.attachments": Upon(things=works),
                "orders.attachment.read": Upon(things=attachments),
                "orders.work-order.tell": Upon(things=works),
                "orders.work-order.resolve": Upon(things=works),
                "orders.work-order.finish": Upon(things=works, body={"outcome": "done"}),
                "orders.work-order.void": Upon(things=works, body={"reason": "NOT_NEEDED"}),
                "orders.work-order.plan": Upon(things=works, body={"planned_on": "2026-03-09"}),
                "orders.work-order.start": Upon(things=works),
                "orders.work-order.note": Upon(things=works, body={"text": "Delen kommer."}),
                "orders.work-order.decide": Upon(
                    things=works, body={"outcome": "refused", "reason": "Finns i sortimentet."}
                ),
                "orders.order-drafts.list": Upon(things=order_drafts, key="draft_id"),
                "orders.order-draft.show": Upon(things=order_drafts),
                "orders.order-draft.discard": Upon(things=order_drafts, body={"version": 2}),
                "orders.application-drafts.list": Upon(things=drafts, key="draft_id"),
                "orders.application-draft.show": Upon(things=drafts),
                "orders.application-draft.discard": Upon(things=drafts, body={"version": 2}),
                "orders.person.show": Upon(things=persons),
                "orders.person.contact": Upon(things=persons, body={}),
                "orders.persons.list": Upon(things=persons, key="person"),
                "orders.payers.list": Upon(things=payers, key="payer_id"),
                "orders.payer.show": Upon(things=payers),
                "orders.customers.list": Upon(things=points, key="customer_id"),
                "orders.customer.show": Upon(things=points),
                "orders.care-units.list": Upon(things=care_units, key="unit"),
                "orders.care-unit.show": Upon(things=care_units),
                "orders.users.list": Upon(things=users, key="user_id"),
                "orders.user.show": Upon(things=users),
                "orders.users.access": Upon(things=headed, key="user_id"),
                "orders.user.grant": Upon(things=users, body={"asked_by": PEER}),
                "orders.user.sign-in": Upon(things=users),
                "orders.user.set-default-supply": Upon(
                    things=users, body={"default_supply": "own_store"}
                ),
                "orders.user.set-default-service-point": Upon(
                    things=users, body={"service_point": OTHERS, "asked_by": PEER}
                ),
                # the last: by it the caller sees what is others'
                "orders.consent.give": Upon(
                    things=persons, body={"service_point": POINT, "until_on": "2026-03-09"}
                ),
                # and after it what ends whom it is tried upon
                "orders.person.erase-again": Upon(
                    things=persons, body={"why": "Återläst den 1 mars"}
                ),
            },
            reaching_nothing=MAKES_ANEW,
        )
