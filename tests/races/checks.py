"""What must hold of a run when it is over, from its log and from what it left behind. Told here
anew, in a few words of its own, and by none of the services' rules. Reads nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from bmb.domain import Status
from inventory.devices.domain import ClaimKind
from kvitt_contracts.bmb import (
    TransferAccepted,
    TransferCancelled,
    TransferDrafted,
    TransferExecutedAutomatically,
    TransferLocked,
    TransferRefused,
    TransferRejected,
    TransferRequested,
    TransferSent,
    TransferVoided,
    TransferWithdrawn,
)
from kvitt_contracts.calendar import start_of_day, stockholm_day
from kvitt_contracts.inventory import (
    ClaimBroken,
    ClaimGranted,
    ClaimReleased,
    CustodyChanged,
    DeviceStatusChanged,
    HoldBroken,
    HoldGranted,
    HoldReleased,
    LineDelivered,
    ReservationDeclined,
)
from kvitt_contracts.orders import OrderDeclined, OrderDelivered
from kvitt_contracts.types import DeviceId, StoreHolder

from tests.races import pickup_checks
from tests.races.evidence import Evidence, keys_of
from tests.races.record import Told, Violation
from tests.races.run import Run
from tests.races.setting import FIRST, INVESTIGATION, LAST, PRICES, terms_at

_ANSWERS: Final = (TransferAccepted, TransferRejected, TransferWithdrawn)
_EXPIRIES: Final[Mapping[Any, str]] = {
    TransferExecutedAutomatically: "auto_execute",
    TransferLocked: "lock",
    TransferVoided: "void",
}
_DECISIONS: Final = (*_ANSWERS, *_EXPIRIES, TransferCancelled, TransferRefused)
_ENDS_OF_ORDERS: Final = (
    ["LineDelivered", "OrderDelivered", "custody"],
    ["OrderDeclined", "ReservationDeclined"],
)
_TAKE_EFFECT: Final = (TransferAccepted, TransferExecutedAutomatically)
_MONTH: Final = tuple(FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1))


# decision 0332: no rule of the services is asked
def violations(run: Run, evidence: Evidence) -> list[Violation]:
    """Everything that does not hold of a run."""
    return [
        Violation(name, told) for name, check in INVARIANTS.items() for told in check(run, evidence)
    ]


def _one_claim(run: Run, evidence: Evidence) -> Iterator[str]:
    """A device has one open claim at most, and none in the end but that of a locked transfer, of a
    pickup that has not fetched it yet, or of what searches for it.
    """
    held: dict[DeviceId, UUID] = {}
    for told in run.log:
        yield from _claimed(told.event, held)
    kept: dict[DeviceId, tuple[ClaimKind, UUID]] = {
        device: (ClaimKind.LOCK, transfer.id)
        for transfer in run.transfers.values()
        if transfer.status is Status.LOCKED
        for device in transfer.remaining
    }
    for device, pickup in pickup_checks.lines_left(run.log).items():
        if device in kept:
            yield f"{device} is locked by {kept[device][1]}, and to be fetched by {pickup}"
        kept[device] = (ClaimKind.PICKUP, pickup)
    missed = dict(_missed(run))
    for stated in run.devices:
        claim, wanted = evidence.claims[stated.id], kept.get(stated.id)
        found = None if claim is None else (claim.kind, claim.by)
        searched = (ClaimKind.INVESTIGATION, missed[stated.id]) if stated.id in missed else None
        if found != (wanted or searched) or (wanted and searched):
            yield f"{stated.id} is claimed by {found}, and kept by {wanted}, {searched}"
        if held.get(stated.id) != (None if wanted is None else wanted[1]):
            yield f"{stated.id} is held by {held.get(stated.id)}, and kept by {wanted}"


def _missed(run: Run) -> Iterator[tuple[DeviceId, UUID]]:
    """What is searched for in the end, and by which stocktaking, or by itself where it was told."""
    last = {told.event.device_id: told.event for told in _of(run, CustodyChanged)}
    for device, event in last.items():
        if event.custody.holder == StoreHolder(store=INVESTIGATION):
            yield device, event.cause.stocktaking_id or device


def _claimed(event: Any, held: dict[DeviceId, UUID]) -> Iterator[str]:
    """Notes in `held` what an event claims, or lets go of; answers what was claimed already."""
    match event:
        case HoldGranted() | ClaimGranted():
            by = event.transfer_id if isinstance(event, HoldGranted) else event.claimant.id
            for device in event.devices:
                if device in held:
                    yield f"{device} is claimed by {by} and {held[device]}"
                held[device] = by
        case HoldReleased():
            for device in [one for one, by in held.items() if by == event.transfer_id]:
                del held[device]
        case ClaimReleased():
            for device in event.devices:
                held.pop(device, None)
        case HoldBroken() | ClaimBroken():
            held.pop(event.device_id, None)


def _one_decision(run: Run, evidence: Evidence) -> Iterator[str]:
    """One decision ends the wait for an answer, and nothing undoes it."""
    for transfer, story in _stories(run).items():
        found = [type(told.event).__name__ for told in story if type(told.event) in _DECISIONS]
        if len(found) > 1:
            yield f"{transfer} is {' and '.join(found)}"


def _deadline(run: Run, evidence: Evidence) -> Iterator[str]:
    """The policy that it was requested under says until when it is answered, and what follows."""
    for transfer, story in _stories(run).items():
        requested, sent = _last(story, TransferRequested), _last(story, TransferSent)
        if requested is None or sent is None:
            continue
        terms = terms_at(run.region, requested.at)
        start = requested.at if terms.clock_starts == "sent" else sent.at
        deadline = start_of_day(stockholm_day(start) + timedelta(days=terms.days + 1))
        if sent.event.deadline != deadline:
            yield f"{transfer} is to be answered by {sent.event.deadline}, not {deadline}"
        for told in story:
            kind = type(told.event)
            if kind in _ANSWERS and told.at >= deadline:
                yield f"{transfer} is answered at {told.at}, not before {deadline}"
            if kind in _EXPIRIES and told.at < deadline:
                yield f"{transfer} expires at {told.at}, before {deadline}"
            if kind in _EXPIRIES and _EXPIRIES[kind] != terms.outcome:
                yield f"{transfer} ends as {kind.__name__}, by its policy it is {terms.outcome}"


def _effect(run: Run, evidence: Evidence) -> Iterator[str]:
    """What was decided changes each device's custody once, on its day and not before; or the
    device has left the hold.
    """
    decided: dict[UUID, Told] = {}
    for transfer, story in _stories(run).items():
        for told in story:
            if isinstance(told.event, _TAKE_EFFECT):
                decided[transfer] = told
                yield from _on_its_day(told, story)
    custody = dict(run.stated)
    for told in _of(run, CustodyChanged):
        event = told.event
        if event.before != custody[event.device_id]:
            yield f"{event.device_id} is not what it changes from"
        custody[event.device_id] = event.custody
        if event.cause.transfer_id is not None:
            yield from _by_transfer(told, decided.get(event.cause.transfer_id))
        elif event.cause.order_id is not None:
            yield from _by_order(run, told)
        elif event.cause.stocktaking_id or event.cause.damage:
            yield from _in_a_store(told)
        elif not run.returns and event.cause.return_id is None:
            yield f"{event.device_id} changes custody without a cause"
    yield from _once(run, decided)


def _once(run: Run, decided: Mapping[UUID, Told]) -> Iterator[str]:
    ended = Counter((told.event.transfer_id, told.event.device_id) for told in _of(run, HoldBroken))
    for told in _of(run, CustodyChanged):
        if told.event.cause.transfer_id is not None:
            ended[told.event.cause.transfer_id, told.event.device_id] += 1
    for transfer, told in decided.items():
        for device in told.event.devices:
            if ended[transfer, device] != 1:
                yield f"{transfer} has ended {ended[transfer, device]} times for {device}"


def _on_its_day(told: Told, story: list[Told]) -> Iterator[str]:
    drafted, sent = _last(story, TransferDrafted), _last(story, TransferSent)
    if drafted is None or sent is None:
        yield f"{told.event.transfer_id} takes effect and was never sent"
        return
    is_answer = isinstance(told.event, TransferAccepted)
    decided_on = stockholm_day(told.at if is_answer else sent.event.deadline)
    wanted = max(drafted.event.transfer_date, decided_on)
    if told.event.effective_on != wanted:
        yield f"{told.event.transfer_id} is to count from {told.event.effective_on}, not {wanted}"


def _by_order(run: Run, told: Told) -> Iterator[str]:
    """What is handed out is with whom the order says, and its unit pays, from that day on."""
    changed = told.event
    placed = next(
        (
            one
            for one in run.log
            if one.event.wire_type.startswith("orders.order.placed.")
            and one.event.order_id == changed.cause.order_id
        ),
        None,
    )
    if placed is None or placed.order > told.order:
        yield f"{changed.device_id} is handed out before it is ordered"
        return
    (line,) = placed.event.lines
    if changed.custody.holder != placed.event.recipient:
        yield f"{changed.device_id} is with {changed.custody.holder}, not as ordered"
    if changed.custody.payer_id != line.payer_id or changed.custody.since != placed.event.placed_on:
        yield f"{changed.device_id} is {changed.custody}, ordered on {placed.event.placed_on}"


def _order_ends(run: Run, evidence: Evidence) -> Iterator[str]:
    """A withdrawal is delivered, with its device, or declined: once, and orders says the same."""
    told: dict[UUID, list[str]] = defaultdict(list)
    for one in run.log:
        if isinstance(one.event, LineDelivered | ReservationDeclined):
            told[one.event.order_id].append(type(one.event).__name__)
        if isinstance(one.event, OrderDelivered | OrderDeclined):
            told[one.event.order_id].append(type(one.event).__name__)
        if isinstance(one.event, CustodyChanged) and one.event.cause.order_id is not None:
            told[one.event.cause.order_id].append("custody")
    placed = {
        one.event.order_id
        for one in run.log
        if one.event.wire_type.startswith("orders.order.placed.")
    }
    for order in {*placed, *told}:
        if sorted(told[order]) not in _ENDS_OF_ORDERS:
            yield f"{order} ends as {sorted(told[order])}"


def _in_a_store(told: Told) -> Iterator[str]:
    """What is missed or found stands in a store, and nobody pays for it."""
    custody = told.event.custody
    if not isinstance(custody.holder, StoreHolder) or custody.payer_id is not None:
        yield f"{told.event.device_id} is missed or found, and is {custody}"


def _by_transfer(told: Told, decision: Told | None) -> Iterator[str]:
    changed = told.event
    if decision is None or decision.order > told.order:
        yield f"{changed.device_id} changes custody before it is decided"
        return
    decided = decision.event
    since = max(decided.effective_on, changed.before.since)
    if changed.custody.since != since:
        yield f"{changed.device_id} changes from {changed.custody.since}, not {since}"
    if told.at < start_of_day(decided.effective_on):
        yield f"{changed.device_id} changes at {told.at}, for {decided.effective_on}"
    in_store = isinstance(changed.custody.holder, StoreHolder)
    payer = None if in_store else decided.payer_id
    if changed.custody.payer_id != payer:
        yield f"{changed.device_id} is paid by {changed.custody.payer_id}, not {payer}"


def _one_payer(run: Run, evidence: Evidence) -> Iterator[str]:
    """A device has the payer of each day that its custody says, in billing and on invoices."""
    for stated in run.devices:
        wanted = _payers(run, stated.id)
        points = {p.effective_on: p.payer_id for p in evidence.points[stated.id]}
        billed: dict[date, list[str]] = defaultdict(list)
        for one in evidence.billed.get(stated.id, ()):
            billed[one.day].append(one.payer)
        for day in _MONTH:
            payer = wanted[day]
            known = _latest(points, day)
            if known != payer:
                yield f"{stated.id} is paid by {payer} on {day}, billing has {known}"
            if evidence.is_invoiced and billed[day] != ([] if payer is None else [payer]):
                yield f"{stated.id} is paid by {payer} on {day}, invoiced are {billed[day]}"


def _money(run: Run, evidence: Evidence) -> Iterator[str]:
    """What is invoiced is what the paid days cost, to the öre."""
    for stated in run.devices:
        payers = _payers(run, stated.id)
        wanted = sum(_price_of(day) for day in _MONTH if payers[day] is not None)
        found = evidence.ore.get(stated.id, 0)
        if evidence.is_invoiced and found != wanted:
            yield f"{stated.id} costs {wanted} öre, invoiced are {found}"


def _pickup_ends(run: Run, evidence: Evidence) -> Iterator[str]:
    """A pickup has one answer, and each of its lines one end."""
    yield from pickup_checks.one_end(run.log)


def _pickup_in_time(run: Run, evidence: Evidence) -> Iterator[str]:
    """Every pickup is over, or is told to be late from the day after its last."""
    yield from pickup_checks.in_time(run.log, run.region)


def _no_device_lost(run: Run, evidence: Evidence) -> Iterator[str]:
    """A device is where it was told to be last, and each store counts those that stand in it."""
    custody = dict(run.stated)
    custody |= {one.event.device_id: one.event.custody for one in _of(run, CustodyChanged)}
    for stated in run.devices:
        if evidence.kept.get(stated.id) != custody[stated.id]:
            yield f"{stated.id} is not {custody[stated.id]}, as it was told to be"
    status = {one.event.device_id: one.event.kind for one in _of(run, DeviceStatusChanged)}
    scrapped = {device for device, kind in status.items() if kind == "scrapped"}
    for device in scrapped ^ {one.id for one in run.devices if one.id in evidence.gone}:
        yield f"{device} is scrapped by its events or by its row alone"
    yield from evidence.astray.get(run.devices[0].article, ())


def _no_gap(run: Run, evidence: Evidence) -> Iterator[str]:
    """Every reader has come to the last number of each key, nothing is parked, no timer is left,
    and every row is what its events say.
    """
    keys = keys_of(run)
    for key in keys:
        for (reader, topic), last in evidence.wanted.get(key, {}).items():
            found = evidence.marks.get((reader, topic, key), 0)
            if found != last:
                yield f"{reader} has come to {found} of {topic} {key}, not to {last}"
        if key in evidence.parked:
            yield f"{key} is parked"
        if key in evidence.unfolded:
            yield f"{key} is not what its events say: {evidence.unfolded[key]}"
        for timer in evidence.timers.get(key, ()):
            yield f"{timer} of {key} is still set"


INVARIANTS: Final[Mapping[str, Callable[[Run, Evidence], Iterator[str]]]] = {
    "one claim": _one_claim,
    "one decision": _one_decision,
    "deadline": _deadline,
    "effect": _effect,
    "an order ends": _order_ends,
    "one payer": _one_payer,
    "money": _money,
    "a pickup ends": _pickup_ends,
    "a pickup in time": _pickup_in_time,
    "no device lost": _no_device_lost,
    "no gap": _no_gap,
}


def _stories(run: Run) -> Mapping[UUID, list[Told]]:
    """The events of each transfer, as bmb told them."""
    stories: dict[UUID, list[Told]] = defaultdict(list)
    for told in run.log:
        if told.event.wire_type.startswith("bmb."):
            stories[told.event.transfer_id].append(told)
    return stories


def _of(run: Run, kind: type[Any]) -> Iterator[Told]:
    return (told for told in run.log if isinstance(told.event, kind))


def _last(story: list[Told], kind: type[Any]) -> Told | None:
    return next((told for told in reversed(story) if isinstance(told.event, kind)), None)


def _payers(run: Run, device: DeviceId) -> Mapping[date, str | None]:
    """Who pays for each day of the month, by the device's custody: the last change of a day
    counts.
    """
    first = run.stated[device]
    changes = {first.since: first.payer_id}
    for told in _of(run, CustodyChanged):
        if told.event.device_id == device:
            changes[told.event.custody.since] = told.event.custody.payer_id
    return {day: _latest(changes, day) for day in _MONTH}


def _latest(changes: Mapping[date, Any], day: date) -> Any:
    passed = [since for since in changes if since <= day]
    return changes[max(passed)] if passed else None


def _price_of(day: date) -> int:
    monthly = next(ore for since, ore in reversed(PRICES) if since <= day)
    return _share(monthly, day.day) - _share(monthly, day.day - 1)


def _share(monthly: int, days: int) -> int:
    """So many days of the month, in öre, half of one rounded up."""
    return (2 * monthly * days + len(_MONTH)) // (2 * len(_MONTH))
