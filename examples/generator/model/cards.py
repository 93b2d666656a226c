"""Devices' cards: another number, for one that came instead in a repair (INV-6, ACT-4).

Each raises No with the reason and the rule when it is refused.
"""

from datetime import date

from kvitt_contracts.inventory import RenumberDevice

from examples.generator.model.state import Device, No, World

_REPLACES = ("warranty_repair", "installation", "repair", "installed_repair")


def renumber(world: World, subject: str, command: RenumberDevice) -> None:
    """The device bears another number from now on, which no other has borne; whatever named it
    goes by that.
    """
    world.user(command.by)
    device = world.devices.get(command.device_number)
    if device is None:
        raise No("UNKNOWN_DEVICE", "INV-5")
    if command.work_order is not None and command.work_order not in world.works:
        raise No("UNKNOWN_WORK_ORDER", "ACT-4")
    if command.new_number == device.number:
        raise No("SAME_NUMBER", "INV-6")
    if command.new_number in world.devices:
        raise No("DEVICE_NUMBER_TAKEN", "INV-6")
    if command.work_order is not None:
        repair = world.works[command.work_order]
        if repair.device != device.number:
            raise No("WORK_ORDER_OF_ANOTHER_DEVICE", "ACT-4")
        if repair.kind not in _REPLACES:
            raise No("NO_REPAIR", "ACT-4")
    if not command.is_confirmed:
        raise No("NOT_CONFIRMED", "INV-6")
    if command.work_order is not None:
        repair = world.works[command.work_order]
        repair.is_renumbered = True
        if repair.awaits_number:
            repair.awaits_number, repair.is_late, repair.late_on = False, False, date.max
    _rename(world, device, to=command.new_number)


def _rename(world: World, device: Device, *, to: str) -> None:
    before, device.number = device.number, to
    world.devices[to] = world.devices.pop(before)
    for work in world.works.values():
        work.device = to if work.device == before else work.device
    for fault in world.faults.values():
        fault.device = to if fault.device == before else fault.device
    for pickup in world.pickups.values():
        for line in pickup.lines:
            line.device = to if line.device == before else line.device
