"""What bmb says, and what it can be asked.

Topic `bmb.transfers`, one aggregate kind: the transfer.
"""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import (
    TEXT,
    CustomerId,
    Day,
    DeviceId,
    DeviceNumber,
    NamedRecipient,
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

# -- bmb.transfers -------------------------------------------------------------------------------


class TransferDrafted(Event, type="bmb.transfer.drafted.v1"):
    """A draft is saved and shows the payer that will be proposed (BMB-2).

    Nothing is asked of anybody yet.
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

    Pins the policy. Where the policy's clock starts when sent, it starts now (BMB-7).
    """

    transfer_id: TransferId
    devices: Annotated[tuple[DeviceId, ...], Field(min_length=1)]
    current_recipient: Recipient | None = None
    current_store: StoreId | None = None
    requested_at: AwareDatetime
    policy: PolicyVersion


class DeviceRefusal(Value):
    """Why one device cannot be transferred."""

    device_id: DeviceId
    reason: str
    rule: str = "BMB-12"


class TransferRefused(Event, type="bmb.transfer.refused.v1"):
    """Inventory refused the hold: nothing changes. `reasons` says which device and why (BMB-12)."""

    transfer_id: TransferId
    sender: UserId
    sending_service_point: ServicePointId
    reasons: tuple[DeviceRefusal, ...]


class TransferSent(Event, type="bmb.transfer.sent.v1"):
    """The receiver can see and acknowledge the transfer until `deadline` (BMB-2, BMB-7)."""

    transfer_id: TransferId
    devices: tuple[DeviceId, ...]
    sender: UserId
    sending_service_point: ServicePointId
    receiving_service_point: ServicePointId
    proposed_payer: PayerId
    transfer_date: date
    deadline: AwareDatetime
    policy: PolicyVersion


class TransferDeadlineNeared(Event, type="bmb.transfer.deadline-neared.v1"):
    """One day is left to acknowledge (NTF-2)."""

    transfer_id: TransferId
    receiving_service_point: ServicePointId
    deadline: AwareDatetime


class TransferAccepted(Event, type="bmb.transfer.accepted.v1"):
    """The receiver has said yes. Nothing has changed hands yet.

    Custody changes on `effective_on`, when inventory says `CustodyChanged`; the payer pays from
    that day. Ends the transfer's waiting: no other decision follows (BMB-4).
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
    """The receiver has said no; the transfer is void and its devices are free (BMB-5)."""

    transfer_id: TransferId
    devices: tuple[DeviceId, ...]
    sender: UserId
    sending_service_point: ServicePointId
    has_message: bool


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
    """

    transfer_id: TransferId
    devices: tuple[DeviceId, ...]
    sender: UserId
    sending_service_point: ServicePointId
    receiving_service_point: ServicePointId
    policy: PolicyVersion


class TransferLineCompleted(Event, type="bmb.transfer.line-completed.v1"):
    """One device has changed custody by this transfer."""

    transfer_id: TransferId
    device_id: DeviceId
    effective_on: date


class TransferLineDropped(Event, type="bmb.transfer.line-dropped.v1"):
    """One device is no longer part of the transfer: a physical fact broke its hold (architecture
    §6).
    """

    transfer_id: TransferId
    device_id: DeviceId
    reason: str
    sender: UserId
    sending_service_point: ServicePointId
    receiving_service_point: ServicePointId


class TransferCompleted(Event, type="bmb.transfer.completed.v1"):
    """Every device that was left in the transfer has changed custody, or none is left."""

    transfer_id: TransferId


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
    | TransferLocked
    | TransferUnlocked
    | TransferVoided
    | TransferLineCompleted
    | TransferLineDropped
    | TransferCompleted
)
"""Every event of a transfer."""

# -- commands ------------------------------------------------------------------------------------


class SaveTransfer(Command, type="bmb.transfer.save.v1"):
    """Save a draft; with `execute` it is sent at once (BMB-1, BMB-2).

    Subject: the region's own reference, which names the transfer.

    All devices are at one current recipient (or in one own store). With neither a new recipient or
    store nor a new prescriber it is a change of payer. `receiving_service_point` is needed only
    where it is not the new prescriber's default one.
    """

    sender: UserId
    sending_service_point: ServicePointId | None = None
    devices: Annotated[tuple[DeviceNumber, ...], Field(min_length=1, max_length=100)]
    new_recipient: NamedRecipient | None = None
    new_store: StoreId | None = None
    new_prescriber: UserId | None = None
    receiving_service_point: ServicePointId | None = None
    transfer_date: Day | None = None
    attested: bool = False
    message: Annotated[str, Field(max_length=1000, pattern=TEXT)] | None = None
    execute: bool = False


class ExecuteTransfer(Command, type="bmb.transfer.execute.v1"):
    """Make a saved draft take effect, that is: send it (BMB-2)."""

    by: UserId


class CancelTransfer(Command, type="bmb.transfer.cancel.v1"):
    """Throw a draft away (BMB-2)."""

    by: UserId


class AcceptTransfer(Command, type="bmb.transfer.accept.v1"):
    """Say yes for a customer of the receiving side; `payer_id` only where the policy lets it be
    chosen (BMB-4).
    """

    by: UserId
    customer_id: CustomerId
    payer_id: PayerId | None = None
    message: Annotated[str, Field(max_length=1000, pattern=TEXT)] | None = None


class RejectTransfer(Command, type="bmb.transfer.reject.v1"):
    """Say no, with the reason where the policy wants one (BMB-5)."""

    by: UserId
    message: Annotated[str, Field(max_length=1000, pattern=TEXT)] | None = None


class UnlockTransfer(Command, type="bmb.transfer.unlock.v1"):
    """Customer service frees a locked transfer's devices, and says who asked (BMB-7, REF-12)."""

    by: UserId
    asked_by: UserId
