"""The commands of a transfer."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from kvitt_contracts.day_bounds import PlannedOn
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import (
    TEXT,
    CustomerId,
    DeviceId,
    DeviceNumber,
    NamedRecipient,
    PayerId,
    ServicePointId,
    StoreId,
    UserId,
    Value,
)


class SaveTransfer(Command, type="bmb.transfer.save.v1"):
    """Save a draft; with `execute` it is sent at once (BMB-1, BMB-2).

    Subject: the region's own reference, which names the transfer.

    All devices are at one current recipient (or in one own store). With neither a new recipient or
    store nor a new prescriber it is a change of payer. `receiving_service_point` is needed only
    where it is not the new prescriber's default one.

    With `accept_for` it is sent at once, and the sender, where he may accept it too, does so for
    that customer as soon as its devices are held (BMB-4).
    """

    sender: UserId
    sending_service_point: ServicePointId | None = None
    devices: Annotated[tuple[DeviceNumber, ...], Field(min_length=1, max_length=100)]
    new_recipient: NamedRecipient | None = None
    new_store: StoreId | None = None
    new_prescriber: UserId | None = None
    receiving_service_point: ServicePointId | None = None
    transfer_date: PlannedOn | None = None
    attested: bool = False
    message: Annotated[str, Field(max_length=1000, pattern=TEXT)] | None = None
    execute: bool = False
    accept_for: CustomerId | None = None


class ExecuteTransfer(Command, type="bmb.transfer.execute.v1"):
    """Make a saved draft take effect, that is: send it (BMB-2)."""

    by: UserId


class CancelTransfer(Command, type="bmb.transfer.cancel.v1"):
    """Throw a draft away (BMB-2)."""

    by: UserId


class RejectedLine(Value):
    """A device that is rejected while the others of its transfer are accepted: its id as it was
    shown, or the number that it has today, one of them.
    """

    device_id: DeviceId | None = None
    device_number: DeviceNumber | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.device_id is None) == (self.device_number is None):
            raise ValueError("BMB-5: ange device_id eller device_number, ett av dem")
        return self


class AcceptTransfer(Command, type="bmb.transfer.accept.v1"):
    """Accept for a customer of the receiving side; `payer_id` only where the policy lets it be
    chosen (BMB-4).

    `reject`: devices that are not accepted, where the policy lets a transfer be answered line by
    line; `message` then says why. All of them rejected is a rejection (BMB-5).
    """

    by: UserId
    customer_id: CustomerId
    payer_id: PayerId | None = None
    message: Annotated[str, Field(max_length=1000, pattern=TEXT)] | None = None
    reject: Annotated[tuple[RejectedLine, ...], Field(max_length=100)] = ()


class RejectTransfer(Command, type="bmb.transfer.reject.v1"):
    """Reject, with the reason where the policy requires one (BMB-5)."""

    by: UserId
    message: Annotated[str, Field(max_length=1000, pattern=TEXT)] | None = None


class AskToUnlockTransfer(Command, type="bmb.transfer.ask-to-unlock.v1"):
    """One of the two sides asks customer service to unlock a locked transfer (BMB-7)."""

    by: UserId


class UnlockTransfer(Command, type="bmb.transfer.unlock.v1"):
    """Customer service frees a locked transfer's devices; `asked_by` is who wanted it (BMB-7,
    REF-12).
    """

    by: UserId
    asked_by: UserId


class WithdrawTransfer(Command, type="bmb.transfer.withdraw.v1"):
    """Take a sent transfer back before it is answered (BMB-6)."""

    by: UserId
