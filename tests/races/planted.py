"""Faults that the explorer must find: one mechanism of the services at a time, taken out."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch

from billing.rents import domain as rents
from bmb.acknowledgements import domain as acknowledgements
from bmb.acknowledgements import handlers as answering
from bmb.domain import Reason, Status
from bmb.expiry import domain as expiry
from bmb.models import TransferRow
from inventory.app import service as inventory
from inventory.claiming import domain as claims
from inventory.devices.models import DeviceRow
from inventory.holds import domain as holds
from inventory.holds import handlers as holding
from inventory.stocktakings import writes as stocktaking
from inventory.withdrawals import writes as withdrawing
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import TransferLocked, TransferRejected, TransferVoided
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.refusals import Refused
from orders.pickups import domain as pickups
from orders.pickups import writes as fetching


@dataclass(frozen=True, slots=True)
class Swap:
    """What stands in the place of an attribute, or of an item."""

    owner: Any
    name: Any
    instead: Any


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault: what is wrong, what is put where, and which invariants it may break. `met_by`: a
    seed whose run met it, and is tried before others; what a seed does changes with the code.
    """

    what: str
    swaps: tuple[Swap, ...]
    breaks: tuple[str, ...]
    met_by: int

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """While this is entered, the mechanism is out."""
        with ExitStack() as stack:
            for swap in self.swaps:
                if isinstance(swap.owner, dict):
                    stack.enter_context(patch.dict(swap.owner, {swap.name: swap.instead}))
                else:
                    stack.enter_context(patch.object(swap.owner, swap.name, swap.instead))
            yield


_refusal = holds._refusal
_claim_refusal = claims._refusal
_with_change = rents.with_change
_expire = expiry.expire
_handled = inventory.handlers.messages


def _without_its_claim(wanted: holds.Asked, **others: Any) -> Any:
    return _refusal(replace(wanted, claim=None), **others)


def _fetched_whatever_claims_it(wanted: claims.Asked, free: Any) -> Any:
    return _claim_refusal(replace(wanted, claim=None), free)


def _a_day_late(points: Any, payer_id: Any, *, effective_on: date, **others: Any) -> Any:
    later = effective_on + timedelta(days=1)
    return _with_change(points, payer_id, effective_on=later, **others)


def _a_day_early(day: date) -> datetime:
    return start_of_day(day - timedelta(days=1))


def _whatever_was_answered(transfer: Any, **others: Any) -> Any:
    return _expire(replace(transfer, status=Status.SENT), **others)


def _while_it_is_sent(transfer: Any, *, now: datetime) -> None:
    if transfer.status is not Status.SENT:
        raise Refused(Reason.NOT_OPEN, rule="BMB-4", way_on="Gör ett nytt byte.")


async def _nothing(message: Any, tx: Transaction) -> None:
    """The message is read, and that is all."""


async def _nobody_is_told(tx: Transaction, row: DeviceRow, *, reason: str) -> None:
    """What held the device goes on as if it were there."""


async def _nobody_gets_it(tx: Transaction, order: Any, delivered: Any) -> None:
    """The order says that it is delivered, and the device is where it was."""


async def _stays_counted(tx: Transaction, *goods: Any, **change: Any) -> None:
    """The balance is as it was."""


PLANTED = (
    Planted(
        "a hold is granted without looking at claims",
        (Swap(holds, "_refusal", _without_its_claim),),
        ("one claim", "effect", "fault"),
        met_by=1,
    ),
    Planted(
        "devices are claimed without their lock",
        (Swap(DeviceRow, "locked_when_loaded", False),),
        ("one claim", "effect", "fault"),
        met_by=3,
    ),
    Planted(
        "a transfer is decided without its lock",
        (Swap(TransferRow, "locked_when_loaded", False),),
        ("fault", "one decision"),
        met_by=30,
    ),
    Planted(
        "an expiry leaves no lock",
        (Swap(_handled, TransferLocked, _handled[TransferVoided]),),
        ("one claim",),
        met_by=4,
    ),
    Planted(
        "billing splits on the wrong day",
        (Swap(rents, "with_change", _a_day_late),),
        ("one payer", "money"),
        met_by=0,
    ),
    Planted(
        "an effect comes before its date",
        (Swap(holding, "start_of_day", _a_day_early),),
        ("effect", "it waits with a deadline"),
        met_by=7,
    ),
    Planted(
        "what was answered expires all the same",
        (
            Swap(answering, "stop_waiting", lambda row, tx: None),
            Swap(expiry, "expire", _whatever_was_answered),
        ),
        ("one decision",),
        met_by=1,
    ),
    Planted(
        "an answer may come after the deadline",
        (Swap(acknowledgements, "_refuse_closed", _while_it_is_sent),),
        ("deadline",),
        met_by=315,
    ),
    Planted(
        "an expiry goes by the policy of its day",
        (Swap(Transaction, "pinned_policy", lambda tx, pin: tx.policy),),
        ("deadline",),
        met_by=2,
    ),
    Planted(
        "what is rejected stays held",
        (Swap(_handled, TransferRejected, replace(_handled[TransferRejected], handler=_nothing)),),
        ("one claim",),
        met_by=1,
    ),
    Planted(
        "a pickup claims what is claimed already",
        (Swap(claims, "_refusal", _fetched_whatever_claims_it),),
        ("one claim", "fault"),
        met_by=3,
    ),
    Planted(
        "what comes back is still to be fetched",
        (Swap(claims, "break_off", lambda *args, **others: ()),),
        ("one claim",),
        met_by=10,
    ),
    Planted(
        "a pickup is never late",
        (Swap(pickups, "fall_due", lambda pickup: ()),),
        ("it ends", "a pickup in time"),
        met_by=4,
    ),
    Planted(
        "a pickup waits a day too long",
        (Swap(fetching, "start_of_day", lambda day: start_of_day(day + timedelta(days=1))),),
        ("it waits with a deadline",),
        met_by=4,
    ),
    Planted(
        "what holds a missing device is not told",
        (Swap(stocktaking, "break_claim", _nobody_is_told),),
        ("one claim", "effect", "fault"),
        met_by=119,
    ),
    Planted(
        "a store counts what is missing from it",
        (Swap(stocktaking, "move_stock", _stays_counted),),
        ("no device lost", "fault"),
        met_by=0,
    ),
    Planted(
        "what is handed out stays in its store",
        (Swap(withdrawing, "give_devices", _nobody_gets_it),),
        ("an order ends", "no device lost"),
        met_by=0,
    ),
)
