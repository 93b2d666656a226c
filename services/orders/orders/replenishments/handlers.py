"""The handler of replenishments that a unit places; inventory's answers are those to any order."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import PlaceReplenishment

from orders.customer_orders.models import OrderRow
from orders.customer_orders.writes import await_answer, count_step
from orders.placements.writes import naming_of, new_order
from orders.refills.models import RefillRow
from orders.refills.queries import latest_refill
from orders.replenishments import domain
from orders.replenishments.queries import articles_of, rows_to_read, unit_of

messages = Handlers()


@messages.command(
    PlaceReplenishment,
    loads=lambda command, tx: [(OrderRow, tx.target("order"))],
    reads=rows_to_read,
)
async def place_replenishment(command: PlaceReplenishment, tx: Transaction) -> None:
    """Order to the own store; inventory answers (ORD-9).

    Refused: INVALID_SUBJECT (contract), ALREADY_PLACED (ORD-2); an unknown name: UNKNOWN_CUSTOMER,
    UNKNOWN_USER (REF-3), UNKNOWN_ARTICLE (ORD-9); NOT_A_SERVICE_POINT,
    NOT_CONNECTED_TO_SERVICE_POINT (REF-3), PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7),
    STORE_NOT_OF_SERVICE_POINT (ORD-9), STORE_NOT_OF_USER, ARTICLE_OUTSIDE_PRODUCT_AREAS (REF-11); a
    line: SERVICE_IS_NOT_STOCKED (ORD-9), CONTRIBUTION_IS_NEVER_STOCKED (INV-16),
    ARTICLE_NOT_IN_ASSORTMENT (ORD-5),
    ARTICLE_FOR_OWN_UNITS_ONLY, SOURCE_NOT_OF_ARTICLE (ORD-22), NOT_KEPT_IN_CENTRAL (ORD-21),
    NO_LONGER_PURCHASED (ORD-6); NOTHING_PROPOSED (INV-9).
    """
    order_id = await new_order(tx)
    unit, articles = await unit_of(command, tx), await articles_of(command, tx)
    refill = await _refill_to_follow(command, tx)
    placed = domain.replenish(
        command,
        naming=await naming_of(order_id, tx),
        unit=unit,
        articles=articles,
        proposal_id=refill.proposal_id if refill else None,
        policy=tx.policy,
        today=tx.today,
    )
    if refill is not None:
        refill.order_id = order_id
    row = tx.start(OrderRow, order_id, placed)
    await_answer(order_id, tx)
    count_step(row.order_type, tx)


async def _refill_to_follow(command: PlaceReplenishment, tx: Transaction) -> RefillRow | None:
    """The proposal that a replenishment follows, locked: no other follows it (INV-9)."""
    if not command.follows_proposal:
        return None
    proposal_id = await latest_refill(tx, command.to_store)
    row = await tx.find(RefillRow, proposal_id) if proposal_id is not None else None
    if row is None or not row.is_open or row.order_id is not None:
        raise domain.refuse_unproposed()
    return row
