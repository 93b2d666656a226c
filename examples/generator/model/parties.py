"""Who is party to a transfer: who pays, has a part in a device, has ended (BMB-4, REF-14)."""

from datetime import date
from typing import Any

from kvitt_contracts.regions import ResponsiblesStated, UserStated
from kvitt_contracts.types import Role, UserId

from examples.generator.model.state import Device, No, Transfer, World


def answering(world: World, device: Device) -> set[str]:
    """The units that answer for what is paid for a device (BMB-4); none in a store."""
    now = device.now
    if now.payer is None:
        return set()
    if now.customer is not None and world.customers[now.customer].payer_id == now.payer:
        return {now.customer}
    units = {
        str(one.customer_id)
        for one in world.customers.values()
        if one.is_service_point and one.payer_id == now.payer
    }
    return units or ({now.customer} if now.customer else set())


def has_part(world: World, device: Device, user: UserStated) -> bool:
    """True for who prescribed it, or works where it is prescribed, paid for or kept (BMB-4)."""
    now = device.now
    units = answering(world, device) | _kept_by(world, device)
    if now.prescriber is not None:
        units |= {*map(str, world.user(now.prescriber).service_points)}
    return now.prescriber == user.user_id or not units.isdisjoint(user.service_points)


def may_answer(world: World, service_point: str, user: UserStated) -> bool:
    """True for those who answer the transfers of a service point today: its main responsible, the
    substitutes, and on days of absence the stand-in; where it has none of them, whoever works
    there (BMB-9, BMB-10).
    """
    if not works_at(user, service_point):
        return False
    stated = world.responsibles.get(service_point)
    acting = _acting(stated, world.today) if stated else set()
    there = {one for one in acting if works_at(world.users[one], service_point)}
    return not there or user.user_id in there


def is_own(world: World, transfer: Transfer, user: UserStated) -> bool:
    """True where his own units pay for the devices, or have them in store (BMB-4)."""
    devices = [world.devices[number] for number in transfer.left]
    return all(
        not units.isdisjoint(user.service_points)
        for units in (
            _kept_by(world, device) if device.store else answering(world, device)
            for device in devices
        )
    )


def involved_payers(world: World, transfer: Transfer, by: UserStated) -> set[str]:
    """The payers that may be chosen by themselves: those that have a part in it (BMB-4)."""
    now = {world.devices[number].now.payer for number in transfer.left}
    own = {str(world.customers[point].payer_id) for point in by.service_points}
    return own | {transfer.proposed_payer} | {one for one in now if one and len(now) == 1}


def receivers(
    world: World,
    devices: list[Device],
    sender: UserStated,
    prescriber: UserStated | None,
    sending: str,
) -> tuple[set[str], str | None]:
    """Who may acknowledge, and who does where nobody is named (BMB-4)."""
    if prescriber is not None:
        return {*map(str, prescriber.service_points)}, prescriber.default_service_point
    payers = {device.now.payer for device in devices}
    if payers == {None}:
        return {str(sender.default_service_point)}, sender.default_service_point
    units = [answering(world, device) for device in devices]
    shared = set.intersection(*units)
    if len(payers) > 1 or (not shared and any(units)):
        raise No("SEVERAL_PAYERS", "BMB-4")
    if not shared:
        raise No("NO_UNIT_PAYS", "BMB-4")
    if len(shared) == 1:
        return shared, next(iter(shared))
    return shared, sending if sending in shared else None


def prescribes(user: UserStated) -> bool:
    """True for an active prescriber."""
    return user.active and Role.PRESCRIBER in user.roles


def what_ended(world: World, transfer: Transfer) -> No | None:
    """Why it cannot take effect today (REF-14, BMB-1)."""
    kind, name = transfer.new_holder or ("", "")
    if kind == "patient" and not world.people[world.current(name)].active:
        return No("INACTIVE_RECIPIENT", "REF-14")
    new = transfer.new_prescriber
    return No("NOT_A_PRESCRIBER", "BMB-1") if new and not prescribes(world.user(new)) else None


def responsibles_of(world: World, stated: ResponsiblesStated) -> dict[str, Any]:
    """Who answers for a service point, without those who have left it (BMB-9)."""

    def who_is_there(user: UserId | None) -> UserId | None:
        return user if user and works_at(world.users[user], stated.service_point) else None

    main, stand_in = who_is_there(stated.main), who_is_there(stated.stand_in)
    absence = main and stand_in  # without one of them there is none
    first, last = stated.absent_from_on, stated.absent_to_on
    return {
        "main": main,
        "substitutes": [one for one in stated.substitutes if who_is_there(one)],
        "stand_in": stand_in if absence else None,
        "absent_from_on": first.isoformat() if first and absence else None,
        "absent_to_on": last.isoformat() if last and absence else None,
    }


def works_at(user: UserStated, service_point: str) -> bool:
    """True for an active user of a service point."""
    return user.active and service_point in user.service_points


def _acting(stated: ResponsiblesStated, today: date) -> set[UserId]:
    acting = {*stated.substitutes} | ({stated.main} if stated.main else set())
    first, last = stated.absent_from_on, stated.absent_to_on
    if stated.stand_in and (first or today) <= today <= (last or today):
        acting.add(stated.stand_in)
    return acting


def _kept_by(world: World, device: Device) -> set[str]:
    kind, name = device.now.holder
    if kind == "store":
        return {str(one.customer_id) for one in world.customers.values() if one.store == name}
    return {str(world.care_units[name].customer_id)} if kind == "care_unit" else set()
