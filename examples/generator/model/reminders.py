"""Who keeps what is to be returned at once is reminded, by the policy's days (PCK-7)."""

from datetime import date, timedelta

from kvitt_contracts.responsibles import MainResponsible, who_answers

from examples.generator.model.state import Device, Pickup, World


def of_pickup(world: World, pickup: Pickup) -> None:
    """What is to be returned at once has not come back by a pickup."""
    left = [line.device for line in pickup.lines if line.outcome is None]
    if pickup.status != "registered" or not any(is_at_once(world, one) for one in left):
        return
    first = max(pickup.requested_on, pickup.earliest_on or pickup.requested_on)
    if _is_day(world, pickup.reference, since=first):
        ordered = {pickup.by} if pickup.ordered_by == "unit" else set()
        told = _who_is_told(world, pickup.service_point) | ordered
        world.reminders["pickup_return_awaited"] += len(told)


def of_device(world: World, device: Device) -> None:
    """What has come back into a unit's own store, and stands there with nothing that has it."""
    if device.store is None or device.claim is not None or not is_at_once(world, device.number):
        return
    store, came_back = world.stores[device.store], len(device.said) > 1
    if store.kind == "own" and came_back and _is_day(world, device.number, since=device.now.since):
        assert store.service_point is not None
        told = _who_is_told(world, store.service_point)
        world.reminders["device_return_awaited"] += len(told)


def is_at_once(world: World, number: str) -> bool:
    """True for a device of an article that is returned at once."""
    return world.articles[world.devices[number].article].return_at_once


def _is_day(world: World, of: str, *, since: date) -> bool:
    """The day after the policy's days, and so many days after each day on which somebody was
    reminded: once, where time leaps over several.
    """
    days = timedelta(days=world.policy.pickup.return_at_once_days)
    due = world.remind_on.get((of, since), since + days + timedelta(days=1))
    if due > world.today:
        return False
    world.remind_on[of, since] = world.today + days
    return True


def _who_is_told(world: World, place: str) -> set[str]:
    """Its main responsible, and the stand-in on days of absence; where there is none, the service
    point, and customer service where there was one (NTF-3, BMB-9).
    """
    stated = world.responsibles.get(place)
    if stated is None:
        return {place}
    known = MainResponsible(
        main=stated.main,
        stand_in=stated.stand_in,
        absent_from_on=stated.absent_from_on,
        absent_to_on=stated.absent_to_on,
    )
    return {str(one) for one in who_answers(known, on=world.today)} or {place, "customer_service"}
