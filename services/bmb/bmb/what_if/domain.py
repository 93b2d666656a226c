"""The rules of what-if: a past transfer decided again under another policy (BMB-15). Pure.

What people and inventory did is done again at its time, by the functions that decide transfers
today; what a policy decides is decided by the other one. Nothing is recorded.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Final

from kvitt_contracts.bmb import (
    TransferAccepted,
    TransferCancelled,
    TransferDrafted,
    TransferEvent,
    TransferLineCompleted,
    TransferLineDropped,
    TransferLinesRejected,
    TransferRefused,
    TransferRejected,
    TransferRequested,
    TransferSent,
    TransferUnlocked,
    TransferVoided,
    TransferWithdrawn,
)
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    CustomerId,
    DeviceId,
    PayerId,
    Role,
    ServicePointId,
    UserId,
)

from bmb.acknowledgements.domain import accept, reject
from bmb.completion.domain import complete_line, drop_line
from bmb.domain import TAKING_EFFECT, Reason, Status, Transfer, evolve
from bmb.expiry.domain import expire, unlock
from bmb.parties.domain import Parties
from bmb.register.domain import Customer, User
from bmb.requests.domain import execute, grant, refuse, withdraw


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An event of a transfer's log, and the instant of business time at which it was recorded."""

    at: datetime
    event: TransferEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the log of a transfer does not say, as it is today: users' roles, customers' payers.

    Whoever is not in it may do what they did, and the payer that was chosen is the customer's.
    """

    roles: Mapping[UserId, frozenset[Role]]
    payers: Mapping[CustomerId, PayerId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a transfer ended, or where it stands: `status` is what decided it, so a completed one is
    told as accepted or executed automatically, an unlocked one as locked.

    `devices` change hands by it, for `customer_id` and paid by `payer_id` from `effective_on`, a
    Stockholm day. `deadline` where it still waits to be answered; to have another one is not to end
    otherwise.
    """

    status: Status
    devices: tuple[DeviceId, ...] = ()
    customer_id: CustomerId | None = None
    payer_id: PayerId | None = None
    effective_on: date | None = None
    deadline: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A transfer under another policy: its events, how it ends, and for which reasons the policy
    refuses what people did, in order.
    """

    events: tuple[TransferEvent, ...]
    ending: Ending
    refused: tuple[str, ...] = ()


def ending(events: Iterable[TransferEvent]) -> Ending:
    """How a transfer ended by its events. Raises ValueError where there is none."""
    transfer: Transfer | None = None
    decided = Status.DRAFT
    for event in events:
        transfer = evolve(transfer, event)
        if transfer.status not in _AFTERWARDS:
            decided = transfer.status
    if transfer is None:
        raise ValueError("a transfer has events")
    if decided not in TAKING_EFFECT:
        waits = transfer.deadline if decided is Status.SENT else None
        return Ending(status=decided, deadline=waits)
    gone = {*transfer.dropped, *transfer.rejected}
    return Ending(
        status=decided,
        devices=tuple(device for device in transfer.devices if device not in gone),
        customer_id=transfer.customer_id,
        payer_id=transfer.payer_id,
        effective_on=transfer.effective_on,
    )


# decision 0329: what people did is done again, and nobody is taken to have done anything else
def replay(log: Sequence[Past], *, policy: RegionPolicy, known: Known, now: datetime) -> Replayed:
    """Decide a past transfer again, as if `policy` had been in force when it was sent (BMB-15).

    What was not answered until `now` is expired by that policy. An answer that it refuses is given
    again where the refusal leaves one way on: the customer's own payer, with a message, or nothing
    of a bundle where it is one. Raises ValueError for a log without events.
    """
    replaying = _Replaying(policy=policy, known=known, ended=_what_had_ended(log))
    for past in log:
        replaying.pass_time(past.at)
        replaying.do_again(past)
    replaying.pass_time(now)
    events = tuple(replaying.events)
    return Replayed(events=events, ending=ending(events), refused=tuple(replaying.refused))


_AFTERWARDS: Final = (Status.COMPLETED, Status.UNLOCKED)
_EVERY_ROLE: Final = frozenset(Role)


def _what_had_ended(log: Sequence[Past]) -> str | None:
    """Why it was void instead of executed, where that was so: it would be so then too."""
    voided = (past.event for past in log if isinstance(past.event, TransferVoided))
    return next((event.reason for event in voided), None)


@dataclass(slots=True, kw_only=True)
class _Replaying:
    """A transfer while it is replayed."""

    policy: RegionPolicy
    known: Known
    ended: str | None
    transfer: Transfer | None = None
    events: list[TransferEvent] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    rejecting: TransferLinesRejected | None = None
    is_stopped: bool = False

    def pass_time(self, until: datetime) -> None:
        """What the deadline does, where it has come by then."""
        transfer = self.transfer
        if transfer is None or transfer.status is not Status.SENT or transfer.deadline is None:
            return
        if transfer.deadline <= until:
            self._record(
                *expire(transfer, ended=self.ended, policy=self.policy, now=transfer.deadline)
            )

    def do_again(self, past: Past) -> None:
        """What somebody did, at its time. What time did by itself is no act."""
        transfer = self.transfer
        if isinstance(past.event, TransferDrafted) and not self.is_stopped:
            self._record(past.event)
        elif transfer is not None and not self.is_stopped:
            self._act(transfer, past)

    def _act(self, transfer: Transfer, past: Past) -> None:
        match past.event:
            case TransferCancelled() as event:
                self._record(event)
            case TransferRequested() as event:
                self._send(transfer, event)
            case TransferRefused() as event:
                self._record(*refuse(transfer, reasons=event.reasons))
            case TransferSent():
                self._record(*grant(transfer, policy=self.policy, now=past.at))
            case TransferLinesRejected() as event:
                self.rejecting = event  # TransferAccepted, of the same act, follows
            case TransferAccepted() as event:
                self._accept(transfer, event, past.at)
            case TransferRejected() as event:
                self._reject(transfer, past.at, has_message=event.has_message)
            case TransferWithdrawn() as event:
                by = _whoever(event.by, transfer.sending_service_point)
                self._try(lambda: withdraw(transfer, by=by, now=past.at))
            case TransferUnlocked() as event if transfer.status is Status.LOCKED:
                self._record(*unlock(transfer, asked_by=event.asked_by))
            case TransferLineCompleted() as event:
                done = complete_line(transfer, device=event.device_id, on=event.effective_on)
                self._record(*done)
            case TransferLineDropped() as event:
                self._record(*drop_line(transfer, device=event.device_id, reason=event.reason))
            case _:
                return

    def _send(self, transfer: Transfer, event: TransferRequested) -> None:
        user = event.by or transfer.sender
        by = _whoever(
            user,
            transfer.sending_service_point,
            roles=self.known.roles.get(user, _EVERY_ROLE),
        )
        refused = self._try(
            lambda: execute(
                transfer,
                by=by,
                policy=self.policy,
                now=event.requested_at,
                accept_for=event.accept_for,
            )
        )
        self.is_stopped = refused is not None

    def _accept(self, transfer: Transfer, event: TransferAccepted, at: datetime) -> None:
        lines = self.rejecting
        customer = Customer(
            id=event.customer_id, payer_id=self._payer_of(event.customer_id, transfer, event)
        )
        by = _whoever(
            lines.by if lines else transfer.sender,
            transfer.receiving_service_point,
            ServicePointId(event.customer_id),
        )

        def answer(*, payer: PayerId, has_message: bool) -> tuple[TransferEvent, ...]:
            return accept(
                transfer,
                by=by,
                customer=customer,
                payer_id=payer,
                parties=Parties(),  # whoever they were, they did not stand in the way then
                own_payers=frozenset({event.payer_id}),
                policy=self.policy,
                now=at,
                has_message=has_message,
                at_once=event.at_once,
                rejecting=frozenset(lines.devices) if lines else frozenset(),
            )

        payer, has_message = event.payer_id, lines.has_message if lines else event.has_message
        while True:
            match self._try(partial(answer, payer=payer, has_message=has_message)):
                case Reason.PAYER_FOLLOWS_CUSTOMER:
                    payer = customer.payer_id
                case Reason.MESSAGE_MISSING:
                    has_message = True
                case Reason.BUNDLE_WHOLE:
                    return self._reject(transfer, at, has_message=has_message)
                case _:
                    return None

    def _reject(self, transfer: Transfer, at: datetime, *, has_message: bool) -> None:
        by = _whoever(transfer.sender, transfer.receiving_service_point)

        def answer(*, has_message: bool) -> tuple[TransferEvent, ...]:
            return reject(transfer, by=by, policy=self.policy, now=at, has_message=has_message)

        if self._try(partial(answer, has_message=has_message)) == Reason.MESSAGE_MISSING:
            self._try(partial(answer, has_message=True))

    def _payer_of(
        self, customer: CustomerId, transfer: Transfer, event: TransferAccepted
    ) -> PayerId:
        if customer == transfer.proposed_customer:
            return transfer.proposed_payer
        return self.known.payers.get(customer, event.payer_id)

    def _try(self, act: Callable[[], tuple[TransferEvent, ...]]) -> str | None:
        """Do something again. Returns the reason for which the policy refuses it, where it does."""
        try:
            self._record(*act())
        except Refused as refused:
            self.refused.append(refused.reason)
            return refused.reason
        return None

    def _record(self, *events: TransferEvent) -> None:
        for event in events:
            self.transfer = evolve(self.transfer, event)
            self.events.append(event)


def _whoever(
    user: UserId, *service_points: ServicePointId, roles: frozenset[Role] = _EVERY_ROLE
) -> User:
    """Who acted, at the place where they could: that was judged then."""
    return User(
        id=user,
        roles=roles,
        service_points=frozenset(service_points),
        default_service_point=service_points[0],
    )
