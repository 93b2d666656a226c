"""Pickups: requested, taken back, reported, overdue, over (PCK-1 … PCK-3, BMB-12).

Each raises No with the reason and the rule when it is refused.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from kvitt_contracts.orders import MakePickupUrgent, ReportPickup, RequestPickup, VoidPickup
from kvitt_contracts.regions import UserStated
from kvitt_contracts.types import Role

from examples.generator.model.state import Device, Holder, No, Pickup, PickupLine, Price, World
from examples.generator.model.trade import Charge

_IN_CLAIM = {
    "transfer": "IN_TRANSFER",
    "lock": "LOCKED",
    "dispatch": "IN_DISPATCH",
    "pickup": "IN_PICKUP",
}


def request(world: World, subject: str, command: RequestPickup) -> None:
    """Have devices fetched (PCK-1); all of them are claimed, or none (BMB-12)."""
    if command.address_kind == "one_off":
        raise No("ADDRESS_OVER_HTTP_ONLY", "PCK-1")
    if subject in world.pickups:
        raise No("ALREADY_REQUESTED", "PCK-1")
    at, has_address, has_phone = _who_and_where(world, command)
    if command.cause not in world.policy.pickup.reasons:
        raise No("UNKNOWN_CAUSE", "PCK-1")
    _must_be_known_once(world, command.devices)
    if command.address_kind == "recipient" and not has_address:
        raise No("NO_ADDRESS", "PCK-1")
    if not has_phone:
        raise No("PHONE_MISSING", "PCK-1")
    earliest, latest = _window(world, command)
    pickup = Pickup(
        reference=subject,
        service_point=command.service_point,
        ordered_by=command.ordered_by,
        by=command.by,
        requested_on=world.today,
        earliest_on=earliest,
        latest_on=latest,
        lines=[PickupLine(device=number) for number in command.devices],
    )
    world.pickups[subject] = pickup
    _claim(world, pickup, at)


def void(world: World, subject: str, command: VoidPickup) -> None:
    """Take back all of it, or some lines: what is not fetched yet is free (PCK-3)."""
    pickup = _pickup(world, subject)
    _must_be_theirs(pickup, world.user(command.by))
    if pickup.status == "refused":
        raise No("ENDED", "PCK-3")
    _must_be_its_lines(pickup, command.numbers)
    named = [pickup.lines[number - 1] for number in command.numbers] or pickup.lines
    left = [line for line in named if line.outcome is None]
    if not left and any(line.outcome != "voided" for line in named):
        raise No("ENDED", "PCK-3")
    for line in left:
        world.devices[line.device].claim = None
        _end(world, pickup, line, "voided")


def make_urgent(world: World, subject: str, command: MakePickupUrgent) -> None:
    """Have it fetched at once (PCK-3)."""
    pickup = _pickup(world, subject)
    _must_be_theirs(pickup, world.user(command.by))
    if command.payer_id is not None and command.payer_id not in world.payers:
        raise No("UNKNOWN_PAYER", "REF-4")
    hurry(world, pickup)


def hurry(world: World, pickup: Pickup) -> None:
    """It is urgent from now on, for the price list's fee of today (BIL-8, BIL-15). Raises No where
    nothing is left to fetch.
    """
    if pickup.status != "registered":
        raise No("ENDED", "PCK-3")
    if not pickup.is_urgent:
        pickup.is_urgent, pickup.urgent_fee = True, _fee(world)


def _fee(world: World) -> Price | None:
    """What the latest price list that is valid says of an urgent pickup."""
    valid = [one for one in world.policy.price_list if one.valid_from_on <= world.today]
    for one in valid[-1].prices if valid else ():
        if one.service == "urgent_pickup":
            return Price(
                valid_from=world.today,
                net_ore=one.price.net_ore,
                vat_percent=one.price.vat_percent,
            )
    return None


def report(world: World, subject: str, command: ReportPickup) -> None:
    """The technician has been there; the lines end when the goods are back (PCK-3)."""
    pickup = _pickup(world, subject)
    if pickup.status not in ("registered", "closed"):
        raise No("ENDED", "PCK-3")
    _must_be_its_lines(pickup, command.not_found)
    pickup.technician = command.technician
    pickup.not_found = sorted(command.not_found)


def came_back(world: World, device: Device) -> None:
    """A device is in a store again: it was fetched, whoever brought it (PCK-2)."""
    assert device.claim is not None
    pickup = world.pickups[device.claim[1]]
    (line,) = [line for line in pickup.lines if line.device == device.number]
    _end(world, pickup, line, "fetched")


def fall_due(world: World, pickup: Pickup) -> None:
    """The last day has passed with lines open (PCK-2): the policy's from its request, or from its
    first day, where it has none of its own.
    """
    first = max(pickup.requested_on, pickup.earliest_on or pickup.requested_on)
    last = pickup.latest_on or first + timedelta(days=world.policy.pickup.overdue_days)
    if pickup.status == "registered" and last < world.today:
        pickup.is_overdue = True


def why_claimed(device: Device) -> str | None:
    """The reason why something else cannot have the device now (BMB-12)."""
    return None if device.claim is None else _IN_CLAIM[device.claim[0]]


def was_ever_lent(device: Device) -> bool:
    """True for a device that somebody has had: others than stores know it."""
    return any(one.holder[0] != "store" for one in device.said)


def _who_and_where(world: World, command: RequestPickup) -> tuple[Holder, bool, bool]:
    """Who may have it fetched (REF-3, PCK-3), and from where (`_recipient`)."""
    by = world.user(command.by)
    if command.service_point not in world.customers:
        raise No("UNKNOWN_CUSTOMER", "REF-3")
    found = _recipient(world, command)
    if not world.customers[command.service_point].is_service_point:
        raise No("NOT_A_SERVICE_POINT", "REF-3")
    if command.ordered_by not in ("unit", "patient", "relative"):
        raise No("UNKNOWN_WORD", "PCK-3")
    staff = Role.CUSTOMER_SERVICE in by.roles
    if command.ordered_by != "unit" and not staff:
        raise No("BY_CUSTOMER_SERVICE_ONLY", "PCK-3")
    if not staff and command.service_point not in by.service_points:
        raise No("NOT_CONNECTED_TO_SERVICE_POINT", "REF-3")
    return found


def _must_be_known_once(world: World, numbers: Sequence[str]) -> None:
    for at, number in enumerate(numbers):
        if number not in world.devices or not was_ever_lent(world.devices[number]):
            raise No("UNKNOWN_DEVICE", "PCK-1")
        if number in numbers[:at]:
            raise No("DEVICE_TWICE", "PCK-1")


def _recipient(world: World, command: RequestPickup) -> tuple[Holder, bool, bool]:
    """Where it is, and whether an address and a phone are known there."""
    named = command.recipient
    if named.kind == "care_unit":
        if named.unit not in world.care_units:
            raise No("UNKNOWN_CARE_UNIT", "PCK-1")
        return ("care_unit", str(named.unit)), True, False
    if named.person not in world.people:
        raise No("UNKNOWN_PERSON_ID", "REF-1")
    current = world.current(named.person)
    person = world.people[current]
    return ("patient", current), person.has_address, person.has_phone


def _window(world: World, command: RequestPickup) -> tuple[date | None, date | None]:
    """PCK-3: a patient's or relative's is neither too early nor too late for the unit."""
    if command.ordered_by == "unit":
        return command.earliest_on, command.latest_on
    first, last = (world.today + timedelta(days=days) for days in world.policy.pickup.window_days)
    window = command.earliest_on or first, command.latest_on or last
    if not all(first <= day <= last for day in window):
        raise No("OUTSIDE_WINDOW", "PCK-3")
    return window


def _claim(world: World, pickup: Pickup, at: Holder) -> None:
    for line in pickup.lines:
        device = world.devices[line.device]
        reason = why_claimed(device) or (None if device.now.holder == at else "NOT_AT_RECIPIENT")
        if reason is not None:
            pickup.refused[device.number] = reason
    if pickup.refused:
        pickup.status = "refused"
        return
    for line in pickup.lines:
        world.devices[line.device].claim = ("pickup", pickup.reference)


def _end(world: World, pickup: Pickup, line: PickupLine, outcome: str) -> None:
    line.outcome = outcome
    outcomes = {one.outcome for one in pickup.lines}
    if None not in outcomes:
        pickup.status = "voided" if outcomes == {"voided"} else "closed"
        _charge(world, pickup)


def _charge(world: World, pickup: Pickup) -> None:
    """An urgent pickup is charged where somebody has been there (BIL-8)."""
    fee, lines = pickup.urgent_fee, pickup.lines
    is_done = pickup.technician is not None or any(one.outcome == "fetched" for one in lines)
    if fee is None or not is_done:
        return
    world.charges.append(
        Charge(
            kind="urgent_pickup",
            day=world.today,
            payer=world.customers[pickup.service_point].payer_id,
            article=None,
            quantity=1,
            net_ore=fee.net_ore,
            vat_percent=fee.vat_percent,
        )
    )


def _must_be_theirs(pickup: Pickup, by: UserStated) -> None:
    mine = by.user_id == pickup.by or pickup.service_point in by.service_points
    if not (mine or Role.CUSTOMER_SERVICE in by.roles):
        raise No("NOT_YOUR_PICKUP", "REF-3")


def _must_be_its_lines(pickup: Pickup, numbers: Sequence[int]) -> None:
    if any(number > len(pickup.lines) for number in numbers):
        raise No("UNKNOWN_LINE", "PCK-3")


def _pickup(world: World, reference: str) -> Pickup:
    if reference not in world.pickups:
        raise No("UNKNOWN_PICKUP", "PCK-3")
    return world.pickups[reference]
