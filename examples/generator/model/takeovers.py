"""Devices that another region sold with a patient who moves in: in the patient's unit's store, and
that patient's alone to be given (INV-12).

Each raises No with the reason and the rule when it is refused, Waits for an unknown name.
"""

from kvitt_contracts.inventory import TakeOverDevice

from examples.generator.model import stock
from examples.generator.model.state import No, Waits, World
from examples.generator.model.trade import Takeover


def take_over(world: World, subject: str, command: TakeOverDevice) -> None:
    """Put it into the store; the selling region's invoice is awaited (BIL-13)."""
    world.user(command.by)
    approver = world.user(command.approver)
    article = world.articles.get(command.article_number)
    if article is None:
        raise No("UNKNOWN_ARTICLE", "INV-12")
    if command.store not in world.stores:
        raise No("UNKNOWN_STORE", "INV-12")
    stock.must_hold_stock(world, command.store)
    if command.device_number in world.devices:
        raise No("DEVICE_NUMBER_TAKEN", "INV-5")
    if command.person not in world.people:
        raise Waits(command.person)
    if command.from_region == world.policy.region:
        raise No("FROM_THE_SAME_REGION", "INV-12")
    if article.type == "service":
        raise No("SERVICE_IS_NEVER_STOCKED", "INV-4")
    if not article.marked:
        raise No("ARTICLE_IS_NOT_MARKED", "INV-5")
    if not approver.active:
        raise No("APPROVER_NOT_ACTIVE", "INV-12")
    _must_be_the_units(world, command)
    person = world.current(command.person)
    if not world.people[person].active:
        raise No("INACTIVE_RECIPIENT", "REF-14")
    number, store = str(command.device_number), str(command.store)
    stock.register(world, number, command.article_number, store, world.today)
    world.devices[number].meant_for = person
    world.balances[store, str(command.article_number)].available += 1
    world.takeovers[number] = Takeover(
        from_region=command.from_region,
        article=command.article_number,
        service_point=command.service_point,
        bought_on=command.bought_on,
        value_ore=command.value.net_ore,
    )


def _must_be_the_units(world: World, command: TakeOverDevice) -> None:
    store, unit = world.stores[command.store], world.customers.get(command.service_point)
    is_drawn_from = unit is not None and unit.store == command.store
    is_units = store.service_point == command.service_point or is_drawn_from
    if store.kind != "own" or not is_units:
        raise No("NOT_THE_UNITS_STORE", "INV-12")
