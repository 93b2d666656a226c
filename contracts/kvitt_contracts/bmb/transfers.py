"""Topic `bmb.transfers`, one aggregate kind: the transfer."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    CustomerId,
    DeviceId,
    PayerId,
    PolicyVersion,
    Recipient,
    Reference,
    ServicePointId,
    StoreId,
    TransferId,
    UserId,
    Value,
)


class TransferDrafted(Event, type="bmb.transfer.drafted.v1"):
    """A draft is saved, with the payer that will be proposed (BMB-2).

    Nobody has to answer anything yet.
    """

    transfer_id: TransferId
    reference: Reference | None = None
    devices: Annotated[tuple[DeviceId, ...], Field(min_length=1)]
    current_recipient: Recipient | None = None
    current_store: StoreId | None = None
    new_recipient: Recipient | None = None
    new_store: StoreId | None = None
    new_prescriber: UserId | None = None
    sender: UserId
    sending_service_point: ServicePointId
    receiving_service_point: ServicePointId
    proposed_customer: CustomerId
    proposed_payer: PayerId
    transfer_date: date
    attested: bool = False
    has_message: bool = False


class TransferCancelled(Event, type="bmb.transfer.cancelled.v1"):
    """The draft is thrown away; everything is as it was (BMB-2)."""

    transfer_id: TransferId


class TransferRequested(Event, type="bmb.transfer.requested.v1"):
    """The sender has executed the draft.

    Inventory answers HoldGranted or HoldRefused; only then the receiver sees it.

    Pins the policy. Where the policy's clock starts when sent, it starts now (BMB-7). `by` is who
    executed it; `accept_for`: the customer for whom the sender accepts it himself as soon as its
    devices are held (BMB-4). `new_store`: the own store that they are to come to, where some may
    not stay (PCK-7).
    """

    transfer_id: TransferId
    devices: Annotated[tuple[DeviceId, ...], Field(min_length=1)]
    current_recipient: Recipient | None = None
    current_store: StoreId | None = None
    new_store: StoreId | None = None
    requested_at: AwareDatetime
    policy: PolicyVersion
    by: UserId | None = None
    accept_for: CustomerId | None = None


class DeviceRefusal(Value):
    """Why one device cannot be transferred."""

    device_id: DeviceId
    reason: str
    rule: str = "BMB-12"


class TransferRefused(Event, type="bmb.transfer.refused.v1"):
    """Inventory refused the hold: nothing changes. `reasons` name which device and why (BMB-12)."""

    transfer_id: TransferId
    sender: UserId
    sending_service_point: ServicePointId
    reasons: tuple[DeviceRefusal, ...]


class TransferSent(Event, type="bmb.transfer.sent.v1"):
    """The receiver can see and acknowledge the transfer until `deadline` (BMB-2, BMB-7).

    `accepted_at_once`: its sender accepts it in the same moment, and nobody has to answer (BMB-4).
    """

    transfer_id: TransferId
    devices: tuple[DeviceId, ...]
    sender: UserId
    sending_service_point: ServicePointId
    receiving_service_point: ServicePointId
    proposed_payer: PayerId
    transfer_date: date
    deadline: AwareDatetime
    policy: PolicyVersion
    accepted_at_once: bool = False


class TransferDeadlineNeared(Event, type="bmb.transfer.deadline-neared.v1"):
    """One day is left to acknowledge (NTF-2)."""

    transfer_id: TransferId
    receiving_service_point: ServicePointId
    deadline: AwareDatetime


class TransferAccepted(Event, type="bmb.transfer.accepted.v1"):
    """The receiver has accepted. Nothing has changed hands yet.

    Custody changes on `effective_on`, when inventory emits `CustodyChanged`; the payer pays from
    that day. Ends the transfer's waiting: no other decision follows (BMB-4).
    `at_once`: by its sender, in the moment in which it was sent.
    """

    transfer_id: TransferId
    devices: tuple[DeviceId, ...]
    new_recipient: Recipient | None = None
    new_store: StoreId | None = None
    new_prescriber: UserId | None = None
    customer_id: CustomerId
    payer_id: PayerId
    effective_on: date
    sender: UserId
    sending_service_point: ServicePointId
    policy: PolicyVersion
    has_message: bool = False
    at_once: bool = False


class TransferExecutedAutomatically(Event, type="bmb.transfer.executed-automatically.v1"):
    """Nobody answered in time: it takes effect with the proposed payer (BMB-7, by policy)."""

    transfer_id: TransferId
    devices: tuple[DeviceId, ...]
    new_recipient: Recipient | None = None
    new_store: StoreId | None = None
    new_prescriber: UserId | None = None
    customer_id: CustomerId
    payer_id: PayerId
    effective_on: date
    sender: UserId
    sending_service_point: ServicePointId
    receiving_service_point: ServicePointId
    policy: PolicyVersion


class TransferRejected(Event, type="bmb.transfer.rejected.v1"):
    """The receiver has rejected it; the transfer is void and its devices are free (BMB-5)."""

    transfer_id: TransferId
    devices: tuple[DeviceId, ...]
    sender: UserId
    sending_service_point: ServicePointId
    has_message: bool


class TransferLinesRejected(Event, type="bmb.transfer.lines-rejected.v1"):
    """The receiver rejects these devices, and accepts the others in the same moment (BMB-5, policy
    `transfer.bundle`).

    TransferAccepted of the others follows. Inventory frees these (HoldReduced).
    """

    transfer_id: TransferId
    devices: Annotated[tuple[DeviceId, ...], Field(min_length=1)]
    sender: UserId
    sending_service_point: ServicePointId
    has_message: bool
    by: UserId


class TransferWithdrawn(Event, type="bmb.transfer.withdrawn.v1"):
    """The sender took it back before it was answered: its devices are free (BMB-6)."""

    transfer_id: TransferId
    devices: tuple[DeviceId, ...]
    sender: UserId
    sending_service_point: ServicePointId
    receiving_service_point: ServicePointId
    by: UserId


class TransferLocked(Event, type="bmb.transfer.locked.v1"):
    """Nobody answered in time: the devices stay held until customer service unlocks them (BMB-7, by
    policy).
    """

    transfer_id: TransferId
    devices: tuple[DeviceId, ...]
    sender: UserId
    sending_service_point: ServicePointId
    receiving_service_point: ServicePointId
    policy: PolicyVersion


class TransferUnlockAsked(Event, type="bmb.transfer.unlock-asked.v1"):
    """One of the two sides of a locked transfer has asked customer service to unlock it: it stays
    locked, and its devices held, until TransferUnlocked (BMB-7).

    Once in a transfer's life: who asks again changes nothing.
    """

    transfer_id: TransferId
    by: UserId
    asked_at: AwareDatetime


class TransferUnlocked(Event, type="bmb.transfer.unlocked.v1"):
    """Customer service has freed the devices of a locked transfer: a new one may be made (BMB-7).

    `asked_by` as REF-12.
    """

    transfer_id: TransferId
    devices: tuple[DeviceId, ...]
    asked_by: UserId


class TransferVoided(Event, type="bmb.transfer.voided.v1"):
    """Nobody answered in time: the transfer has no effect and a new one must be made (BMB-7, by
    policy).

    `reason` where it would have been executed automatically, but its new recipient or prescriber
    has ended: `INACTIVE_RECIPIENT` (REF-14), `NOT_A_PRESCRIBER`.
    """

    transfer_id: TransferId
    devices: tuple[DeviceId, ...]
    sender: UserId
    sending_service_point: ServicePointId
    receiving_service_point: ServicePointId
    policy: PolicyVersion
    reason: str | None = None


class TransferLineCompleted(Event, type="bmb.transfer.line-completed.v1"):
    """One device has changed custody by this transfer."""

    transfer_id: TransferId
    device_id: DeviceId
    effective_on: date


class TransferLineDropped(Event, type="bmb.transfer.line-dropped.v1"):
    """One device is no longer part of the transfer: its hold was broken, by a physical fact or by
    what had ended before the effective day (architecture §6). `reason` is HoldBroken's.
    """

    transfer_id: TransferId
    device_id: DeviceId
    reason: str
    sender: UserId
    sending_service_point: ServicePointId
    receiving_service_point: ServicePointId


class TransferCompleted(Event, type="bmb.transfer.completed.v1"):
    """Every device that was left in the transfer has changed custody, one at least.

    Written before TransferDissolved was in use, it may also mean that none was left.
    """

    transfer_id: TransferId


class TransferDissolved(Event, type="bmb.transfer.dissolved.v1"):
    """Every device has dropped out: nothing is left to answer, and nothing takes effect."""

    transfer_id: TransferId
    sender: UserId
    sending_service_point: ServicePointId
    receiving_service_point: ServicePointId


TransferEvent = (
    TransferDrafted
    | TransferCancelled
    | TransferRequested
    | TransferRefused
    | TransferSent
    | TransferDeadlineNeared
    | TransferAccepted
    | TransferExecutedAutomatically
    | TransferRejected
    | TransferLinesRejected
    | TransferWithdrawn
    | TransferLocked
    | TransferUnlockAsked
    | TransferUnlocked
    | TransferVoided
    | TransferLineCompleted
    | TransferLineDropped
    | TransferDissolved
    | TransferCompleted
)
"""Every event of a transfer."""
