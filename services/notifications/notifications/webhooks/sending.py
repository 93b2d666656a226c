"""The job that sends regions' feeds to their webhooks: takes what is due, each by itself."""

import asyncio
import logging
import random
import ssl
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Final
from uuid import UUID

from cryptography.fernet import InvalidToken
from kvitt_chassis import metrics
from kvitt_chassis.database import Database
from kvitt_chassis.operating.jobs import apart, surely
from kvitt_chassis.sealing import Sealer
from kvitt_contracts.types import RegionCode

from notifications.feed import queries as feed
from notifications.feed.cursors import Place
from notifications.feed.queries import FeedPage
from notifications.feed.structured import structured
from notifications.webhooks import domain, writes
from notifications.webhooks.addresses import GuardedNetwork, Names, Resolve
from notifications.webhooks.calling import CALL_SECONDS, CallFailed, Parcel, Receiver
from notifications.webhooks.settings import WebhookSettings
from notifications.webhooks.testing import test_parcel
from notifications.webhooks.writes import State, Taken

log = logging.getLogger(__name__)

_HOOK = ["region", "webhook"]
DELIVERED = metrics.declare(
    "counter",
    "webhook_events_delivered",
    "Events that a webhook's receiver has taken.",
    "None needed.",
    _HOOK,
)
FAILED = metrics.declare(
    "counter",
    "webhook_calls_failed",
    "Calls of a webhook's receiver that failed, by why.",
    "Growing: tell the region, whose receiver it is; docs/runbooks/webhooks.md.",
    [*_HOOK, "why"],
)
BEHIND = metrics.declare(
    "gauge",
    "webhook_events_behind",
    "Events of the feed that a webhook has not come to yet.",
    "Growing: its receiver fails, is paused, or is slower than what is said.",
    _HOOK,
)
FAILING = metrics.declare(
    "gauge",
    "webhook_failing_seconds",
    "For how long a webhook's receiver has failed; 0 where it does not.",
    "An hour: tell the region. After three days it is paused by itself, and nothing is lost.",
    _HOOK,
)
STOPPED = metrics.declare(
    "gauge",
    "webhook_stopped",
    "1 for a webhook that was paused by itself: its receiver failed for three days, or is gone.",
    "Tell the region: it mends its receiver and resumes it; docs/runbooks/webhooks.md.",
    _HOOK,
)
SECONDS = metrics.declare(
    "histogram",
    "webhook_event_seconds",
    "From when an event was recorded until a receiver has it, where nothing failed.",
    "Slow with webhook_events_behind at 0: notifications is busy. Else the receiver is slow.",
)

PAUSES: Final = (1.0, 5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)
"""Seconds until the next try of a webhook that failed; the last one again and again."""
PAGE: Final = 50
AT_ONCE: Final = 8
"""So many keys of a page are sent at once; each key's events one after the other."""
TURN_SECONDS: Final = 30.0
"""So long a page's calls are begun; those under way end within one call's time more."""
HELD_SECONDS: Final = 90.0
"""Longer than a page lasts."""
_POLL_SECONDS: Final = 0.25
_LET_GO_SECONDS: Final = 5.0
_TELL_SECONDS: Final = 5.0
_STATEMENTS: Final = 2
"""So many connections of the database's are taken at once, however many webhooks there are."""


