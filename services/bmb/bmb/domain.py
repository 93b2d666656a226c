"""The rules of transfers: a state in, events or a refusal out. No clock, no database, no log.

Here: a transfer's state and how each event changes it. The rules are by noun in parties, drafts,
requests, acknowledgements, expiry and completion. Each returns the events that follow: none when
there is nothing to do.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from kvitt_contracts.bmb import (
    TransferAccepted,
    TransferCancelled,
    TransferCompleted,
    TransferDeadlineNeared,
    TransferDissolved,
    TransferDrafted,
    TransferEvent,
    TransferExecutedAutomatically,
    TransferLineCompleted,
    TransferLineDropped,
    TransferLinesRejected,
    TransferLocked,
    TransferRefused,
    TransferRejected,
    TransferRequested,
    TransferSent,
    TransferUnlockAsked,
    TransferUnlocked,
    TransferVoided,
    TransferWithdrawn,
)
from kvitt_contracts.copying import same_fields
from kvitt_contracts.policy import TransferPolicy
from kvitt_contracts.types import (
    CareUnitRecipient,
    CustomerId,
    DeviceId,
    PatientRecipient,
    PayerId,
    PolicyVersion,
    Reference,
    ServicePointId,
    StoreId,
    TransferId,
    UserId,
)


class Status(StrEnum):
    """Where a transfer is in its life."""

    DRAFT = "draft"
    CANCELLED = "cancelled"
    REQUESTED = "requested"
    REFUSED = "refused"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXECUTED_AUTOMATICALLY = "executed_automatically"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    VOIDED = "voided"
    DISSOLVED = "dissolved"
    COMPLETED = "completed"


TAKING_EFFECT: Final = (Status.ACCEPTED, Status.EXECUTED_AUTOMATICALLY)
HOLDING: Final = (Status.SENT, *TAKING_EFFECT, Status.LOCKED)
"""While a transfer is in one of these, inventory holds its devices for it."""
UNANSWERED: Final = (Status.SENT, Status.LOCKED, Status.UNLOCKED, Status.VOIDED)
"""What was sent, and what became of it when nobody answered and nothing was executed (BMB-8)."""


UNDECIDED: Final = (Status.DRAFT, Status.REQUESTED, Status.SENT)
"""Before anybody, or the deadline, has decided it."""


class LineEnd(StrEnum):
    """How a transfer ended for one of its devices (BMB-5, BMB-12)."""

    CHANGED_HANDS = "changed_hands"
    REJECTED = "rejected"
    DROPPED = "dropped"


class Reason(StrEnum):
    """Why a transfer, or what somebody wanted with it, is refused."""

    NOT_OPEN = "NOT_OPEN"
    NOT_A_DRAFT = "NOT_A_DRAFT"
    NOT_LOCKED = "NOT_LOCKED"
    DEADLINE_PASSED = "DEADLINE_PASSED"
    NOT_RESPONSIBLE = "NOT_RESPONSIBLE"
    SENDER_NOT_PERMITTED = "SENDER_NOT_PERMITTED"
    CUSTOMER_OF_ANOTHER_SIDE = "CUSTOMER_OF_ANOTHER_SIDE"
    PAYER_FOLLOWS_CUSTOMER = "PAYER_FOLLOWS_CUSTOMER"
    PAYER_NOT_INVOLVED = "PAYER_NOT_INVOLVED"
    SENT_BY_ONESELF = "SENT_BY_ONESELF"
    MESSAGE_MISSING = "MESSAGE_MISSING"
    BUNDLE_WHOLE = "BUNDLE_WHOLE"
    NOT_IN_TRANSFER = "NOT_IN_TRANSFER"
    PATIENT_TO_PATIENT_FORBIDDEN = "PATIENT_TO_PATIENT_FORBIDDEN"
    ATTESTATION_MISSING = "ATTESTATION_MISSING"
    NO_ANSWER = "NO_ANSWER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A transfer: what was drafted, and what has become of it.

    `remaining` are the devices that neither have changed custody by it nor left it; `dropped` those
    that dropped out of it, `rejected` those that were while others were accepted. `sent_by`
    executed it, and accepts it for `accept_for` at once, where that is named. `unlock_asked_by`:
    who has asked customer service to unlock it.
    `void_reason`: what had ended when it was to be executed automatically.
    """

    id: TransferId
    status: Status
    reference: Reference | None
    devices: tuple[DeviceId, ...]
    remaining: tuple[DeviceId, ...]
    dropped: tuple[DeviceId, ...] = ()
    rejected: tuple[DeviceId, ...] = ()
    current_recipient: PatientRecipient | CareUnitRecipient | None
    current_store: StoreId | None
    new_recipient: PatientRecipient | CareUnitRecipient | None
    new_store: StoreId | None
    new_prescriber: UserId | None
    sender: UserId
    sending_service_point: ServicePointId
    receiving_service_point: ServicePointId
    proposed_customer: CustomerId
    proposed_payer: PayerId
    transfer_date: date
    attested: bool
    has_message: bool
    policy: PolicyVersion | None = None
    requested_at: datetime | None = None
    sent_by: UserId | None = None
    accept_for: CustomerId | None = None
    deadline: datetime | None = None  # an instant, so a late timer changes nothing (BMB-7)
    customer_id: CustomerId | None = None
    payer_id: PayerId | None = None
    effective_on: date | None = None
    unlock_asked_by: UserId | None = None
    unlock_asked_at: datetime | None = None
    void_reason: str | None = None

    @property
    def is_pending(self) -> bool:
        """True while the transfer waits for inventory's answer about the hold."""
        return self.status is Status.REQUESTED

    @property
    def recipient_after(self) -> PatientRecipient | CareUnitRecipient | None:
        """Who has the devices once the transfer has taken effect; None for a store."""
        return self.new_recipient or (self.current_recipient if self.new_store is None else None)

    @property
    def device_count(self) -> int:
        """How many devices it is about."""
        return len(self.devices)

    @property
    def is_patient_to_patient(self) -> bool:
        """True when the devices go from one patient to another (BMB-11)."""
        return isinstance(self.current_recipient, PatientRecipient) and isinstance(
            self.new_recipient, PatientRecipient
        )


