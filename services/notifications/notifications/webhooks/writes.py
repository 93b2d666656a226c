"""What is written of webhooks: taken to be sent to, moved on, put off, paused, tested."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID, uuid4

from kvitt_chassis.transaction import Transaction
from kvitt_chassis.unit_of_work import UnitOfWork
from kvitt_contracts.types import RegionCode
from sqlalchemy import Boolean, column, text

from notifications.feed import queries as feed
from notifications.feed.cursors import Place
from notifications.webhooks.domain import TRIED_FOR, Secret, Status
from notifications.webhooks.models import WebhookRow


def begin_anew(row: WebhookRow, *, at: datetime) -> None:
    """It is sent to at once, as if nothing had failed."""
    row.status, row.why_paused = Status.ACTIVE, None
    row.tries, row.failure, row.failing_since, row.next_try_at = 0, None, None, at


async def end_of_feed(tx: Transaction) -> Place:
    """Where the region's feed ends now."""
    return await feed.end(tx.session, tx.region)


async def place_before(day: date, tx: Transaction) -> Place:
    """Where the region's feed stood when the day began, in Stockholm."""
    return await feed.before_day(tx.session, tx.region, day)


async def must_be_of_feed(place: Place, tx: Transaction) -> None:
    """Raises Invalid, CURSOR_OF_ANOTHER_FEED, for a place that the region's feed does not have."""
    await feed.check(tx.session, tx.region, place)


async def take_away(row: WebhookRow, tx: Transaction) -> None:
    """The webhook is no more."""
    tx.will_lock(WebhookRow, key=row.webhook_id)
    await tx.session.delete(row)


