"""What must hold of a run's pickups, and of devices in stores, when it is over. Told here anew, by
none of the services' rules (checks.py).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from kvitt_contracts.calendar import start_of_day, stockholm_day
from kvitt_contracts.inventory import ClaimBroken, ClaimReleased
from kvitt_contracts.orders import (
    PickupClosed,
    PickupLineEnded,
    PickupOverdue,
    PickupRefused,
    PickupRegistered,
    PickupRequested,
)
from kvitt_contracts.types import DeviceId

from tests.races.record import Told
from tests.races.setting import terms_at

_ANSWERS: Final = (PickupRegistered, PickupRefused)


def last_day(log: Sequence[Told], pickup: UUID, region: str) -> date:
    """The last day on which a registered pickup is in time: its own, or so many days after it was
    registered as the policy says that it was requested under, or after its own first day.
    """
    story = [told for told in log if getattr(told.event, "pickup_id", None) == pickup]
    requested = next(told for told in story if isinstance(told.event, PickupRequested))
    registered = next(told for told in story if isinstance(told.event, PickupRegistered))
    if requested.event.latest_on is not None:
        last: date = requested.event.latest_on
        return last
    first = stockholm_day(registered.at)
    if requested.event.earliest_on is not None:
        first = max(first, requested.event.earliest_on)
    return first + timedelta(days=terms_at(region, requested.at).overdue_days)


def lines_left(log: Sequence[Told]) -> Mapping[DeviceId, UUID]:
    """By device, the registered pickup whose line with it has not ended."""
    left: dict[DeviceId, UUID] = {}
    for pickup, story in _stories(log).items():
        numbers = {line.number: line.device_id for line in story[0].event.lines}
        ended = {one.event.number for one in story if isinstance(one.event, PickupLineEnded)}
        if any(isinstance(told.event, PickupRegistered) for told in story):
            left |= {numbers[one]: pickup for one in numbers if one not in ended}
    return left


def one_end(log: Sequence[Told]) -> Iterator[str]:
    """A pickup has one answer; each of its lines ends once, as inventory lets go of its device; it
    is closed by its last line, unless all of it was taken back. One that is refused has no ends.
    """
    claims = _claims_ended(log)
    for pickup, story in _stories(log).items():
        numbers = {line.number: line.device_id for line in story[0].event.lines}
        answers = [told for told in story if isinstance(told.event, _ANSWERS)]
        if len(answers) != 1:
            yield f"{pickup} has {len(answers)} answers"
        ends = [told.event for told in story if isinstance(told.event, PickupLineEnded)]
        for number, times in Counter(one.number for one in ends).items():
            if times > 1:
                yield f"line {number} of {pickup} ends {times} times"
        outcomes = {numbers[one.number]: str(one.outcome) for one in ends}
        let_go = claims.get(pickup, {})
        if any(isinstance(told.event, PickupRefused) for told in answers):
            # granted too late it is let go again, unless its devices are back or missing before
            if ends:
                yield f"{pickup} is refused, and ends as {outcomes}, {let_go}"
            continue
        if outcomes != let_go:
            yield f"{pickup} ends as {outcomes}, by its claims as {let_go}"
        closed = [told for told in story if isinstance(told.event, PickupClosed)]
        is_over = len(outcomes) == len(numbers)
        wanted = int(is_over and set(outcomes.values()) != {"voided"})
        if len(closed) != wanted:
            yield f"{pickup} is closed {len(closed)} times, not {wanted}"
        if any(told.order > one.order for one in closed for told in _that_end(story)):
            yield f"{pickup} goes on when it is closed"


def in_time(log: Sequence[Told], region: str) -> Iterator[str]:
    """What is not over by its last day is late from then on, once, and no day before."""
    for pickup, story in _stories(log).items():
        late = [told for told in story if isinstance(told.event, PickupOverdue)]
        if not any(isinstance(told.event, PickupRegistered) for told in story):
            if late:
                yield f"{pickup} is late, and was never registered"
            continue
        ends_at = start_of_day(last_day(log, pickup, region) + timedelta(days=1))
        ended = {told.event.number for told in _that_end(story)}
        if len(late) > 1 or (not late and len(ended) < len(story[0].event.lines)):
            yield f"{pickup} is late {len(late)} times"
        if any(told.at < ends_at for told in late):
            yield f"{pickup} is late at {late[0].at}, not before {ends_at}"


def _that_end(story: Sequence[Told]) -> Sequence[Told]:
    return [told for told in story if isinstance(told.event, PickupLineEnded)]


def _claims_ended(log: Sequence[Told]) -> Mapping[UUID, Mapping[DeviceId, str]]:
    """How each device left its pickup's claim, as inventory told it."""
    ended: dict[UUID, dict[DeviceId, str]] = defaultdict(dict)
    for told in log:
        match told.event:
            case ClaimBroken() as broken:
                how = "fetched" if broken.reason == "RETURNED" else str(broken.reason).lower()
                ended[broken.claimant.id][broken.device_id] = how
            case ClaimReleased() as released:
                ended[released.claimant.id] |= dict.fromkeys(released.devices, "voided")
    return ended


def _stories(log: Sequence[Told]) -> Mapping[UUID, list[Any]]:
    """The events of each pickup, as orders told them."""
    stories: dict[UUID, list[Any]] = defaultdict(list)
    for told in log:
        if told.event.wire_type.startswith("orders.pickup."):
            stories[told.event.pickup_id].append(told)
    return stories
