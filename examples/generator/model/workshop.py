"""What comes back to the device service is made fit again before it is available, where the policy
says so (INV-13).

Each raises No with the reason and the rule when it is refused, Waits for an unknown name.
"""

from datetime import date

from kvitt_contracts.regions import ReconditioningStated
from kvitt_contracts.types import Role

from examples.generator.model.counted import Reconditioning
from examples.generator.model.state import Device, No, Waits, World

_STAGES = ("inspected", "cleaned", "repaired")
_ENDS = ("approved", "scrapped")
_REASONS = ("NOT_WORTH_REPAIR", "DAMAGED", "PARTS_MISSING", "NOT_HYGIENIC", "TOO_OLD")


def take_in(world: World, device: Device, store: str, *, on: date) -> None:
    """A device has come back into a store: there it is available, or in the workshop first."""
    balance = world.balances[store, device.article]
    if not (world.policy.reconditioning and world.stores[store].kind == "central"):
        balance.available += 1
        return
    balance.in_reconditioning += 1
    device.claim = ("reconditioning", device.number)
    world.reconditionings[device.number] = Reconditioning(store=store, opened_on=on)


def state(world: World, fact: ReconditioningStated) -> str | None:
    """A technician has done a stage, or ends the work. Gives the store whose article is available
    now, None where none is.
    """
    device = world.devices.get(fact.device_number)
    if device is None or fact.technician not in world.users:
        raise Waits(fact.device_number)
    work = world.reconditionings.get(device.number)
    if work is None:
        raise No("NOT_IN_RECONDITIONING", "INV-13")
    _check(world, work, fact)
    if (fact.stage, fact.done_on, fact.technician) in work.done:
        return None
    _check_order(work, fact)
    work.done.append((str(fact.stage), fact.done_on, str(fact.technician)))
    if fact.stage not in _ENDS:
        return None
    balance = world.balances[work.store, device.article]
    balance.in_reconditioning -= 1
    device.claim, work.status = None, str(fact.stage)
    if fact.stage == "scrapped":
        device.status, work.reason = "scrapped", fact.reason
        return None
    balance.available += 1
    return work.store


def _check(world: World, work: Reconditioning, fact: ReconditioningStated) -> None:
    if fact.stage not in (*_STAGES, *_ENDS):
        raise No("UNKNOWN_STAGE", "INV-13")
    if Role.CUSTOMER_SERVICE not in world.users[fact.technician].roles:
        raise No("NOT_A_TECHNICIAN", "INV-13")
    if fact.stage != "scrapped" and fact.reason is not None:
        raise No("NOTHING_SCRAPPED", "INV-13")
    if fact.stage == "scrapped" and fact.reason not in _REASONS:
        raise No("REASON_MISSING", "INV-13")


def _check_order(work: Reconditioning, fact: ReconditioningStated) -> None:
    stages = [stage for stage, _, _ in work.done]
    if work.status != "open":
        raise No("RECONDITIONING_ENDED", "INV-13")
    if fact.stage in stages:
        raise No("STAGE_DONE_ALREADY", "INV-13")
    if fact.stage != "inspected" and "inspected" not in stages:
        raise No("NOT_INSPECTED", "INV-13")
    if fact.stage == "approved" and "cleaned" not in stages:
        raise No("NOT_CLEANED", "INV-13")
    if fact.done_on < max([work.opened_on, *(day for _, day, _ in work.done)]):
        raise No("DONE_TOO_EARLY", "DAY-5")
