"""What a patient who moves has is sold to the region where they go: claimed all or none, priced,
bought or not (BIL-7).

Each raises No with the reason and the rule when it is refused.
"""

from kvitt_contracts.billing import (
    ApproveRegionSale,
    DisapproveRegionSale,
    ProposeRegionSale,
    RequestRegionSale,
)
from kvitt_contracts.types import Role

from examples.generator.model.state import Custody, Device, Holder, No, World
from examples.generator.model.trade import Charge, RegionSale

_IN_CLAIM = {
    "transfer": "IN_TRANSFER",
    "lock": "LOCKED",
    "pickup": "IN_PICKUP",
    "dispatch": "IN_DISPATCH",
    "basket": "IN_BASKET",
    "sale": "IN_SALE",
}


def request(world: World, subject: str, command: RequestRegionSale) -> None:
    """A unit wants devices of a patient sold; they are claimed, or nothing is sold (BMB-12)."""
    if subject in world.region_sales:
        raise No("ALREADY_REQUESTED", "BIL-7")
    _check_parties(world, command)
    at = _holder(world, command)
    if any(number not in world.devices for number in command.devices):
        raise No("UNKNOWN_DEVICE", "BIL-7")
    if len(set(command.devices)) != len(command.devices):
        raise No("DEVICE_TWICE", "BIL-7")
    sale = RegionSale(
        payer=command.payer_id,
        service_point=command.service_point,
        prices=dict.fromkeys(map(str, command.devices)),
    )
    world.region_sales[subject] = sale
    for number in sale.prices:
        device = world.devices[number]
        if device.claim is not None:
            sale.refused[number] = _IN_CLAIM[device.claim[0]]
        elif device.now.holder != at:
            sale.refused[number] = "NOT_AT_RECIPIENT"
    if sale.refused:
        sale.status = "refused"
        return
    for number in sale.prices:
        world.devices[number].claim = ("sale", subject)


def _check_parties(world: World, command: RequestRegionSale) -> None:
    by = world.user(command.by)
    if command.service_point not in world.customers:
        raise No("UNKNOWN_CUSTOMER", "REF-3")
    if Role.CUSTOMER_SERVICE not in by.roles and command.service_point not in by.service_points:
        raise No("NOT_CONNECTED_TO_SERVICE_POINT", "REF-3")
    if command.payer_id not in world.payers:
        raise No("UNKNOWN_PAYER", "REF-4")
    home = world.policy.home_region
    if home is None or command.payer_id not in home.payers.values():
        raise No("NOT_ANOTHER_REGION", "BIL-7")


def propose(world: World, subject: str, command: ProposeRegionSale) -> None:
    """Customer service names the price of each device, all at once."""
    sale = _known(world, subject)
    world.user(command.asked_by)
    _must_be_open(sale)
    if command.answer_by_on < world.today:
        raise No("DAY_HAS_PASSED", "DAY-5")
    said = [str(line.device_number) for line in command.lines]
    if any(number not in sale.prices for number in said):
        raise No("NOT_OF_THE_SALE", "BIL-7")
    if len(set(said)) != len(said):
        raise No("DEVICE_TWICE", "BIL-7")
    if any(line.price.net_ore < 0 for line in command.lines):
        raise No("NEGATIVE_PRICE", "BIL-7")
    if set(said) != set(sale.prices):
        raise No("PRICE_MISSING", "BIL-7")
    for line in command.lines:
        sale.prices[str(line.device_number)] = line.price.net_ore, line.price.vat_percent
    sale.status, sale.answer_by_on = "proposed", command.answer_by_on


def approve(world: World, subject: str, command: ApproveRegionSale) -> None:
    """The other region buys: nobody pays for the devices any more, and they are charged."""
    sale = _known(world, subject)
    if sale.status == "approved" and sale.sold_on == command.sold_on:
        return
    _must_be_open(sale)
    if sale.status != "proposed":
        raise No("NOT_PROPOSED", "BIL-7")
    devices = [world.devices[number] for number in sale.prices]
    if command.sold_on < max(device.now.since for device in devices):
        raise No("SOLD_BEFORE_LOAN", "DAY-5")
    sale.status, sale.sold_on = "approved", command.sold_on
    for device in devices:
        price = sale.prices[device.number]
        assert price is not None
        stores = [one.holder for one in device.said if one.holder[0] == "store"]
        device.said.append(Custody(since=command.sold_on, holder=stores[-1]))
        device.claim, device.status = None, "sold"
        world.charges.append(
            Charge(
                kind="region_sale",
                day=command.sold_on,
                payer=sale.payer,
                article=device.article,
                quantity=1,
                net_ore=price[0],
                vat_percent=price[1],
            )
        )


def disapprove(world: World, subject: str, command: DisapproveRegionSale) -> None:
    """The other region does not buy: the devices are free, and to be returned."""
    sale = _known(world, subject)
    if sale.status == "not_approved":
        return
    _must_be_open(sale)
    sale.status = "not_approved"
    for number in sale.prices:
        world.devices[number].claim = None


def came_back(world: World, device: Device) -> None:
    """A device that is claimed came back before it was sold: the rest is to be proposed anew."""
    assert device.claim is not None
    sale = world.region_sales[device.claim[1]]
    del sale.prices[device.number]
    sale.status, sale.answer_by_on = ("requested" if sale.prices else "ended"), None


def _holder(world: World, command: RequestRegionSale) -> Holder:
    named = command.recipient
    if named.kind == "care_unit":
        return ("care_unit", str(named.unit))
    if named.person not in world.people:
        raise No("UNKNOWN_PERSON", "REF-1")
    return ("patient", world.current(named.person))


def _known(world: World, subject: str) -> RegionSale:
    if subject not in world.region_sales:
        raise No("UNKNOWN_REGION_SALE", "BIL-7")
    return world.region_sales[subject]


def _must_be_open(sale: RegionSale) -> None:
    if sale.status not in ("requested", "proposed"):
        raise No("SALE_ENDED", "BIL-7")
