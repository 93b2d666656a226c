"""Units' own stores: proposed what they lack, filled up from the central one (ORD-9, INV-9).

Each rule raises No with the reason and the rule when it is refused.
"""

from kvitt_contracts.inventory import DropRefill
from kvitt_contracts.orders import PlaceReplenishment
from kvitt_contracts.regions import SafetyLevelStated

from examples.generator.model import stock
from examples.generator.model.counted import Refill
from examples.generator.model.state import No, Order, OrderLine, Waits, World
from examples.generator.model.stocktakings import is_their_store


def level_stated(world: World, subject: str, fact: SafetyLevelStated) -> None:
    """Below which balance a store wants more of an article."""
    if fact.store not in world.stores or fact.article_number not in world.articles:
        raise Waits
    if world.stores[fact.store].kind != "own":
        raise No("NOT_AN_OWN_STORE", "INV-9")
    world.levels[fact.store, fact.article_number] = fact.level


def propose(world: World) -> None:
    """The night has gone: what is below its level is proposed, in the place of what was and nobody
    has answered; the same again stays.
    """
    for store in {store for store, _ in world.levels}:
        lines = {
            article: less
            for (where, article), level in sorted(world.levels.items())
            if where == store and (less := level - _has_or_awaits(world, store, article)) > 0
        }
        before = _open(world, store)
        if before is not None and before.lines == lines:
            continue
        if before is not None:
            before.status = "dropped"
        if lines:
            world.refills[store].append(Refill(lines=lines))


def drop(world: World, subject: str, command: DropRefill) -> None:
    """The unit does not want what is proposed."""
    proposal = _open(world, command.store)
    if proposal is None:
        raise No("NOTHING_PROPOSED", "INV-9")
    if not is_their_store(world, command.store, command.by):
        raise No("STORE_ELSEWHERE", "INV-9")
    proposal.status = "dropped"


def place(world: World, subject: str, command: PlaceReplenishment) -> None:
    """An order to one's own store; it reserves as others do, and nobody pays."""
    if subject in world.orders:
        raise No("ALREADY_PLACED", "ORD-2")
    unit, by = world.customers[command.service_point], world.user(command.requester)
    if command.service_point not in by.service_points:
        raise No("NOT_CONNECTED_TO_SERVICE_POINT", "REF-3")
    if unit.private_clinic:
        raise No("PRIVATE_CLINIC_HOLDS_NO_STOCK", "REF-7")
    if unit.store != command.to_store:
        raise No("STORE_NOT_OF_SERVICE_POINT", "ORD-9")
    proposal = _open(world, command.to_store)
    if command.follows_proposal and proposal is None:
        raise No("NOTHING_PROPOSED", "INV-9")
    if command.follows_proposal and proposal is not None:
        proposal.status = "ordered"
    order = Order(
        reference=subject,
        own_store=False,
        store=str(world.policy.stores.central),
        recipient=("store", str(command.to_store)),
        prescriber=command.requester,
        requester=command.requester,
        service_point=command.service_point,
        placed_on=world.today,
        lines=[
            OrderLine(article=one.article_number, quantity=one.quantity, payer=unit.payer_id)
            for one in command.lines
        ],
    )
    world.orders[subject] = order
    stock.reserve(world, order)


def _open(world: World, store: str) -> Refill | None:
    of_store = world.refills[store]
    return of_store[-1] if of_store and of_store[-1].status == "proposed" else None


def _has_or_awaits(world: World, store: str, article: str) -> int:
    coming = sum(
        line.quantity - line.delivered
        for order in world.orders.values()
        if order.recipient == ("store", store) and order.status != "voided"
        for line in order.lines
        if line.article == article
    )
    return world.balances[store, article].available + coming