def end_of_line(transfer: Transfer, device: DeviceId) -> LineEnd | None:
    """How it ended for a device of the transfer; None while the device is in it, and where the
    whole of it came to nothing otherwise than by a rejection.
    """
    if device in transfer.dropped:
        return LineEnd.DROPPED
    if device in transfer.rejected:
        return LineEnd.REJECTED
    if device not in transfer.remaining:
        return LineEnd.CHANGED_HANDS
    return LineEnd.REJECTED if transfer.status is Status.REJECTED else None


def takes_effect_on(transfer: Transfer, *, decided_on: date, policy: TransferPolicy) -> date:
    """The Stockholm day from which the decision counts (BMB-4, BMB-7).

    Never before the day of the decision, unless the region permits back-dating.
    """
    if policy.back_dating:
        return transfer.transfer_date
    return max(transfer.transfer_date, decided_on)


def evolve(transfer: Transfer | None, event: TransferEvent) -> Transfer:
    """Returns the state after an event; every event of a transfer is handled.

    Raises ValueError for a first event that cannot begin a transfer.
    """
    if isinstance(event, TransferDrafted):
        return _drafted(event)
    if transfer is None:
        raise ValueError(f"{event.wire_type} cannot be a transfer's first event")
    match event:
        case TransferRequested():
            return replace(
                transfer,
                status=Status.REQUESTED,
                requested_at=event.requested_at,
                sent_by=event.by,
                accept_for=event.accept_for,
                policy=event.policy,
            )
        case TransferSent():
            return replace(transfer, status=Status.SENT, deadline=event.deadline)
        case TransferAccepted() | TransferExecutedAutomatically():
            return replace(
                transfer,
                status=_STATUS_AFTER[type(event)],
                customer_id=event.customer_id,
                payer_id=event.payer_id,
                effective_on=event.effective_on,
            )
        case TransferUnlockAsked():
            return replace(transfer, unlock_asked_by=event.by, unlock_asked_at=event.asked_at)
        case TransferVoided():
            return replace(transfer, status=Status.VOIDED, void_reason=event.reason)
        case TransferLineCompleted():
            return replace(transfer, remaining=_without(transfer, event.device_id))
        case TransferLineDropped():
            remaining = _without(transfer, event.device_id)
            return replace(
                transfer, remaining=remaining, dropped=(*transfer.dropped, event.device_id)
            )
        case TransferLinesRejected():
            remaining = _without(transfer, *event.devices)
            return replace(
                transfer, remaining=remaining, rejected=(*transfer.rejected, *event.devices)
            )
        case TransferDeadlineNeared():
            return transfer
        case _:
            return replace(transfer, status=_STATUS_AFTER[type(event)])


_STATUS_AFTER: Final[dict[type[TransferEvent], Status]] = {
    TransferCancelled: Status.CANCELLED,
    TransferRefused: Status.REFUSED,
    TransferAccepted: Status.ACCEPTED,
    TransferExecutedAutomatically: Status.EXECUTED_AUTOMATICALLY,
    TransferRejected: Status.REJECTED,
    TransferWithdrawn: Status.WITHDRAWN,
    TransferLocked: Status.LOCKED,
    TransferUnlocked: Status.UNLOCKED,
    TransferDissolved: Status.DISSOLVED,
    TransferCompleted: Status.COMPLETED,
}


def _without(transfer: Transfer, *devices: DeviceId) -> tuple[DeviceId, ...]:
    return tuple(one for one in transfer.remaining if one not in devices)


def _drafted(event: TransferDrafted) -> Transfer:
    drafted = {"id": event.transfer_id, "status": Status.DRAFT, "remaining": event.devices}
    return Transfer(**same_fields(event, Transfer) | drafted)
