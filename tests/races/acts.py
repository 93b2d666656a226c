"""What people and regions do in a run: which wish, which answer, which return. Chance chooses, and
mostly what somebody with a part in it would do; what is refused is a part of the run too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from bmb.domain import Status, Transfer
from kvitt_chassis.consuming.incoming import Record
from kvitt_contracts.bmb import (
    AcceptTransfer,
    AskToUnlockTransfer,
    CancelTransfer,
    ExecuteTransfer,
    RejectTransfer,
    SaveTransfer,
    UnlockTransfer,
    WithdrawTransfer,
)
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.envelope import Command, Envelope
from kvitt_contracts.inventory import Custody
from kvitt_contracts.types import DeviceId, RegionCode, StoreHolder

from contracts.tests.builders.regions import a_device_returned
from contracts.tests.builders.story import CENTRAL, SERVICE
from tests.races.setting import KEEPERS, PATIENTS, PRESCRIBERS, STORES, Stated, keeper_of
from tests.races.system import inbound
from tests.simulation.chance import Chance

RIPE: Final = frozenset({Status.DRAFT, Status.SENT, Status.LOCKED})
"""Where somebody has something to do."""
_USERS: Final = tuple(PRESCRIBERS)
_BY_POINT: Final = {point: user for user, point in PRESCRIBERS.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """A command, in a word, and who gives it."""

    what: str
    by: str
    command: Command


@dataclass(frozen=True, slots=True)
class Return:
    """A device that a region states to have come back."""

    device: Stated
    store: str
    on: date
    at: datetime
    number: int

    def posted(self, partition: int) -> tuple[str, str, Record]:
        """The topic, the key by which its reader orders it, and the record."""
        region, subject = self.device.region, self.device.number
        fact = a_device_returned(subject, on=self.on, store=self.store)
        envelope = Envelope(
            id=uuid5(NAMESPACE_URL, f"{subject}/{self.number}"),
            source=f"urn:region:{region}",
            type=fact.wire_type,
            time=self.at,
            subject=subject,
            region=RegionCode(region),
        )
        topic, record = inbound(fact, envelope, partition=partition)
        return topic, f"{envelope.source} {subject}", record


def wish(
    chance: Chance, devices: Sequence[Stated], custody: Mapping[DeviceId, Custody], now: datetime
) -> Asked:
    """A transfer that somebody sends, or saves as a draft: of a device, or of two of `devices`."""
    first = devices[chance.below(len(devices))]
    now_with = custody[first.id]
    named = [first]
    if chance.happens(0.4):
        with_it = [one for one in devices if custody[one.id].holder == now_with.holder]
        named = list(dict.fromkeys([first, *with_it]))[:2]
    sender = _sender(chance, now_with)
    values: dict[str, Any] = {
        "sender": sender,
        "devices": tuple(one.number for one in named),
        "execute": not chance.happens(0.12),
        **_purpose(chance, now_with, sender),
    }
    if chance.happens(0.5):
        values["transfer_date"] = stockholm_day(now) + timedelta(days=chance.below(5))
    if values["execute"] and chance.happens(0.15):
        values["accept_for"] = PRESCRIBERS[sender]
    what = "sends" if values["execute"] else "saves"
    return Asked(what, sender, SaveTransfer.model_validate(values))


def _sender(chance: Chance, custody: Custody) -> str:
    if chance.happens(0.1):
        return _USERS[chance.below(len(_USERS))]
    if isinstance(custody.holder, StoreHolder) and (keeper := keeper_of(custody.holder.store)):
        return _BY_POINT[keeper]
    return custody.prescriber or _USERS[0]


def _purpose(chance: Chance, custody: Custody, sender: str) -> dict[str, Any]:
    patient = {"kind": "patient", "person": PATIENTS[chance.below(len(PATIENTS))]}
    other = _USERS[chance.below(len(_USERS))]
    if isinstance(custody.holder, StoreHolder):
        return {"new_recipient": patient, **({"new_prescriber": other} if other != sender else {})}
    own_store = STORES.get(PRESCRIBERS[sender])
    return (
        {"new_prescriber": other},
        {},
        {"new_recipient": patient, "new_prescriber": other},
        {"new_store": own_store} if own_store else {"new_prescriber": other},
    )[chance.below(4)]


def answer(chance: Chance, transfer: Transfer) -> Asked:
    """What somebody wants with a transfer, by where it is in its life."""
    receiver = _person_at(chance, transfer.receiving_service_point)
    sender = _person_at(chance, transfer.sending_service_point)
    match transfer.status:
        case Status.DRAFT if chance.happens(0.2):
            return Asked("cancels", sender, _by(CancelTransfer, sender))
        case Status.DRAFT:
            return Asked("executes", sender, _by(ExecuteTransfer, sender))
        case Status.LOCKED if chance.happens(0.3):
            return Asked("asks to unlock", sender, _by(AskToUnlockTransfer, sender))
        case Status.LOCKED:
            return Asked("unlocks", SERVICE, _by(UnlockTransfer, SERVICE, asked_by=sender))
    drawn = chance.draw()
    if drawn < 0.55:
        point = PRESCRIBERS[receiver]
        customer = transfer.proposed_customer if chance.happens(0.2) else point
        return Asked("accepts", receiver, _by(AcceptTransfer, receiver, customer_id=customer))
    if drawn < 0.75:
        return Asked("rejects", receiver, _by(RejectTransfer, receiver))
    return Asked("withdraws", sender, _by(WithdrawTransfer, sender))


def _person_at(chance: Chance, point: str) -> str:
    if chance.happens(0.08):
        return _USERS[chance.below(len(_USERS))]
    return _BY_POINT[point]


def _by(kind: type[Command], user: str, **values: Any) -> Command:
    return kind.model_validate({"by": user, **values})


def come_back(
    chance: Chance,
    devices: Sequence[Stated],
    custody: Mapping[DeviceId, Custody],
    now: datetime,
    number: int,
) -> Return | None:
    """A device on loan that comes back, today or a day or two ago; None where there is none."""
    lent = [one for one in devices if not isinstance(custody[one.id].holder, StoreHolder)]
    if not lent:
        return None
    device = lent[chance.below(len(lent))]
    stores = (*KEEPERS, CENTRAL, device.shelf)
    store = stores[chance.below(len(stores))]
    days_ago = chance.below(3) if chance.happens(0.3) else 0
    on = stockholm_day(now) - timedelta(days=days_ago)
    return Return(device, store, on, now, number)
