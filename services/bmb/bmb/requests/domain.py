"""The rules of sending: execute a draft, and the outcome of inventory's answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from kvitt_contracts.bmb import (
    DeviceRefusal,
    TransferEvent,
    TransferRefused,
    TransferRequested,
    TransferSent,
    TransferWithdrawn,
)
from kvitt_contracts.calendar import deadline_after
from kvitt_contracts.policy import RegionPolicy, TransferPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import CustomerId, Role, ServicePointId

from bmb.acknowledgements.domain import Acceptance, accept_at_once
from bmb.domain import Reason, Status, Transfer, evolve
from bmb.register.domain import User

ANSWER_WITHIN: Final = timedelta(hours=24)
"""How long inventory may take to answer before a transfer is refused (architecture §6)."""


def execute(
    transfer: Transfer,
    *,
    by: User,
    policy: RegionPolicy,
    now: datetime,
    accept_for: CustomerId | None = None,
) -> tuple[TransferEvent, ...]:
    """Send a draft: request of inventory a hold of its devices, under the policy in force. With
    `accept_for` its sender accepts it for that customer as soon as they are held (BMB-4).

    Raises Refused: not a draft (NOT_A_DRAFT, BMB-2), `by` may not send (BMB-2), patient to patient
    against the policy (BMB-11).
    """
    if transfer.status in {Status.REQUESTED, Status.SENT}:
        return ()
    if transfer.status is not Status.DRAFT:
        raise Refused(
            Reason.NOT_A_DRAFT,
            rule="BMB-2",
            way_on="Spara ett nytt byte.",
            status=transfer.status,
        )
    _refuse_sender(by=by, service_point=transfer.sending_service_point, policy=policy.transfer)
    _refuse_patient_to_patient(transfer, policy.transfer)
    return (
        TransferRequested(
            transfer_id=transfer.id,
            devices=transfer.devices,
            current_recipient=transfer.current_recipient,
            current_store=transfer.current_store,
            new_store=transfer.new_store,
            requested_at=now,
            policy=policy.pin,
            by=by.id,
            accept_for=accept_for,
        ),
    )


def withdraw(transfer: Transfer, *, by: User, now: datetime) -> tuple[TransferEvent, ...]:
    """Take a sent transfer back before it is answered: its devices are free (BMB-6).

    Raises Refused: `by` does not work where it was sent from (NOT_RESPONSIBLE, BMB-6), it waits for
    no answer (NOT_OPEN, BMB-6), its time is out (DEADLINE_PASSED, BMB-7).
    """
    if transfer.status is Status.WITHDRAWN:
        return ()
    if transfer.status is not Status.SENT or transfer.deadline is None:
        raise Refused(
            Reason.NOT_OPEN,
            rule="BMB-6",
            way_on="Bara ett skickat byte som ingen har svarat på kan ångras: gör ett nytt byte "
            "tillbaka.",
            status=transfer.status,
        )
    if now >= transfer.deadline:
        raise Refused(
            Reason.DEADLINE_PASSED,
            rule="BMB-7",
            way_on="Tiden för att kvittera är ute; se vad som har hänt med bytet.",
            deadline=transfer.deadline,
        )
    if not by.works_at(transfer.sending_service_point):
        raise Refused(
            Reason.NOT_RESPONSIBLE,
            rule="BMB-6",
            field="by",
            way_on="Be någon som arbetar vid det avsändande tjänstestället att ångra bytet.",
            service_point=transfer.sending_service_point,
        )
    return (
        TransferWithdrawn(
            transfer_id=transfer.id,
            devices=transfer.remaining,
            sender=transfer.sender,
            sending_service_point=transfer.sending_service_point,
            receiving_service_point=transfer.receiving_service_point,
            by=by.id,
        ),
    )


def _refuse_sender(*, by: User, service_point: ServicePointId, policy: TransferPolicy) -> None:
    senders = {Role.PRESCRIBER}
    if policy.sender == "prescriber_and_requester":
        senders.add(Role.REQUESTER)
    if by.roles.isdisjoint(senders):
        raise Refused(
            Reason.SENDER_NOT_PERMITTED,
            rule="BMB-2",
            field="by",
            way_on="Be en förskrivare vid tjänstestället att skicka bytet.",
            roles=sorted(by.roles),
            permitted=sorted(senders),
        )
    if not by.works_at(service_point):
        raise Refused(
            Reason.NOT_RESPONSIBLE,
            rule="BMB-2",
            field="by",
            way_on="Be någon som arbetar vid det avsändande tjänstestället.",
            service_point=service_point,
        )


def _refuse_patient_to_patient(transfer: Transfer, policy: TransferPolicy) -> None:
    if not transfer.is_patient_to_patient or policy.patient_to_patient == "allowed":
        return
    if policy.patient_to_patient == "forbidden":
        raise Refused(
            Reason.PATIENT_TO_PATIENT_FORBIDDEN,
            rule="BMB-11",
            field="new_recipient",
            way_on="Återlämna hjälpmedlet för rekonditionering och förskriv ett annat.",
        )
    if not transfer.attested:
        raise Refused(
            Reason.ATTESTATION_MISSING,
            rule="BMB-11",
            field="attested",
            way_on=(
                "Intyga individuell bedömning, att hjälpmedlet fungerar och inte bär smitta; "
                "annars ska det återlämnas för rekonditionering."
            ),
        )


def grant(
    transfer: Transfer,
    *,
    acceptance: Acceptance | None = None,
    policy: RegionPolicy,
    now: datetime,
) -> tuple[TransferEvent, ...]:
    """Inventory has granted the hold: the receiver sees the transfer, until the deadline (BMB-7);
    or its sender accepts it at once, as he asked for (BMB-4).

    `policy` is the one pinned at the request. Returns no event for a hold that comes after the wait
    was given up: inventory frees it when it reads TransferRefused.
    """
    if transfer.status is not Status.REQUESTED or transfer.policy is None:
        return ()
    sent = policy.transfer.clock_starts == "sent"
    start = transfer.requested_at if sent and transfer.requested_at is not None else now
    shown = TransferSent(
        transfer_id=transfer.id,
        devices=transfer.devices,
        sender=transfer.sender,
        sending_service_point=transfer.sending_service_point,
        receiving_service_point=transfer.receiving_service_point,
        proposed_payer=transfer.proposed_payer,
        transfer_date=transfer.transfer_date,
        deadline=deadline_after(start, days=policy.transfer.expiry.days),
        policy=transfer.policy,
    )
    if acceptance is None:
        return (shown,)
    accepted = accept_at_once(evolve(transfer, shown), acceptance, policy=policy, now=now)
    return (shown.model_copy(update={"accepted_at_once": bool(accepted)}), *accepted)


def refuse(transfer: Transfer, *, reasons: Sequence[DeviceRefusal]) -> tuple[TransferEvent, ...]:
    """Inventory has refused the hold; `reasons` name which devices and why, for the sender
    (BMB-12).
    """
    if transfer.status is not Status.REQUESTED:
        return ()
    return (
        TransferRefused(
            transfer_id=transfer.id,
            sender=transfer.sender,
            sending_service_point=transfer.sending_service_point,
            reasons=tuple(reasons),
        ),
    )


# decision 0052: a transfer that inventory does not answer within 24 hours is refused
def give_up(transfer: Transfer) -> tuple[TransferEvent, ...]:
    """Inventory has not answered in time: the transfer is refused, rather than waiting for ever."""
    reasons = [
        DeviceRefusal(device_id=device, reason=Reason.NO_ANSWER) for device in transfer.devices
    ]
    return refuse(transfer, reasons=reasons)
