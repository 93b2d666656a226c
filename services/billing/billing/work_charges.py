"""Handlers of what is done: finished work orders and closed pickups are charged, or compensated."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import NotYetKnown, Transaction
from kvitt_contracts.orders import PickupClosed, WorkOrderFinished, WorkOrderRegistered
from kvitt_contracts.types import ArticleNumber, ChargeId, CustomerId, Money

from billing.ledger.writes import start_charge
from billing.models import ArticleRow, CustomerRow, WorkOrderRow
from billing.rents import domain as rents
from billing.services import domain

messages = Handlers()
messages.project(WorkOrderRegistered, WorkOrderRow)


def _read(event: WorkOrderFinished, tx: Transaction) -> Iterable[RowKey]:
    yield WorkOrderRow, event.work_order_id
    row = tx.fetched(WorkOrderRow, event.work_order_id)
    if row is not None:
        yield CustomerRow, CustomerId(row.service_point)
        if row.service_article is not None:
            yield ArticleRow, row.service_article


# decision 0368: work at its service's price, an urgent pickup's fee as closed, postage by policy
@messages.on(WorkOrderFinished, reads=_read)
async def on_work_order_finished(event: WorkOrderFinished, tx: Transaction) -> None:
    """Charge the work to its payer by its service's price (BIL-2), and compensate the postage of a
    contracted unit's warranty repair (BIL-12).

    Work, a service or the unit of a warranty repair that is not known yet, or a service that is
    not priced: the event waits.
    """
    row = await tx.get(WorkOrderRow, event.work_order_id)
    work = row.facts()
    article_number = domain.charged_article(work)
    if article_number is not None:
        charge_id = ChargeId(tx.mint())
        raised = domain.charge_service(
            charge_id,
            work,
            event,
            article_number=article_number,
            unit_price=await _price(article_number, event, tx),
        )
        await start_charge(tx, charge_id, raised)
    is_contracted = domain.earns_postage(work, event) and await _is_contracted(row, tx)
    charge_id = ChargeId(tx.mint())
    for raised in domain.compensate_postage(
        charge_id,
        work,
        event,
        is_contracted=is_contracted,
        postage=tx.policy.postage,
    ):
        await start_charge(tx, charge_id, raised)


@messages.on(PickupClosed)
async def on_pickup_closed(event: PickupClosed, tx: Transaction) -> None:
    """Charge an urgent pickup to who asked for that (BIL-8)."""
    charge_id = ChargeId(tx.mint())
    for raised in domain.charge_urgent_pickup(charge_id, event, on=tx.today):
        await start_charge(tx, charge_id, raised)


async def _is_contracted(row: WorkOrderRow, tx: Transaction) -> bool:
    return (await tx.get(CustomerRow, CustomerId(row.service_point))).private_clinic


async def _price(article_number: ArticleNumber, event: WorkOrderFinished, tx: Transaction) -> Money:
    article = await tx.get(ArticleRow, article_number)
    price = rents.price_on(article.prices, event.finished_on)
    if price is None:
        raise NotYetKnown(ArticleRow, article_number)  # until its row has this day's price
    return price
