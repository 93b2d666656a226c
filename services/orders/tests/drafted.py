"""Drafts of a service point, for a person, as nobody has written them."""

from uuid import UUID, uuid4

from kvitt_contracts.types import PersonRef, RegionCode, ServicePointId, UserId
from kvitt_testkit.world import REGION, World
from orders.order_drafts import writes as order_drafts
from orders.order_drafts.domain import WrittenOrder
from orders.order_drafts.models import OrderDraftRow
from orders.people.keys.opening import writable
from orders.work_orders.applications.domain import Application
from orders.work_orders.drafts import writes as application_drafts
from orders.work_orders.drafts.models import ApplicationDraftRow

from services.orders.tests.worlds import MONDAY

COLLEAGUE = "k083abc"


async def begun(
    world: World,
    person: PersonRef,
    *,
    service_point: str,
    by: str = COLLEAGUE,
    region: str = REGION,
) -> UUID:
    """A draft of an application."""
    draft_id = uuid4()
    async with world.worker.unit() as unit:
        tx = unit.begin(region=RegionCode(region))
        row = ApplicationDraftRow(
            region=tx.region,
            draft_id=draft_id,
            version=1,
            recipient_person=person,
            service_point=ServicePointId(service_point),
            begun_by=UserId(by),
            saved_by=UserId(by),
            saved_at=MONDAY,
        )
        (await writable(row, tx)).application = Application()
        application_drafts.keep_until(row, tx)
        tx.put(row)
    return draft_id


async def begun_order(
    world: World,
    person: PersonRef,
    *,
    service_point: str,
    by: str = COLLEAGUE,
    region: str = REGION,
) -> UUID:
    """A draft of an order."""
    draft_id = uuid4()
    async with world.worker.unit() as unit:
        tx = unit.begin(region=RegionCode(region))
        row = OrderDraftRow(
            region=tx.region,
            draft_id=draft_id,
            version=1,
            recipient_person=person,
            service_point=ServicePointId(service_point),
            begun_by=UserId(by),
            saved_by=UserId(by),
            saved_at=MONDAY,
        )
        (await writable(row, tx)).written = WrittenOrder()
        order_drafts.keep_until(row, tx)
        tx.put(row)
    return draft_id