# decision 0549: one task for each webhook, and no call into private networks
class WebhookSender:
    """Sends to the webhooks of one service's database, of which several processes may run one.

    Raises OSError and ValueError for settings that are wrong.
    """

    name = "webhooks"

    def __init__(
        self,
        database: Database,
        settings: WebhookSettings,
        *,
        sealer: Sealer | None = None,
        pauses: Sequence[float] = PAUSES,
        call_seconds: float = CALL_SECONDS,
        held_seconds: float = HELD_SECONDS,
        resolve: Resolve | None = None,
    ) -> None:
        self._database = database
        self._sealer = sealer or settings.sealer()
        self._pauses = tuple(pauses)
        self._call_seconds = call_seconds
        self._held_seconds = held_seconds
        self._context = ssl.create_default_context()
        if settings.webhooks_ca_file:
            self._context.load_verify_locations(settings.webhooks_ca_file)
        self._names = Names(resolve)
        self._allows_loopback = settings.webhooks_loopback
        self._statements = asyncio.Semaphore(_STATEMENTS)
        self._receivers: dict[UUID, Receiver] = {}
        self._busy: set[UUID] = set()
        self._sorts: dict[UUID, set[str]] = {}
        self._told_at = 0.0
        self._states: list[State] = []

    def remark(self) -> str | None:
        """What an operator should know, though the service goes on."""
        stopped = [one for one in self._states if one.is_stopped]
        failing = [one for one in self._states if one.failing_seconds and not one.is_stopped]
        told = [f"paused by itself: {_names(stopped)}"] if stopped else []
        return "; ".join([*told, *([f"failing: {_names(failing)}"] if failing else [])]) or None

    async def work(self) -> float:
        """Send for as long as the process runs."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                await apart(self.name, self._begin(tasks))
                await asyncio.sleep(_POLL_SECONDS)

    async def send_due(self) -> int:
        """Send to every webhook that is due, until each has all or has failed; answers how many
        there were.
        """
        async with asyncio.TaskGroup() as tasks:
            due = await self._begin(tasks)
        self._told_at = 0.0
        await self._tell()
        return due

    async def close(self) -> None:
        """Close every connection."""
        for receiver in self._receivers.values():
            await receiver.close()
        self._names.close()

    async def _begin(self, tasks: asyncio.TaskGroup) -> int:
        due = await self._take()
        for taken in due:
            tasks.create_task(apart(f"webhook {taken.webhook_id}", self._serve(taken)))
        await self._tell()
        return len(due)

    async def _take(self) -> list[Taken]:
        out = [str(region) for region in self._database.policies.out]
        async with self._statements, self._database.unit() as unit:
            return await writes.take(unit, out=out, held_seconds=self._held_seconds)

    async def _serve(self, taken: Taken) -> None:
        """Send what there is to one webhook. After a fault of ours it is held for its time."""
        self._busy.add(taken.webhook_id)
        try:
            if taken.test_id is not None:
                await self._test(taken)
            going_on: Taken | None = taken if taken.is_active else None
            while going_on is not None:
                going_on = await self._send_page(going_on)
        finally:
            self._busy.discard(taken.webhook_id)
            async with asyncio.timeout(_LET_GO_SECONDS), self._database.unit() as unit:
                await writes.let_go(unit, taken)

    async def _send_page(self, taken: Taken) -> Taken | None:
        """Send a page; answers the webhook as it is then, or None where it has no more now."""
        page = await self._page(taken)
        if page.next.number == taken.place:
            return None
        place, failure = await self._send(taken, page)
        if failure is not None:
            await surely(lambda: self._put_off(taken, place, failure))
            return None
        return await self._moved_on(taken, place, was_sent=bool(page.events))

    async def _page(self, taken: Taken) -> FeedPage:
        """What comes next. After a failure it is one event: no others are sent again with it."""
        async with self._statements, self._database.reading() as session:
            return await feed.page_after(
                session,
                taken.region,
                Place(taken.place, ""),
                types=taken.types,
                limit=1 if taken.tries else PAGE,
            )

    async def _send(self, taken: Taken, page: FeedPage) -> tuple[int, CallFailed | None]:
        """Send a page's events, some keys at once. Answers the place that all is received up to,
        and what failed after it.
        """
        turn = _Turn(page, until=monotonic() + TURN_SECONDS)
        receiver, secrets = self._receiver(taken), self._secrets(taken)
        if not secrets:
            return taken.place, CallFailed("NO_SECRET")
        slots = asyncio.Semaphore(AT_ONCE)

        async def send_key(places: Sequence[int]) -> None:
            for number in places:
                async with slots:
                    if not turn.goes_on:
                        return
                    event = page.events[number]
                    parcel = Parcel(str(event.row.event_id), structured(event.row))
                    try:
                        await receiver.call(parcel, secrets=secrets)
                    except CallFailed as failure:
                        turn.failed(number, failure)
                        return
                    turn.sent(number)
                    self._count(taken, (datetime.now(UTC) - event.row.recorded_at).total_seconds())

        async with asyncio.TaskGroup() as tasks:
            for places in _by_key(page):
                tasks.create_task(send_key(places))
        return turn.place(taken.place), turn.failure

    def _count(self, taken: Taken, seconds: float) -> None:
        DELIVERED.labels(*_labels(taken.region, taken.webhook_id)).inc()
        if not taken.tries:
            SECONDS.labels("notifications").observe(max(seconds, 0.0))

    def _count_failure(self, taken: Taken, failure: CallFailed) -> None:
        FAILED.labels(*_labels(taken.region, taken.webhook_id), failure.sort).inc()
        self._sorts.setdefault(taken.webhook_id, set()).add(failure.sort)

    def _forget(self, gone: State) -> None:
        """No more is told of a webhook that is no more: a region may add and delete any number."""
        labels = _labels(gone.region, gone.webhook_id)
        for metric in (BEHIND, FAILING, STOPPED, DELIVERED):
            metric.remove(*labels)
        for sort in self._sorts.pop(gone.webhook_id, ()):
            FAILED.remove(*labels, sort)

    async def _moved_on(self, taken: Taken, place: int, *, was_sent: bool) -> Taken | None:
        moved: Taken | None = None

        async def record() -> None:
            nonlocal moved
            async with self._statements, self._database.unit() as unit:
                moved = await writes.move_on(
                    unit, taken, place=place, was_sent=was_sent, held_seconds=self._held_seconds
                )

        await surely(record)
        return moved

    async def _put_off(self, taken: Taken, place: int, failure: CallFailed) -> None:
        tries = 1 if place > taken.place else taken.tries + 1
        pause = self._pauses[min(tries, len(self._pauses)) - 1] * random.uniform(0.8, 1.2)
        async with self._statements, self._database.unit() as unit:
            status = await writes.put_off(
                unit,
                taken,
                place=place,
                why=failure.why,
                seconds=max(pause, failure.wait_seconds),
                is_gone=failure.is_gone,
            )
        self._count_failure(taken, failure)
        log.warning("webhook %s failed, try %d: %s", taken.webhook_id, tries, failure.why)
        if status is domain.Status.PAUSED:
            log.error("webhook %s is paused: %s", taken.webhook_id, failure.why)

    async def _test(self, taken: Taken) -> None:
        try:
            secrets = self._secrets(taken)
            if not secrets:  # nothing is sent that nobody can verify
                raise CallFailed("NO_SECRET")
            await self._receiver(taken).call(test_parcel(taken), secrets=secrets)
            answer = "OK"
        except CallFailed as failure:
            answer = failure.why
        async with self._statements, self._database.unit() as unit:
            await writes.note_test(unit, taken, answer)

    def _receiver(self, taken: Taken) -> Receiver:
        found = self._receivers.get(taken.webhook_id)
        if found is None:
            found = self._receivers[taken.webhook_id] = Receiver(
                taken.url,
                network=self._network(taken.region),
                context=self._context,
                call_seconds=self._call_seconds,
            )
        return found

    def _network(self, region: RegionCode) -> GuardedNetwork:
        return GuardedNetwork(self._names, of=region, allows_loopback=self._allows_loopback)

    def _secrets(self, taken: Taken) -> list[str]:
        """Those that sign now, as far as a key here opens them."""
        found = []
        for one in domain.signing(taken.secrets, now=datetime.now(UTC)):
            with suppress(InvalidToken):
                found.append(self._sealer.unseal_text(one.sealed))
        return found

    async def _tell(self) -> None:
        """How every webhook is; connections to those that are no more are closed."""
        if monotonic() - self._told_at < _TELL_SECONDS:
            return
        self._told_at = monotonic()
        async with self._statements, self._database.unit() as unit:
            states = await writes.states(unit)
        now, before = {one.webhook_id for one in states}, self._states
        for gone in (one for one in before if one.webhook_id not in now):
            self._forget(gone)
        self._states = states
        for one in states:
            labels = _labels(one.region, one.webhook_id)
            BEHIND.labels(*labels).set(one.behind)
            FAILING.labels(*labels).set(one.failing_seconds)
            STOPPED.labels(*labels).set(one.is_stopped)
        for webhook_id in self._receivers.keys() - now - self._busy:
            await self._receivers.pop(webhook_id).close()


class _Turn:
    """What has become of a page's events."""

    def __init__(self, page: FeedPage, *, until: float) -> None:
        self._page = page
        self._until = until
        self._left = set(range(len(page.events)))
        self._failed_at = len(page.events)
        self.failure: CallFailed | None = None

    @property
    def goes_on(self) -> bool:
        """False when no further call is to be begun."""
        return self.failure is None and monotonic() < self._until

    def sent(self, number: int) -> None:
        self._left.discard(number)

    def failed(self, number: int, failure: CallFailed) -> None:
        if number < self._failed_at:
            self._failed_at, self.failure = number, failure

    def place(self, before: int) -> int:
        """All up to here is received, or is of a type that nobody wants there."""
        if not self._left:
            return self._page.next.number
        first = min(self._left)
        return self._page.events[first - 1].place if first else before


def _by_key(page: FeedPage) -> list[list[int]]:
    found: dict[str, list[int]] = {}
    for number, event in enumerate(page.events):
        found.setdefault(event.row.key, []).append(number)
    return list(found.values())


def _labels(region: RegionCode | str, webhook_id: UUID) -> tuple[str, str, str]:
    return "notifications", str(region), str(webhook_id)


def _names(states: Sequence[State]) -> str:
    return ", ".join(f"{one.region} {one.webhook_id}" for one in states)
