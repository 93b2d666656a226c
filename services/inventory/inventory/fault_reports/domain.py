"""The rules of what a fault report changes of a device: its prescriber alone (ACT-6)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kvitt_contracts.inventory import ClaimRefused, CustodyCause, CustodyChanged, RefusedDevice
from kvitt_contracts.types import Claimant, DeviceId, FaultReportId, UserId, Word

from inventory.devices.domain import IN_CLAIM, Claim, Device, change_custody

FAULT_REPORT: Final = Word("fault_report")
"""What a fault report is called among claimants."""


class Reason(StrEnum):
    """Why a device is not given the prescriber, where nothing claims it."""

    NOT_AT_RECIPIENT = "NOT_AT_RECIPIENT"
    HAS_PRESCRIBER = "HAS_PRESCRIBER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The last refusal of a report's prescriber."""

    device_id: DeviceId
    reason: str


# decision 0359: what claims a device decides its prescriber too, so a report waits for it
def prescribe(
    report_id: FaultReportId,
    device_id: DeviceId,
    device: Device,
    prescriber: UserId,
    *,
    claim: Claim | None,
    is_current: bool,
    today: date,
) -> CustodyChanged | ClaimRefused:
    """Give a device on loan the prescriber that a report names, and nothing else: who has it and
    who pays stay (ACT-6). `is_current`: whoever prescribes it now still may.

    Refused where something claims it, where it is in a store, or where it has got another current
    prescriber meanwhile.
    """
    reason = _refusal(device, prescriber, claim=claim, is_current=is_current)
    if reason is not None:
        return ClaimRefused(
            claimant=Claimant(kind=FAULT_REPORT, id=report_id),
            refused=(RefusedDevice(device_id=device_id, reason=reason),),
        )
    custody = device.custody
    return change_custody(
        device_id,
        device,
        holder=custody.holder,
        payer_id=custody.payer_id,
        customer_id=custody.customer_id,
        prescriber=prescriber,
        since=today,
        cause=CustodyCause(fault_report_id=report_id),
    )


def evolve(_: Answer | None, event: ClaimRefused) -> Answer:
    """Returns the state after an event: the last refusal is the whole."""
    (refused,) = event.refused
    return Answer(device_id=refused.device_id, reason=refused.reason)


def _refusal(
    device: Device, prescriber: UserId, *, claim: Claim | None, is_current: bool
) -> str | None:
    if device.store is not None:
        return Reason.NOT_AT_RECIPIENT
    if claim is not None:
        return IN_CLAIM[claim.kind]
    if is_current and device.custody.prescriber != prescriber:
        return Reason.HAS_PRESCRIBER
    return None