async def count(tx: Transaction) -> int:
    """How many webhooks the region has. Who adds another one meanwhile waits."""
    await tx.session.execute(_ONE_AT_A_TIME, {"region": tx.region})
    return int((await tx.session.execute(_COUNT, {"region": tx.region})).scalar_one())


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A webhook that this process sends to now; nobody else does while it is held."""

    region: RegionCode
    webhook_id: UUID
    holder: UUID
    url: str
    types: tuple[str, ...] | None
    secrets: tuple[Secret, ...]
    is_active: bool
    place: int
    tries: int
    test_id: UUID | None


async def take(unit: UnitOfWork, *, out: Sequence[str], held_seconds: float) -> list[Taken]:
    """Take every webhook that has something to be sent, is due, and is held by nobody; those of
    regions that are `out` of service wait.
    """
    holder = uuid4()
    values = {"out": list(out), "holder": holder, "held": held_seconds}
    found = await unit.session.execute(_TAKE, values)
    return [_taken(row, holder) for row in found]


async def move_on(
    unit: UnitOfWork, taken: Taken, *, place: int, was_sent: bool, held_seconds: float
) -> Taken | None:
    """All up to the place is received; it is held on. The webhook as it is now, with the secrets
    that it has got meanwhile. None: it is paused, taken away, goes on from another place, or is to
    be tested first: nobody is to go on from here.
    """
    values = {**_who(taken), "place": place, "was_sent": was_sent, "held": held_seconds}
    found = (await unit.session.execute(_MOVE_ON, values)).first()
    if found is None or not found.goes_on:
        return None
    return replace(taken, place=place, tries=0, secrets=found.secrets)


async def put_off(
    unit: UnitOfWork,
    taken: Taken,
    *,
    place: int,
    why: str,
    seconds: float,
    is_gone: bool,
) -> Status | None:
    """The receiver has failed after this place: try again after so many seconds, or pause it where
    it has failed for too long or is gone. Its status; None where somebody has changed it meanwhile.
    """
    values = {
        **_who(taken),
        "place": place,
        "why": why,
        "seconds": seconds,
        "is_gone": is_gone,
        "tried_for": TRIED_FOR.total_seconds(),
    }
    found = (await unit.session.execute(_PUT_OFF, values)).scalar()
    return None if found is None else Status(found)


async def let_go(unit: UnitOfWork, taken: Taken) -> None:
    """Nobody sends to it now."""
    await unit.session.execute(_LET_GO, _who(taken))


async def note_test(unit: UnitOfWork, taken: Taken, answer: str) -> None:
    """What a test's receiver has answered."""
    values = {**_who(taken), "test_id": taken.test_id, "answer": answer}
    await unit.session.execute(_NOTE_TEST, values)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a webhook is, for who operates."""

    region: str
    webhook_id: UUID
    status: Status
    is_stopped: bool
    behind: int
    failing_seconds: float


async def states(unit: UnitOfWork) -> list[State]:
    """How every webhook is."""
    found = await unit.session.execute(_STATES)
    return [
        State(
            region=row.region,
            webhook_id=row.webhook_id,
            status=Status(row.status),
            is_stopped=row.is_stopped,
            behind=row.behind,
            failing_seconds=float(row.failing_seconds),
        )
        for row in found
    ]


def _who(taken: Taken) -> dict[str, object]:
    return {
        "region": taken.region,
        "webhook_id": taken.webhook_id,
        "holder": taken.holder,
    }


def _taken(row: object, holder: UUID) -> Taken:
    found: WebhookRow = row  # type: ignore[assignment]  # columns of these names and types
    is_tested = found.test_id is not None and found.tested_at is None
    return Taken(
        region=RegionCode(found.region),
        webhook_id=found.webhook_id,
        holder=holder,
        url=found.url,
        types=found.types,
        secrets=found.secrets,
        is_active=found.status is Status.ACTIVE,
        place=found.place,
        tries=found.tries,
        test_id=found.test_id if is_tested else None,
    )


_ONE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(hashtext('webhooks ' || CAST(:region AS text)))"
)
_COUNT = text("SELECT count(*) FROM webhooks WHERE region = :region")
_TAKE = text(
    """
    WITH due AS (
        SELECT hook.region, hook.webhook_id
        FROM webhooks AS hook LEFT JOIN feed_heads AS head ON head.region = hook.region
        WHERE hook.region <> ALL (CAST(:out AS text[]))
          AND (hook.held_until IS NULL OR hook.held_until < clock_timestamp())
          AND (hook.test_id IS NOT NULL AND hook.tested_at IS NULL
               OR hook.status = 'active' AND hook.next_try_at <= clock_timestamp()
                  AND head.place > hook.place)
        FOR UPDATE OF hook SKIP LOCKED
    )
    UPDATE webhooks AS hook
    SET held_by = :holder, held_until = clock_timestamp() + make_interval(secs => :held)
    FROM due WHERE hook.region = due.region AND hook.webhook_id = due.webhook_id
    RETURNING hook.region, hook.webhook_id, hook.url, hook.types, hook.secrets, hook.status,
        hook.place, hook.tries, hook.test_id, hook.tested_at
    """
).columns(
    WebhookRow.region,
    WebhookRow.webhook_id,
    WebhookRow.url,
    WebhookRow.types,
    WebhookRow.secrets,
    WebhookRow.status,
    WebhookRow.place,
    WebhookRow.tries,
    WebhookRow.test_id,
    WebhookRow.tested_at,
)
_MINE = "region = :region AND webhook_id = :webhook_id AND held_by = :holder"
_MOVE_ON = text(
    f"""
    UPDATE webhooks SET place = :place, tries = 0, failure = NULL, failing_since = NULL,
        delivered_at = CASE WHEN :was_sent THEN clock_timestamp() ELSE delivered_at END,
        held_until = clock_timestamp() + make_interval(secs => :held)
    WHERE {_MINE}
    RETURNING secrets, status = 'active' AND (test_id IS NULL OR tested_at IS NOT NULL) AS goes_on
    """
).columns(WebhookRow.secrets, column("goes_on", Boolean))
# what has come through before it failed is a receiver that lives: it has its time anew
_PUT_OFF = text(
    f"""
    WITH judged AS (
        SELECT CASE WHEN place < :place OR failing_since IS NULL THEN clock_timestamp()
                    ELSE failing_since END AS since,
               CASE WHEN place < :place THEN 1 ELSE tries + 1 END AS tries, why_paused
        FROM webhooks WHERE {_MINE} FOR UPDATE
    ), verdict AS (
        SELECT since, tries, CASE
            WHEN why_paused IS NOT NULL THEN why_paused
            WHEN :is_gone THEN 'gone'
            WHEN since <= clock_timestamp() - make_interval(secs => :tried_for) THEN 'failing'
        END AS why_paused FROM judged
    )
    UPDATE webhooks SET place = :place, tries = verdict.tries, failure = :why,
        failing_since = verdict.since, why_paused = verdict.why_paused,
        status = CASE WHEN verdict.why_paused IS NULL THEN 'active' ELSE 'paused' END,
        next_try_at = clock_timestamp() + make_interval(secs => :seconds),
        delivered_at = CASE WHEN place < :place THEN clock_timestamp() ELSE delivered_at END,
        held_by = NULL, held_until = NULL
    FROM verdict WHERE {_MINE} RETURNING status
    """
)
_LET_GO = text(f"UPDATE webhooks SET held_by = NULL, held_until = NULL WHERE {_MINE}")
_NOTE_TEST = text(
    """
    UPDATE webhooks SET test_answer = :answer, tested_at = clock_timestamp()
    WHERE region = :region AND webhook_id = :webhook_id AND test_id = :test_id
    """
)
_STATES = text(
    """
    SELECT hook.region, hook.webhook_id, hook.status,
        coalesce(hook.why_paused IN ('failing', 'gone'), false) AS is_stopped,
        greatest(coalesce(head.place, 0) - hook.place, 0) AS behind,
        coalesce(extract(epoch FROM clock_timestamp() - hook.failing_since), 0) AS failing_seconds
    FROM webhooks AS hook LEFT JOIN feed_heads AS head ON head.region = hook.region
    ORDER BY hook.region, hook.webhook_id
    """
)
