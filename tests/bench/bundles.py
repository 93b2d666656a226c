"""Of part `transfers`: how long one transfer of fifty devices takes, by the databases' own clock,
while the platform does nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from time import time

import psycopg
from kvitt.story.files import Outgoing
from kvitt.story.month import morning_of

from tests.bench.machine import tell
from tests.bench.report import Table
from tests.bench.steps import COLUMNS, committed, is_in, row, until
from tests.bench.system import World

DEVICES = 50
_WARM_UP = 3
_RECEIVING_PAYER = "81004"  # of customer 40003, for which the transfers are accepted
_SENT_MS, _EFFECT_MS = 250, 500

_CUSTODY = """
    SELECT d.device_number, extract(epoch FROM pg_xact_commit_timestamp(e.xid::xid))::float8
    FROM events e JOIN devices d ON e.key = d.id::text
    WHERE e.type = 'inventory.device.custody-changed.v1' AND d.device_number = ANY (%s)
"""
_PAYERS = """
    SELECT device_number, points, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8
    FROM devices WHERE device_number = ANY (%s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """One transfer, when it and its acceptance were published (Unix time), and who pays by then."""

    devices: Sequence[str]
    saved: Outgoing
    published: float
    answered: float
    payer_before: str

    @property
    def reference(self) -> str:
        """The region's own name for it."""
        return self.saved.key.decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """Seconds of one transfer: between commits, and from the region's publish."""

    sent: float
    sent_from_region: float
    custody: float
    payers: float
    effect_from_region: float


async def measure(world: World, *, samples: int) -> Table:
    """One transfer after the other, each to its last effect.

    Raises RuntimeError where a device's days are not divided between the two payers.
    """
    stated_on = world.business.files.cut_over
    bundles = [await _begin(world) for _ in range(samples + _WARM_UP)]
    await world.barrier.move_clock(morning_of(stated_on + timedelta(days=1)))
    await world.rest()
    tell(f"{samples} transfers of {DEVICES} devices")
    with world.connect("bmb") as bmb, world.connect("billing") as billing:
        bmb.autocommit = billing.autocommit = True
        done = [await _one(world, loans, bmb=bmb, billing=billing) for loans in bundles]
    await world.rest()
    took = _took(world, done[_WARM_UP:], decided_on=stated_on + timedelta(days=1))
    effects = [max(one.custody, one.payers) for one in took]
    return Table(
        f"A transfer of {DEVICES} devices on an otherwise idle platform, {samples} of them, one "
        f"after the other, telemetry on (goals: p99 ≤ {_SENT_MS} ms until it is sent, ≤ "
        f"{_EFFECT_MS} ms until custody and both payers' days are right)",
        COLUMNS,
        [
            row("request", "sent", [one.sent for one in took]),
            row("region's publish", "sent", [one.sent_from_region for one in took]),
            row("acceptance", "custody of the last device", [one.custody for one in took]),
            row("acceptance", "payers of the last device", [one.payers for one in took]),
            row("acceptance", "**both**", effects),
            row("region's publish", "both", [one.effect_from_region for one in took]),
        ],
        "Between commits, as PostgreSQL notes them (`track_commit_timestamp`): TransferRequested "
        "and TransferSent in bmb, TransferAccepted there, the last device's CustodyChanged in "
        "inventory, its row in billing. The payer of each device is read afterwards: one until "
        "the day before the transfer, the other from then on.",
    )


async def _begin(world: World) -> Sequence[Outgoing]:
    loans = world.business.loans_to_one(DEVICES, not_paid_by=_RECEIVING_PAYER)
    await world.publish(loans)
    return loans


async def _one(
    world: World,
    loans: Sequence[Outgoing],
    *,
    bmb: psycopg.Connection,
    billing: psycopg.Connection,
) -> Bundle:
    """Send a transfer, accept it as soon as it is sent, and wait until billing has all of it."""
    numbers = [loan.key.decode() for loan in loans]
    before = _points(billing, numbers)[numbers[0]][-1]["payer_id"]
    saved = world.business.transfer(*loans)
    published = time()
    await world.publish([saved])
    await until(is_in(bmb, "transfers", saved, "sent"))
    answered = time()
    await world.publish([world.business.accept(saved)])
    await until(is_in(bmb, "transfers", saved, "completed"))
    await until(lambda: all(len(one) > 1 for one in _points(billing, numbers).values()))
    return Bundle(
        devices=numbers,
        saved=saved,
        published=published,
        answered=answered,
        payer_before=before,
    )


def _points(billing: psycopg.Connection, numbers: Sequence[str]) -> Mapping[str, list[dict]]:  # type: ignore[type-arg]
    return {number: points for number, points, _ in billing.execute(_PAYERS, [list(numbers)])}


def _took(world: World, bundles: Sequence[Bundle], *, decided_on: date) -> list[Took]:
    references = [one.reference for one in bundles]
    numbers = [number for one in bundles for number in one.devices]
    with world.connect("bmb") as connection:
        steps = committed(connection, "transfers", references)
    with world.connect("inventory") as connection:
        custody: dict[str, float] = dict(connection.execute(_CUSTODY, [numbers]).fetchall())
    with world.connect("billing") as connection:
        payers = {one: (points, at) for one, points, at in connection.execute(_PAYERS, [numbers])}
    found = []
    for one in bundles:
        requested, sent, accepted = (
            steps[one.reference, f"bmb.transfer.{what}.v1"]
            for what in ("requested", "sent", "accepted")
        )
        for number in one.devices:
            _refuse_wrong_days(payers[number][0], one.payer_before, decided_on=decided_on)
        changed = max(custody[number] for number in one.devices)
        paid = max(payers[number][1] for number in one.devices)
        found.append(
            Took(
                sent=sent - requested,
                sent_from_region=sent - one.published,
                custody=changed - accepted,
                payers=paid - accepted,
                effect_from_region=max(changed, paid) - one.answered,
            )
        )
    return found


def _refuse_wrong_days(
    points: Sequence[Mapping[str, str]], before: str, *, decided_on: date
) -> None:
    """Raises RuntimeError unless one payer has the days until a transfer, the other the rest."""
    *earlier, last = [(one["effective_on"], one["payer_id"]) for one in points]
    if earlier[-1][1] != before or last != (decided_on.isoformat(), _RECEIVING_PAYER):
        raise RuntimeError(f"the payers' days are wrong: {points}")
