"""What the cells of orders' table of access are tried upon: two regions, a thing of each kind."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from kvitt_contracts.orders import BlockLifted, BlockRegistered, ConsentGiven, PickupRegistered
from kvitt_contracts.types import (
    BlockId,
    CaseId,
    ConsentId,
    FaultReportId,
    OrderId,
    OrderNumber,
    PatientRecipient,
    PersonRef,
    PickupId,
    PurchaseOrderId,
    ReceiptId,
    RegionCode,
    ServicePointId,
    UserId,
    WorkOrderId,
)
from kvitt_testkit.cells import POINT
from kvitt_testkit.world import REGION, World
from orders.attachments.store import Kept
from orders.attachments.writes import begin
from orders.baskets.models import BasketLoanRow
from orders.blocks.models import BlockRow
from orders.cases.models import CaseRow
from orders.consents.models import ConsentRow
from orders.customer_orders.domain import line_id
from orders.customer_orders.models import OrderRow
from orders.fault_reports.models import FaultReportRow
from orders.people.domain import Look
from orders.people.models import PersonAccessRow
from orders.pickups.models import PickupRow
from orders.purchase_orders.models import PurchaseOrderRow
from orders.work_orders.models import WorkOrderRow

from contracts.tests.builders.baskets import a_basket_loan_requested
from contracts.tests.builders.cases import a_case_asked
from contracts.tests.builders.orders import a_fault_reported, an_order_placed
from contracts.tests.builders.pickups import a_pickup_requested
from contracts.tests.builders.purchases import WALKER, a_direct_order, a_purchase_order_created
from contracts.tests.builders.regions import (
    a_care_unit_stated,
    a_customer_stated,
    a_payer_stated,
    a_person_stated,
    a_user_stated,
)
from contracts.tests.builders.story import DAY
from contracts.tests.builders.work_orders import a_work_order_registered
from services.orders.tests.builders import a_reserve_number
from services.orders.tests.receiving import a_receipt_row
from services.orders.tests.worlds import MONDAY, ref_of

OTHERS, ELSEWHERE = "61202", "6120"
"""A service point of the same region, and one of another region."""
COLLEAGUE, PEER = "k083abc", "k084def"
"""One at the other service point, and one beside the caller."""
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Placed:
    """An order, and the person whom it is for."""

    order: OrderId
    person: PersonRef


async def two_regions(world: World) -> None:
    """The caller's service point and another one, and a region beside."""
    for payer, points, unit, user, region in (
        ("20011", (POINT, OTHERS), "30110", COLLEAGUE, REGION),
        ("2001", (ELSEWHERE,), "3011", "k900bdx", "bd"),
    ):
        told: dict[str, Any] = {"region": region}
        await world.handle(a_payer_stated(payer), subject=payer, **told)
        for point in points:
            stated = a_customer_stated(point, payer=payer, store=None)
            await world.handle(stated, subject=point, **told)
        care_unit = a_care_unit_stated(unit, customer=points[0])
        await world.handle(care_unit, subject=unit, **told)
        await world.handle(a_user_stated(user, points[-1]), subject=user, **told)


async def placed(
    world: World, name: str, *, service_point: str, requester: str = COLLEAGUE, region: str = REGION
) -> Placed:
    """An order of a service point, for a person of its own."""
    person = f"person-{name}"
    stated = a_person_stated(a_reserve_number(f"R-{name}"), home_region=region)
    await world.handle(stated, subject=person, region=region)
    ref = await ref_of(world, person, region=region)
    order = an_order_placed(
        reference=f"O-{name}",
        recipient=PatientRecipient(person=ref),
        prescriber=COLLEAGUE,
        requester=requester,
        service_point=service_point,
        customer_id=service_point,
    )
    async with world.worker.unit() as unit:
        unit.begin(region=RegionCode(region)).start(OrderRow, order.order_id, order)
    return Placed(order.order_id, ref)


async def reported(
    world: World, name: str, *, service_point: str, by: str = COLLEAGUE, region: str = REGION
) -> FaultReportId:
    """A fault report that a service point answers."""
    device = f"17{next(_NUMBERS):04}"  # a device has one open report at a time
    report = a_fault_reported(f"F-{name}", device, service_point=service_point, by=by)
    async with world.worker.unit() as unit:
        unit.begin(region=RegionCode(region)).start(FaultReportRow, report.fault_report_id, report)
    return report.fault_report_id


async def asked(
    world: World, name: str, *, service_point: str, by: str = COLLEAGUE, region: str = REGION
) -> CaseId:
    """A case that a service point has asked customer service."""
    case = a_case_asked(f"C-{name}", service_point=service_point, by=by, kind="other")
    async with world.worker.unit() as unit:
        row = unit.begin(region=RegionCode(region)).start(CaseRow, case.case_id, case)
        row.asked_on = row.due_on = DAY
    return case.case_id


async def block_of(
    world: World, of: Placed, *, service_point: str, region: str = REGION
) -> BlockId:
    """A block that a unit had of the person of an order; it is lifted."""
    block = BlockId(uuid4())
    at = ServicePointId(service_point)
    begun = BlockRegistered(
        block_id=block, person=of.person, service_point=at, by=UserId(COLLEAGUE)
    )
    lifted = BlockLifted(block_id=block, by=UserId(COLLEAGUE))
    async with world.worker.unit() as unit:
        unit.begin(region=RegionCode(region)).start(BlockRow, block, begun, lifted)
    return block


