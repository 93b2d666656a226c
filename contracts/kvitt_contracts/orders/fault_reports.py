"""Topic `orders.fault-reports`, one aggregate kind: the report of a fault on a rented device that
nobody prescribes (ACT-6). The text stays with orders.
"""

from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import (
    DeviceId,
    DeviceNumber,
    FaultReportId,
    ReasonCode,
    Recipient,
    ServicePointId,
    UserId,
    Word,
    WorkOrderId,
)


class FaultReported(Event, type="orders.fault-report.reported.v1"):
    """Customer service has a fault on a device that nobody prescribes: the main responsible is
    notified and the report waits (ACT-6).
    """

    fault_report_id: FaultReportId
    device_id: DeviceId
    recipient: Recipient
    service_point: ServicePointId
    has_text: bool
    by: UserId
    asked_by: UserId | None = None


class FaultReportEscalated(Event, type="orders.fault-report.escalated.v1"):
    """Nobody answered within the policy's days: customer service is notified. It waits on
    (ACT-6).
    """

    fault_report_id: FaultReportId
    service_point: ServicePointId


class FaultReportPrescriberNamed(Event, type="orders.fault-report.prescriber-named.v1"):
    """The main responsible names a prescriber (ACT-6).

    Inventory changes custody, prescriber alone, where nothing claims the device; else it answers
    ClaimRefused with the report as claimant.
    """

    fault_report_id: FaultReportId
    device_id: DeviceId
    prescriber: UserId
    by: UserId


class FaultReportPrescriberSet(Event, type="orders.fault-report.prescriber-set.v1"):
    """The device has the named prescriber."""

    fault_report_id: FaultReportId
    prescriber: UserId


class FaultReportPrescriberRefused(Event, type="orders.fault-report.prescriber-refused.v1"):
    """Something claims the device: the report waits for another answer (BMB-12)."""

    fault_report_id: FaultReportId
    reason: ReasonCode


class FaultReportForwarded(Event, type="orders.fault-report.forwarded.v1"):
    """The main responsible forwards the need for a new assessment to a user (ACT-6)."""

    fault_report_id: FaultReportId
    to: UserId
    by: UserId


class FaultReportRiskAssessed(Event, type="orders.fault-report.risk-assessed.v1"):
    """One side has assessed whether and how the device may be used meanwhile (ACT-6).

    `side`: `responsible` or `technician`; `use`: `forbidden`, `restricted` or `allowed`. Until both
    agree, the stricter counts.
    """

    fault_report_id: FaultReportId
    side: Word
    use: Word
    has_text: bool
    by: UserId


class FaultReportClosed(Event, type="orders.fault-report.closed.v1"):
    """The report has led to something: `replaced`, `repaired`, `assessed_anew`, `no_fault`."""

    fault_report_id: FaultReportId
    outcome: Word
    work_order_id: WorkOrderId | None = None
    by: UserId


FaultReportEvent = (
    FaultReported
    | FaultReportEscalated
    | FaultReportPrescriberNamed
    | FaultReportPrescriberSet
    | FaultReportPrescriberRefused
    | FaultReportForwarded
    | FaultReportRiskAssessed
    | FaultReportClosed
)
"""Every event of a fault report."""


# -- commands ------------------------------------------------------------------------------------


class ReportFault(Command, type="orders.fault-report.report.v1"):
    """Report a fault on a device without prescriber (ACT-6, REF-12).

    Subject: the region's own reference, which names the report. The text is given over HTTP only.
    """

    device_number: DeviceNumber
    service_point: ServicePointId
    by: UserId
    asked_by: UserId | None = None


class NamePrescriber(Command, type="orders.fault-report.name-prescriber.v1"):
    """The main responsible names the device's prescriber (ACT-6)."""

    prescriber: UserId
    by: UserId


class ForwardFaultReport(Command, type="orders.fault-report.forward.v1"):
    """The main responsible forwards the need for a new assessment (ACT-6)."""

    to: UserId
    by: UserId


class AssessRisk(Command, type="orders.fault-report.assess-risk.v1"):
    """Assess for one side whether and how the device may be used (ACT-6)."""

    side: Word
    use: Word
    by: UserId


class CloseFaultReport(Command, type="orders.fault-report.close.v1"):
    """End the report with what it led to (ACT-6)."""

    outcome: Word
    by: UserId
