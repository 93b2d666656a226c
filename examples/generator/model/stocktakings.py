"""Stores that are counted: what differs is moved, what is missing is searched for, or is invoiced
to a private clinic, and is found again (INV-10, BIL-8).

Each raises No with the reason and the rule when it is refused, Waits for an unknown name.
"""

from collections import defaultdict

from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.inventory import FindDevice, OpenStocktaking, PostStocktaking
from kvitt_contracts.regions import CountedShelf, ShelfCountStated
from kvitt_contracts.types import Role

from examples.generator.model import stock
from examples.generator.model.counted import Shelf, Stocktaking
from examples.generator.model.state import Custody, Device, No, Waits, World
from examples.generator.model.trade import Charge

_COUNTED = ("main_device", "accessory", "spare_part")


def end_day(world: World) -> None:
    """A day ends: what stands in a store that is being counted is known of it from then on."""
    for store, taking in world.stocktakings.items():
        if taking.status == "opened":
            taking.evenings[world.today] = _shelves(world, store)


def open_round(world: World, subject: str, command: OpenStocktaking) -> None:
    """Begin to count a store: a unit its own, customer service any."""
    store = command.store
    if store not in world.stores:
        raise No("UNKNOWN_STORE", "INV-10")
    if world.stores[store].kind not in ("central", "own"):
        raise No("NOT_COUNTED", "INV-10")
    if not is_their_store(world, store, command.by):
        raise No("STORE_ELSEWHERE", "INV-10")
    if store in world.stocktakings and world.stocktakings[store].status == "opened":
        raise No("ALREADY_OPEN", "INV-10")
    before = world.stocktakings.get(store)
    owner = world.customers.get(world.stores[store].service_point or "")
    world.stocktakings[store] = Stocktaking(
        is_private_clinic=owner is not None and owner.private_clinic,
        opened_on=world.today,
        posted_on=before.posted_on if before else None,
    )


def count(world: World, subject: str, fact: ShelfCountStated) -> None:
    """A batch that was counted on an earlier day: the latest count of an article holds."""
    taking = world.stocktakings.get(fact.store)
    if taking is None:
        raise Waits(fact.store)
    day = stockholm_day(fact.counted_at)
    if taking.status != "opened":
        raise No("NOT_OPENED", "INV-10")
    if day < taking.opened_on:
        raise No("COUNTED_OUTSIDE", "INV-10")
    there = taking.evenings[day]
    for line in fact.lines:
        _check(world, line, there)
    for line in fact.lines:
        known = taking.counts.get(line.article_number)
        if known is None or known[0] <= day:
            shelf = (line.counted, frozenset(map(str, line.devices)))
            taking.counts[line.article_number] = (day, shelf)


def post(world: World, subject: str, command: PostStocktaking) -> None:
    """Post what differs from the evening on which it was counted."""
    store = command.store
    if store not in world.stocktakings:
        raise No("UNKNOWN_STOCKTAKING", "INV-10")
    taking = world.stocktakings[store]
    if taking.status != "opened":
        raise No("NOT_OPENED", "INV-10")
    if not taking.counts:
        raise No("NOTHING_COUNTED", "INV-10")
    missing: list[Device] = []
    changes: dict[str, int] = {}
    for article, (day, (counted, devices)) in taking.counts.items():
        stood, there = taking.evenings[day].get(article, (0, frozenset()))
        if world.articles[article].marked:
            gone = sorted(there - devices)
            missing += [world.devices[one] for one in gone if world.devices[one].store == store]
        else:
            changes[article] = counted - stood
    if any(world.balances[store, one].available + change < 0 for one, change in changes.items()):
        raise No("PROMISED_IS_MISSING", "INV-10")
    for article, change in changes.items():
        world.balances[store, article].available += change
        taking.differences[article] = change
        stock.serve(world, store, article)
    for device in missing:
        _miss(world, device, store)
    taking.status, taking.posted_on = "posted", world.today


def find(world: World, subject: str, command: FindDevice) -> None:
    """What is searched for is found: it is in a store, and free."""
    device = world.devices.get(command.device_number)
    if device is None:
        raise No("UNKNOWN_DEVICE", "INV-10")
    if command.store not in world.stores:
        raise No("UNKNOWN_STORE", "INV-10")
    if world.stores[command.store].kind == "investigation":
        raise No("FOUND_IN_NO_STORE", "INV-10")
    stock.must_hold_stock(world, command.store)
    if device.claim is None or device.claim[0] != "investigation":
        raise No("NOT_INVESTIGATED", "INV-10")
    world.balances[str(device.store), device.article].reserved -= 1
    world.balances[command.store, device.article].available += 1
    device.claim, device.status = None, "in_use"
    device.said.append(Custody(since=command.found_on, holder=("store", str(command.store))))
    stock.serve(world, command.store, device.article)


def is_their_store(world: World, store: str, by: str) -> bool:
    """True of a store of one of the user's service points, and of any for customer service."""
    user = world.users[by]
    if Role.CUSTOMER_SERVICE in user.roles:
        return True
    is_drawn_from = any(world.customers[one].store == store for one in user.service_points)
    return is_drawn_from or world.stores[store].service_point in user.service_points


def _check(world: World, line: CountedShelf, there: dict[str, Shelf]) -> None:
    article = world.articles.get(line.article_number)
    if article is None:
        raise No("UNKNOWN_ARTICLE", "INV-10")
    if article.type not in _COUNTED:
        raise No("SERVICE_IS_NOT_COUNTED", "INV-10")
    if len(set(line.devices)) != (line.counted if article.marked else 0):
        raise No("DEVICES_DO_NOT_MATCH", "INV-10")
    for number in line.devices:
        if number not in world.devices or world.devices[number].article != line.article_number:
            raise No("UNKNOWN_DEVICE", "INV-10")
    _, stood = there.get(line.article_number, (0, frozenset()))
    if not stood.issuperset(line.devices):
        raise No("DEVICE_NOT_IN_STORE", "INV-10")


def _shelves(world: World, store: str) -> dict[str, Shelf]:
    devices: defaultdict[str, set[str]] = defaultdict(set)
    for device in world.devices.values():
        if device.store == store and (device.claim is None or device.claim[0] != "dispatch"):
            devices[device.article].add(device.number)
    return {
        article: (balance.available + balance.reserved, frozenset(devices[article]))
        for (where, article), balance in world.balances.items()
        if where == store
    }


def _miss(world: World, device: Device, store: str) -> None:
    away = next((name for name, one in world.stores.items() if one.kind == "investigation"), None)
    if away is None:
        raise No("NO_INVESTIGATION_STORE", "INV-10")
    world.balances[store, device.article].available -= 1
    world.balances[away, device.article].reserved += 1
    owner = world.customers.get(world.stores[store].service_point or "")
    pays = owner is not None and owner.private_clinic
    device.claim = ("investigation", store)
    if pays:
        device.status = "lost"
    device.said.append(Custody(since=world.today, holder=("store", away)))
    price = world.price(device.article, world.today)
    is_sold = world.articles[device.article].charging == "sale"
    if owner is not None and owner.private_clinic and is_sold and price is not None:
        world.charges.append(
            Charge(
                kind="lost_device",
                day=world.today,
                payer=owner.payer_id,
                article=device.article,
                quantity=1,
                net_ore=price.net_ore,
                vat_percent=price.vat_percent,
            )
        )