async def looked(world: World, of: Placed, *, region: str = REGION) -> UUID:
    """A line of the log, of a look at the person of an order."""
    line = PersonAccessRow(
        region=RegionCode(region),
        access_id=uuid4(),
        at=MONDAY,
        user_id=UserId(COLLEAGUE),
        look=Look.SHOWN,
        purpose="display",
        person=of.person,
    )
    async with world.worker.unit(RegionCode(region)) as unit:
        unit.session.add(line)
        return line.access_id


async def consent_of(
    world: World, of: Placed, *, service_point: str, region: str = REGION
) -> ConsentId:
    """A consent that a unit was given by the person of an order."""
    consent = ConsentId(uuid4())
    given = ConsentGiven(
        consent_id=consent,
        person=of.person,
        service_point=ServicePointId(service_point),
        until_on=DAY,
        opens_blocks=False,
        by=UserId(COLLEAGUE),
    )
    async with world.worker.unit() as unit:
        row = unit.begin(region=RegionCode(region)).start(ConsentRow, consent, given)
        row.given_at = MONDAY
    return consent


async def fetched(
    world: World,
    of: Placed,
    *,
    service_point: str,
    by: str = COLLEAGUE,
    region: str = REGION,
) -> PickupId:
    """A pickup for a service point, from the person of an order."""
    requested = a_pickup_requested(
        pickup=f"H-{of.order}",
        recipient=PatientRecipient(person=of.person),
        service_point=service_point,
        customer_id=service_point,
        pickup_number=f"2610{next(_NUMBERS):04}",
        by=by,
    )
    async with world.worker.unit() as unit:
        row = unit.begin(region=RegionCode(region)).start(
            PickupRow,
            requested.pickup_id,
            requested,
            PickupRegistered(pickup_id=requested.pickup_id),
        )
        row.requested_on = DAY
    return requested.pickup_id


async def lent(
    world: World,
    name: str,
    *,
    service_point: str,
    requester: str = COLLEAGUE,
    region: str = REGION,
) -> OrderId:
    """A basket loan at a service point."""
    asked = a_basket_loan_requested(
        basket=f"V-{name}",
        number=f"2620{next(_NUMBERS):04}",
        prescriber=COLLEAGUE,
        requester=requester,
        service_point=service_point,
    )
    async with world.worker.unit() as unit:
        unit.begin(region=RegionCode(region)).start(BasketLoanRow, asked.order_id, asked)
    return asked.order_id


async def bought(
    world: World, of: Placed, *, service_point: str, by: str = COLLEAGUE, region: str = REGION
) -> PurchaseOrderId:
    """A purchase order of an order."""
    line = {"line_id": line_id(of.order, 1), "article_number": WALKER, "quantity": 1}
    created = a_purchase_order_created(
        f"I-{of.order}",
        order_id=of.order,
        lines=(line,),
        service_point=service_point,
        purchase_order_number=f"2611{next(_NUMBERS):04}",
        by=by,
    )
    async with world.worker.unit() as unit:
        row = unit.begin(region=RegionCode(region)).start(
            PurchaseOrderRow, created.purchase_order_id, created
        )
        row.order_number, row.recipient_person = OrderNumber("26100001"), of.person
    return created.purchase_order_id


async def to_buy(
    world: World, of: Placed, *, service_point: str, by: str = COLLEAGUE, region: str = REGION
) -> OrderId:
    """An order of a person's whose line comes direct and has no purchase order."""
    order = a_direct_order(
        reference=f"D-{of.order}",
        order_number=f"2612{next(_NUMBERS):04}",
        recipient=PatientRecipient(person=of.person),
        prescriber=COLLEAGUE,
        requester=by,
        service_point=service_point,
        customer_id=service_point,
    )
    async with world.worker.unit() as unit:
        unit.begin(region=RegionCode(region)).start(OrderRow, order.order_id, order)
    return order.order_id


async def received(
    world: World, of: Placed, *, service_point: str, by: str = COLLEAGUE, region: str = REGION
) -> ReceiptId:
    """A receipt of an order, which the stores have not answered."""
    order = an_order_placed(reference=str(of.order), order_id=of.order, prescriber=by)
    row = a_receipt_row(ReceiptId(uuid4()), order)
    row.region, row.service_point = RegionCode(region), ServicePointId(service_point)
    row.recipient_person = of.person
    receipt_id = row.receipt_id
    async with world.worker.unit() as unit:
        unit.begin(region=RegionCode(region)).put(row)
    return receipt_id


async def kept(world: World, order: OrderId, *, region: str = REGION) -> UUID:
    """A colleague's file that goes along with an order."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"Hej"

    async with world.worker.unit() as unit:
        tx = unit.begin(region=RegionCode(region))
        row = await begin("hej.txt", "text/plain", UserId(COLLEAGUE), tx)
        row.size, row.sha256, row.is_kept, row.order_id = 3, "", True, order
        await Kept.of(row).put(pieces())
        return row.attachment_id


async def worked(
    world: World,
    of: Placed,
    *,
    service_point: str,
    requester: str = COLLEAGUE,
    region: str = REGION,
) -> WorkOrderId:
    """A work order of a service point, for the person of an order."""
    registered = a_work_order_registered(
        work_order=f"A-{of.order}",
        recipient=PatientRecipient(person=of.person),
        service_point=service_point,
        customer_id=service_point,
        work_order_number=f"2610{next(_NUMBERS):04}",
        requester=requester,
        by=requester,
    )
    async with world.worker.unit() as unit:
        unit.begin(region=RegionCode(region)).start(
            WorkOrderRow, registered.work_order_id, registered
        )
    return registered.work_order_id
