"""Fault reports on rented devices that nobody prescribes: reported, answered, assessed (ACT-6).

Each raises No with the reason and the rule when it is refused.
"""

from datetime import date, timedelta

from kvitt_contracts.calendar import working_days_after
from kvitt_contracts.orders import (
    AssessRisk,
    CloseFaultReport,
    ForwardFaultReport,
    NamePrescriber,
    ReportFault,
)
from kvitt_contracts.regions import UserStated
from kvitt_contracts.types import Role

from examples.generator.model.parties import prescribes, responsibles_of, works_at
from examples.generator.model.pickups import was_ever_lent, why_claimed
from examples.generator.model.state import Custody, Device, FaultReport, No, World

_STRICTEST_FIRST = ("forbidden", "restricted", "allowed")
_OUTCOMES = ("replaced", "repaired", "assessed_anew", "no_fault")


def report(world: World, subject: str, command: ReportFault) -> None:
    """Customer service has a fault on a device that nobody prescribes: somebody is to answer."""
    device = world.devices.get(command.device_number)
    if device is None or not was_ever_lent(device):
        raise No("UNKNOWN_DEVICE", "ACT-6")
    if command.service_point not in world.customers:
        raise No("UNKNOWN_CUSTOMER", "REF-3")
    if command.asked_by is not None:
        world.user(command.asked_by)
    open_ones = [one.device for one in world.faults.values() if one.status != "closed"]
    if subject in world.faults or device.number in open_ones:
        raise No("ALREADY_REPORTED", "ACT-6")
    if device.store is not None:
        raise No("NOT_ON_LOAN", "ACT-6")
    if device.now.charging == "sale":
        raise No("NOT_RENTED", "ACT-6")
    if _is_prescribed(world, device):
        raise No("HAS_PRESCRIBER", "ACT-6")
    if not world.customers[command.service_point].is_service_point:
        raise No("NOT_A_SERVICE_POINT", "ACT-6")
    world.faults[subject] = fault = FaultReport(
        reference=subject, device=device.number, service_point=command.service_point
    )
    _await_answer(world, fault)


def name_prescriber(world: World, subject: str, command: NamePrescriber) -> None:
    """Name who prescribes it; whatever claims the device decides that meanwhile (BMB-12)."""
    fault, by = _fault(world, subject), world.user(command.by)
    prescriber = world.user(command.prescriber)
    _must_be_responsible(world, fault, by)
    if (fault.status, fault.prescriber) == ("prescribed", prescriber.user_id):
        return
    _must_wait(fault)
    if not prescribes(prescriber):
        raise No("NOT_A_PRESCRIBER", "ACT-6")
    if not works_at(prescriber, fault.service_point):
        raise No("NOT_AT_SERVICE_POINT", "ACT-6")
    fault.is_escalated = False
    device = world.devices[fault.device]
    fault.refused = _why_not(world, device)
    if fault.refused is not None:
        _await_answer(world, fault)
        return
    before = device.now
    device.said.append(
        Custody(
            since=max(world.today, before.since),
            holder=before.holder,
            payer=before.payer,
            charging=before.charging,
            customer=before.customer,
            prescriber=prescriber.user_id,
        )
    )
    fault.status, fault.prescriber = "prescribed", prescriber.user_id


def forward(world: World, subject: str, command: ForwardFaultReport) -> None:
    """Somebody, wherever they work, is to assess the need anew."""
    fault, by = _fault(world, subject), world.user(command.by)
    to = world.user(command.to)
    _must_be_responsible(world, fault, by)
    if (fault.status, fault.forwarded_to) == ("forwarded", to.user_id):
        return
    _must_wait(fault)
    if not prescribes(to):
        raise No("NOT_A_PRESCRIBER", "ACT-6")
    fault.status, fault.forwarded_to = "forwarded", to.user_id


def assess(world: World, subject: str, command: AssessRisk) -> None:
    """How the device may be used meanwhile: by the responsible, and by the technicians."""
    fault, by = _fault(world, subject), world.user(command.by)
    if command.side not in ("responsible", "technician") or command.use not in _STRICTEST_FIRST:
        raise No("UNKNOWN_WORD", "ACT-6")
    if fault.status == "closed":
        raise No("ALREADY_CLOSED", "ACT-6")
    if command.side == "responsible":
        _must_be_responsible(world, fault, by)
    elif Role.CUSTOMER_SERVICE not in by.roles:
        raise No("NOT_OF_THAT_SIDE", "ACT-6")
    fault.assessed[command.side] = command.use


def close(world: World, subject: str, command: CloseFaultReport) -> None:
    """It has led to something."""
    fault = _fault(world, subject)
    if command.outcome not in _OUTCOMES:
        raise No("UNKNOWN_WORD", "ACT-6")
    if (fault.status, fault.outcome) == ("closed", command.outcome):
        return
    if fault.status == "closed":
        raise No("ALREADY_CLOSED", "ACT-6")
    fault.status, fault.outcome = "closed", command.outcome


def escalate(world: World, fault: FaultReport) -> None:
    """Nobody has answered within the policy's working days."""
    if fault.status == "waiting" and fault.escalates_on <= world.today:
        fault.is_escalated = True


def use_of(fault: FaultReport) -> str | None:
    """How the device may be used: the stricter of what has been assessed."""
    return min(fault.assessed.values(), key=_STRICTEST_FIRST.index, default=None)


def _is_prescribed(world: World, device: Device) -> bool:
    """True where whoever prescribes it still may."""
    named = device.now.prescriber
    return named is not None and named in world.users and prescribes(world.users[named])


def _why_not(world: World, device: Device) -> str | None:
    """Why the device cannot have the prescriber now, where it was free when it was reported."""
    if device.store is not None:
        return "NOT_AT_RECIPIENT"
    return why_claimed(device) or ("HAS_PRESCRIBER" if _is_prescribed(world, device) else None)


def _must_be_responsible(world: World, fault: FaultReport, by: UserStated) -> None:
    """The main responsible or the stand-in today; where there is no main, whoever works there."""
    stated = world.responsibles.get(fault.service_point)
    said = responsibles_of(world, stated) if stated else {}
    who = {said["main"]} if said.get("main") else set()
    if who and said["stand_in"]:
        first, last = (date.fromisoformat(said[f"absent_{end}_on"]) for end in ("from", "to"))
        if first <= world.today <= last:
            who.add(said["stand_in"])
    if not works_at(by, fault.service_point) or (who and by.user_id not in who):
        raise No("NOT_RESPONSIBLE", "ACT-6")


def _must_wait(fault: FaultReport) -> None:
    if fault.status != "waiting":
        raise No("NOT_WAITING", "ACT-6")


def _await_answer(world: World, fault: FaultReport) -> None:
    last = working_days_after(world.today, world.policy.answer_working_days)
    fault.escalates_on = last + timedelta(days=1)


def _fault(world: World, reference: str) -> FaultReport:
    if reference not in world.faults:
        raise No("UNKNOWN_FAULT_REPORT", "ACT-6")
    return world.faults[reference]
