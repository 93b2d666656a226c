"""What a handler works with: one transaction on a service's database. The chassis opens and commits
it; a handler does neither.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar, overload
from uuid import UUID, uuid4, uuid5

from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.envelope import MAX_BYTES, Envelope, Event
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import PolicyVersion, RegionCode, ServicePointId, identify
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.inspection import inspect
from sqlalchemy.orm import InstrumentedAttribute

from kvitt_chassis.handlers import RowKey, Timer
from kvitt_chassis.models import Aggregate, Regional
from kvitt_chassis.recording import Emitted
from kvitt_chassis.row_keys import key_column

if TYPE_CHECKING:
    from kvitt_chassis.unit_of_work import UnitOfWork

R = TypeVar("R")
A = TypeVar("A", bound=Aggregate[Any])
L = TypeVar("L", bound=Regional)


class NotYetKnown(Exception):
    """A fact or an event names something that is not stored here yet. Its key is parked and tried
    again, until a deadline.
    """

    def __init__(self, row_type: type[Any], key: object) -> None:
        super().__init__(f"{row_type.__name__} {key} is not known yet")
        self.row_type = row_type
        self.key = key


class EventTooLarge(Exception):
    """An event's body is larger than a contract allows. Nothing of its transaction is committed."""


class Transaction:
    """Load, ask the rule, record. Every row that is read or written belongs to `region`."""

    def __init__(
        self,
        unit: "UnitOfWork",
        *,
        region: RegionCode,
        message: Envelope | None,
        is_command: bool,
        subject: str,
        target: UUID | None,
        actor: str | None,
        traceparent: str | None,
        act: str | None = None,
        place: ServicePointId | None = None,
    ) -> None:
        self._unit = unit
        self._target = target
        self._minted = 0
        self._last_locked: type[Any] | None = None  # of the classes in the lock order
        self._has_acted = False
        self._given: dict[int, tuple[Any, dict[str, Any]]] | None = None  # None: nobody asks
        self._seed = message.id if message else uuid4()
        self.first_recorded: Aggregate[Any] | None = None  # begun, or changed, before all others
        self.region = region
        self.message = message
        self.is_command = is_command
        self.subject = subject
        self.actor = actor
        self.traceparent = traceparent
        self.act = act  # the row of the table of access
        self.place = place  # from which whoever acts does, where the register says so

    @property
    def session(self) -> AsyncSession:
        """For queries that the methods below do not cover. Rows of `region` only; never commit."""
        self._has_acted = True  # what is done with it is not known
        return self._unit.session

    @property
    def now(self) -> datetime:
        """Business time: the database's clock plus the stored offset, an aware datetime in UTC."""
        return self._unit.now

    @property
    def today(self) -> date:
        """The day of `now` in Stockholm."""
        return stockholm_day(self._unit.now)

    @property
    def policy(self) -> RegionPolicy:
        """The region's policy in force now. Pin a decision to it once (`policy.pin`)."""
        return self._unit.policies.in_force(self.region, self.now)

    def pinned_policy(self, pin: PolicyVersion) -> RegionPolicy:
        """The policy that a decision was pinned to. Raises UnknownPolicy (the key is parked)."""
        return self._unit.policies.pinned(self.region, pin)

    def watch(self) -> None:
        """A handler begins: from here on `may_have_acted` tells of its effects."""
        self._has_acted, self._given = False, {}

    @property
    def may_have_acted(self) -> bool:
        """False only when the handler has certainly had no effect: nothing is recorded, put,
        scheduled or left for after the commit, `session` was not asked for, and no row that it was
        given has changed.
        """
        if self._has_acted or self._given is None:
            return True
        return any(vars(row) != before for row, before in self._given.values())

    def target(self, noun: str) -> UUID:
        """The id of the aggregate that a command is about: given by the route, or by the message's
        subject.
        """
        return self._target or identify(self.region, noun, self.subject)

    def mint(self) -> UUID:
        """A new id. Derived from the message, so that a retry of it gets the same ids in the same
        order.
        """
        self._minted += 1
        return uuid5(self._seed, str(self._minted))

    @overload
    def fetched(self, named: type[R], key: Any) -> R | None: ...
    @overload
    def fetched(self, named: InstrumentedAttribute[Any], key: Any) -> Any: ...
    def fetched(self, named: Any, key: Any) -> Any:
        """A row that was fetched before by its key, or by a column of it, to read; None where it
        was not, or is not there.
        """
        return self._give(self._unit.held[named].get((self.region, key)))

    async def get(
        self, row_type: type[R], key: Any, *, rule: str = "contract", field: str | None = None
    ) -> R:
        """A row to read, not locked. Unknown: a command is refused, a fact or an event waits."""
        row = await self.look_up(row_type, key)
        if row is None:
            raise self._unknown(row_type, key, rule=rule, field=field)
        return row

    async def look_up(self, row_type: type[R], key: Any) -> R | None:
        """A row to read, not locked, or None."""
        place, held = (self.region, key), self._unit.held[row_type]
        if place not in held:  # what was fetched ahead and is not there is held as None
            held[place] = await self._unit.session.get(row_type, place)
        row: R | None = self._give(held[place])
        return row

    async def search(
        self, row_type: type[R], column: InstrumentedAttribute[Any], value: Any
    ) -> R | None:
        """The one row that has this value in a column of its own, to read, not locked, or None.

        Named ahead as `(column, value)` it costs no statement: a row that was written since then by
        the same batch is found as well.
        """
        await self._unit.load([(self.region, (column, value))], locks=False)
        for row in chain([self.fetched(column, value)], self._unit.rows_of(row_type, self.region)):
            if row is not None and getattr(row, column.key) == value and _is_there(row):
                found: R = self._give(row)
                return found
        return None

    async def search_all(
        self, row_type: type[R], column: InstrumentedAttribute[Any], value: Any
    ) -> list[R]:
        """Every row that has this value in a column that others may share, to read, not locked.

        Named ahead it costs no statement, as `search`.
        """
        await self._unit.load([(self.region, (column, value))], locks=False)
        rows = self._unit.rows_of(row_type, self.region)
        return [
            self._give(row)
            for row in list(rows)
            if getattr(row, column.key) == value and _is_there(row)
        ]

    async def look_up_all(self, row_type: type[R], keys: Iterable[Any]) -> list[R]:
        """Those of several rows that are there, to read, not locked, in the order of their keys."""
        wanted = sorted(set(keys), key=str)
        await self._unit.load([(self.region, (row_type, key)) for key in wanted], locks=False)
        found = [self.fetched(row_type, key) for key in wanted]
        return [row for row in found if row is not None]

    async def lock(
        self, row_type: type[L], key: Any, *, rule: str = "contract", field: str | None = None
    ) -> L:
        """An aggregate's row, locked until the end. Unknown: a command is refused, a fact or an
        event waits.
        """
        row = await self.find(row_type, key)
        if row is None:
            raise self._unknown(row_type, key, rule=rule, field=field)
        return row

    async def find(self, row_type: type[L], key: Any) -> L | None:
        """An aggregate's row, locked until the end, or None. Several: name them in `loads`, or use
        `lock_all`.
        """
        if not self._unit.has(row_type, self.region, key):
            self.check_lock_order([(row_type, key)])
            await self._unit.load([(self.region, (row_type, key))])
        row: L | None = self._give(self._unit.held[row_type][self.region, key])
        return row

    async def find_all(self, row_type: type[L], keys: Iterable[Any]) -> list[L]:
        """Those of several aggregates of one kind that are there, locked in the order of their keys
        and returned in it; one statement.
        """
        wanted = sorted(set(keys), key=str)
        self.check_lock_order((row_type, key) for key in wanted)
        await self._unit.load([(self.region, (row_type, key)) for key in wanted])
        found = [await self.find(row_type, key) for key in wanted]
        return [row for row in found if row is not None]

    async def lock_all(
        self, row_type: type[L], keys: Iterable[Any], *, rule: str = "contract"
    ) -> list[L]:
        """Several aggregates of one kind, locked in the order of their keys; returned in that
        order.
        """
        wanted = sorted(set(keys), key=str)
        await self.find_all(row_type, wanted)
        return [await self.lock(row_type, key, rule=rule) for key in wanted]

    def check_lock_order(self, row_keys: Iterable[RowKey]) -> None:
        """Check that rows which this message is about to lock come in the service's lock order.

        What others of its batch have locked does not count: a batch locks at once all that its
        messages name ahead. Raises LockOrderBroken, where that is checked.
        """
        order = self._unit.lock_order
        if not order.is_checked:
            return
        new = {
            row_type
            for row_type, key in row_keys
            if row_type in order.places and not self._unit.has(row_type, self.region, key)
        }
        for row_type in sorted(new, key=order.place):
            order.check(row_type, after=self._last_locked)
            self._last_locked = row_type

    def will_lock(self, row_type: type[Regional], key: UUID | None = None) -> None:
        """Declare that a statement of one's own is about to lock rows of a class of the service's
        lock order: by `with_for_update`, an update, a delete or an upsert. `key`: of one row alone,
        which may be locked already.

        Raises LockOrderBroken, where that is checked: a class that comes later is locked already.
        """
        if key is not None and self._unit.has(row_type, self.region, key):
            return
        order = self._unit.lock_order
        order.check(row_type, after=self._last_locked)
        self._last_locked = row_type

    def start(self, row_type: type[A], key: UUID, *events: Event, **columns: Any) -> A:
        """Insert a new aggregate with its first events. `columns`: what its events do not say, and
        what is logged of them needs (`recorded`).
        """
        row = row_type()
        for name, value in columns.items():
            setattr(row, name, value)
        row.region, row.id, row.seq = self.region, key, 0
        self._record(row, None, events)
        self._unit.session.add(row)
        if self._unit.held[row_type].get((self.region, key), row) is None:
            self._unit.missed.add((row_type, self.region, key))
        self._unit.held[row_type][self.region, key] = row
        self._unit.locked.add((row_type, self.region, key))
        return row

    def record_at(self, row_type: type[A], key: UUID, *events: Event) -> A:
        """Record events of the aggregate with this key, which has been fetched (`find`, or named in
        `loads`); a new one is started with them. Answers its row.
        """
        row = self.fetched(row_type, key)
        if row is None:
            return self.start(row_type, key, *events)
        self.record(row, *events)
        return row

    def record(self, row: Aggregate[Any], *events: Event) -> None:
        """Evolve a locked row by these events, number them, and emit them: into the service's event
        log. Without events nothing is written.
        """
        if row.region != self.region:
            raise PermissionError(
                f"an effect on a row of {row.region} by a message of {self.region}"
            )
        if events:
            self._record(row, row.state(), events)

    # decision 0533: what was said before a restore is entered again as it was said
    def record_again(self, row: Aggregate[Any], event: Event, *, seq: int, event_id: UUID) -> None:
        """Evolve a locked row by an event that stands on its topic and that a restore has taken
        from here, under the number and the id that it was said with: who has heard it passes it
        over. Where the row has come as far without it, it is recorded as new.
        """
        if seq <= row.seq:
            self.record(row, event)
            return
        row.seq = seq - 1
        self.record(row, event)
        self._unit.emitted[-1] = self._unit.emitted[-1]._replace(event_id=event_id)

    def put(self, *rows: Any) -> None:
        """Insert new rows of a projection."""
        self._has_acted = True
        for row in rows:
            self._unit.session.add(row)
            key = getattr(row, key_column(type(row)).key)
            self._unit.held[type(row)][self.region, key] = row
            self._unit.locked.add((type(row), self.region, key))

    def schedule(self, timer: Timer, *, key: UUID, due: datetime) -> None:
        """Set a timer of an aggregate to an instant of business time; an earlier setting is
        replaced.
        """
        self._has_acted = True
        self._unit.scheduled[timer.name, str(self.region), key] = due

    def cancel_timer(self, timer: Timer, *, key: UUID) -> None:
        """Delete a timer of an aggregate; without effect where there is none."""
        self._has_acted = True
        self._unit.scheduled[timer.name, str(self.region), key] = None

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call a function once after the transaction's commit, and never after a rollback: for
        metrics. It must not block; an exception of it is logged.
        """
        self._has_acted = True
        self._unit.to_call.append(call)

    def _give(self, row: Any) -> Any:
        """A row for the handler; how it was is noted where that is asked for."""
        if self._given is not None and row is not None and id(row) not in self._given:
            self._given[id(row)] = row, dict(vars(row))
        return row

    def _record(self, row: Aggregate[Any], state: Any, events: Sequence[Event]) -> None:
        self._has_acted = True
        self.first_recorded = self.first_recorded or row
        for event in events:
            state = type(row).evolve(state, event)
            row.seq += 1
            self._unit.emitted.append(self._emit(row, event))
        row.apply(state)
        row.recorded(events, self)

    def _emit(self, row: Aggregate[Any], event: Event) -> Emitted:
        payload = event.model_dump_json(exclude_none=True)
        if len(payload.encode()) > MAX_BYTES:
            raise EventTooLarge(f"{event.wire_type} of {row.id} is larger than {MAX_BYTES} bytes")
        return Emitted(
            event_id=uuid4(),
            region=self.region,
            topic=row.topic_in(self.region),
            key=str(row.id),
            seq=row.seq,
            type=event.wire_type,
            time=self.now,
            correlation_id=self._correlation(),
            causation_id=str(self.message.id) if self.message else None,
            actor=self.actor,
            traceparent=self.traceparent,
            payload=payload,
        )

    def _correlation(self) -> str:
        if self.message is None:
            return str(self._seed)
        return self.message.correlation_id or str(self.message.id)

    def _unknown(self, row_type: type[Any], key: Any, *, rule: str, field: str | None) -> Exception:
        if not self.is_command:
            return NotYetKnown(row_type, key)
        noun = str(row_type.__tablename__)
        return Refused(
            f"UNKNOWN_{noun.upper().removesuffix('S')}",
            rule=rule,
            field=field,
            way_on="Kontrollera uppgiften, eller skicka den till Kvitt först, och försök igen.",
            key=str(key),
        )


def _is_there(row: Any) -> bool:
    state = inspect(row)
    return bool(state.pending or state.persistent)
