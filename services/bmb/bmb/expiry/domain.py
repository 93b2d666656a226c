"""The rules of time: deadline near, deadline passed, asking to unlock, unlocking. The instant is an
argument.
"""

from datetime import datetime, timedelta
from typing import Final

from kvitt_contracts.bmb import (
    TransferDeadlineNeared,
    TransferEvent,
    TransferExecutedAutomatically,
    TransferLocked,
    TransferUnlockAsked,
    TransferUnlocked,
    TransferVoided,
)
from kvitt_contracts.calendar import start_of_day, stockholm_day
from kvitt_contracts.policy import ExpiryOutcome, RegionPolicy, TransferPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import PolicyVersion, UserId

from bmb.domain import Reason, Status, Transfer, takes_effect_on
from bmb.register.domain import User

NEAR: Final = timedelta(days=1)


def nears_at(deadline: datetime) -> datetime:
    """The start of the last Stockholm day on which the transfer can be answered (NTF-2)."""
    return start_of_day(stockholm_day(deadline) - NEAR)


def near(transfer: Transfer, *, now: datetime) -> tuple[TransferEvent, ...]:
    """One day is left to acknowledge; nothing where it is answered, or late already."""
    if transfer.status is not Status.SENT or transfer.deadline is None or now >= transfer.deadline:
        return ()
    return (
        TransferDeadlineNeared(
            transfer_id=transfer.id,
            receiving_service_point=transfer.receiving_service_point,
            deadline=transfer.deadline,
        ),
    )


def expire(
    transfer: Transfer, *, ended: str | None, policy: RegionPolicy, now: datetime
) -> tuple[TransferEvent, ...]:
    """Expire an unanswered transfer: executed, locked or void, as the pinned policy decides
    (BMB-7).

    `ended`: why it cannot take effect today (`parties.what_ended`); what would be executed is void
    then, and the event says why. The decision's day is the deadline's, however late its timer is.
    Returns no event when the transfer is answered. Raises ValueError before the deadline.
    """
    if transfer.status is not Status.SENT or transfer.deadline is None or transfer.policy is None:
        return ()
    if now < transfer.deadline:
        raise ValueError(f"transfer {transfer.id} has until {transfer.deadline}, it is {now}")
    match policy.transfer.expiry.outcome:
        case ExpiryOutcome.AUTO_EXECUTE if ended is None:
            return (_executed(transfer, transfer.deadline, transfer.policy, policy.transfer),)
        case ExpiryOutcome.LOCK:
            return (
                TransferLocked(
                    transfer_id=transfer.id,
                    devices=transfer.remaining,
                    sender=transfer.sender,
                    sending_service_point=transfer.sending_service_point,
                    receiving_service_point=transfer.receiving_service_point,
                    policy=transfer.policy,
                ),
            )
        case ExpiryOutcome.VOID:
            return (_voided(transfer, transfer.policy),)
        case ExpiryOutcome.AUTO_EXECUTE:
            return (_voided(transfer, transfer.policy, reason=ended),)


def _voided(transfer: Transfer, pin: PolicyVersion, *, reason: str | None = None) -> TransferVoided:
    return TransferVoided(
        transfer_id=transfer.id,
        devices=transfer.remaining,
        sender=transfer.sender,
        sending_service_point=transfer.sending_service_point,
        receiving_service_point=transfer.receiving_service_point,
        policy=pin,
        reason=reason,
    )


def _executed(
    transfer: Transfer, deadline: datetime, pin: PolicyVersion, policy: TransferPolicy
) -> TransferExecutedAutomatically:
    return TransferExecutedAutomatically(
        transfer_id=transfer.id,
        devices=transfer.remaining,
        new_recipient=transfer.new_recipient,
        new_store=transfer.new_store,
        new_prescriber=transfer.new_prescriber,
        customer_id=transfer.proposed_customer,
        payer_id=transfer.proposed_payer,
        effective_on=takes_effect_on(transfer, decided_on=stockholm_day(deadline), policy=policy),
        sender=transfer.sender,
        sending_service_point=transfer.sending_service_point,
        receiving_service_point=transfer.receiving_service_point,
        policy=pin,
    )


def ask_to_unlock(transfer: Transfer, *, by: User, now: datetime) -> tuple[TransferEvent, ...]:
    """Ask customer service to unlock a locked transfer; nothing is unlocked by that (BMB-7).

    Returns no event when somebody has asked already. Raises Refused: not locked (NOT_LOCKED,
    BMB-7), `by` works at none of its service points (NOT_RESPONSIBLE, BMB-7).
    """
    if transfer.status is not Status.LOCKED:
        raise _not_locked(transfer)
    sides = (transfer.sending_service_point, transfer.receiving_service_point)
    if not any(by.works_at(side) for side in sides):
        raise Refused(
            Reason.NOT_RESPONSIBLE,
            rule="BMB-7",
            field="by",
            way_on="Be någon som arbetar vid något av bytets tjänsteställen att be om upplåsning.",
            service_points=list(sides),
        )
    if transfer.unlock_asked_by is not None:
        return ()
    return (TransferUnlockAsked(transfer_id=transfer.id, by=by.id, asked_at=now),)


def unlock(transfer: Transfer, *, asked_by: UserId) -> tuple[TransferEvent, ...]:
    """Free the devices of a locked transfer, for `asked_by` (BMB-7, REF-12).

    Raises Refused: not locked (NOT_LOCKED, BMB-7).
    """
    if transfer.status is Status.UNLOCKED:
        return ()
    if transfer.status is not Status.LOCKED:
        raise _not_locked(transfer)
    return (
        TransferUnlocked(transfer_id=transfer.id, devices=transfer.remaining, asked_by=asked_by),
    )


def _not_locked(transfer: Transfer) -> Refused:
    return Refused(
        Reason.NOT_LOCKED,
        rule="BMB-7",
        way_on="Bara ett låst byte kan låsas upp.",
        status=transfer.status,
    )
