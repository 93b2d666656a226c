"""Stories of faults on devices, and of what both sides say of them."""

from itertools import product

from kvitt_contracts.orders import (
    AssessRisk,
    CloseFaultReport,
    ForwardFaultReport,
    NamePrescriber,
    ReportFault,
)
from kvitt_contracts.types import DeviceNumber, ServicePointId, UserId, Word
from kvitt_testkit.world import World, stockholm

from contracts.tests.builders.inventory import (
    a_claim_refused_of_fault_report,
    a_custody,
    a_custody_changed_by_fault_report,
    a_custody_changed_by_order,
)
from contracts.tests.builders.regions import a_user_stated
from contracts.tests.builders.story import SENDER, a_care_unit


async def fault_reports(world: World) -> None:
    """Faults on devices of patients and care units that nobody prescribes, reported for a user or
    not: one gets a prescriber after one was refused, one is forwarded, both are assessed, one waits
    too long.
    """
    await world.handle(a_user_stated("s001kun", roles=("customer_service",)), subject="s001kun")
    await world.handle(a_user_stated("k099gon", active=False), subject="k099gon")
    for number, (holder, asked_by) in enumerate(product((None, a_care_unit()), (None, SENDER))):
        device, subject = f"17009{number}", f"F-{number}"
        custody = a_custody(holder, prescriber="k099gon")
        await world.handle(a_custody_changed_by_order(device, to=custody))
        report = ReportFault(
            device_number=DeviceNumber(device),
            service_point=ServicePointId("40201"),
            by=UserId("s001kun"),
            asked_by=UserId(asked_by) if asked_by else None,
        )
        await world.handle(report, subject=subject)
    by = UserId(SENDER)
    await world.handle(NamePrescriber(prescriber=by, by=by), subject="F-0")
    await world.handle(a_claim_refused_of_fault_report("170090", report="F-0"))
    await world.handle(NamePrescriber(prescriber=by, by=by), subject="F-0")
    await world.handle(a_custody_changed_by_fault_report("170090", report="F-0"))
    await world.handle(ForwardFaultReport(to=by, by=by), subject="F-1")
    risk = AssessRisk(side=Word("responsible"), use=Word("restricted"), by=by)
    await world.handle(risk, subject="F-1")
    closing = CloseFaultReport(outcome=Word("assessed_anew"), by=UserId("s001kun"))
    await world.handle(closing, subject="F-1")
    await world.advance(stockholm("2026-03-05 00:00"))
