"""Part `invoicing`: a month's run of a region, from the day that closes the month until every payer
has its documents: how long, and how much memory billing takes meanwhile; then what is made of them
(`invoice_documents`).
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from time import monotonic

import psycopg
from kvitt.story.month import morning_of
from kvitt_contracts.calendar import first_of_next_month

from tests.bench import invoice_documents
from tests.bench.load import REGION
from tests.bench.machine import Processes, Used, tell
from tests.bench.report import Section, Table
from tests.bench.system import World, running

DEVICES, DEVICES_QUICKLY = 500_000, 5_000
PAYERS, PAYERS_QUICKLY = 1_000, 50
EXPLAINED, EXPLAINED_QUICKLY = 1_000, 50
_GOAL_MINUTES = 5
_POLL_SECONDS = 0.25
_AT_LAST = 3_600.0

_RENTED = """
    SELECT article_number FROM articles WHERE region = %(region)s AND charging = 'rent'
    AND jsonb_array_length(prices) > 0 ORDER BY 1 LIMIT 200
"""
_PAYERS = """
    INSERT INTO payers (region, payer_id, name)
    SELECT %(region)s, (90000 + n)::text, 'Betalare ' || n FROM generate_series(1, %(payers)s) n
"""
_DEVICES = """
    INSERT INTO devices (region, device_id, device_number, article_number, points, unsettled_from)
    SELECT %(region)s, gen_random_uuid(), lpad((90000000 + n)::text, 8, '0'),
        (%(articles)s::text[])[1 + mod(n, %(kinds)s)],
        jsonb_build_array(jsonb_build_object('effective_on', %(first)s::date,
            'payer_id', (90001 + mod(n / 7, %(payers)s))::text, 'charging', 'rent')),
        %(first)s
    FROM generate_series(1, %(devices)s) n
"""
_RUN = "SELECT status, invoices, set_aside FROM invoice_runs WHERE region = %s AND month = %s"
_LINES = "SELECT count(*) FROM rents WHERE region = %s AND invoice_id IS NOT NULL"
_UNPRINTED = "SELECT count(*) FROM documents WHERE region = %s AND pdf IS NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A month's run: what it made, how long it took, and billing's memory before and at most; how
    long after it the last PDF was made.
    """

    month: str

    devices: int
    payers: int
    documents: int
    lines: int
    seconds: float
    used: Used
    before: int
    most: int
    printing: float = 0.0


async def measure(*, quick: bool) -> Section:
    """A month by itself. Raises RuntimeError where the run does not invoice every device."""
    section = Section("invoicing", "A month's invoices")
    async with running() as world:
        await world.stock(deliveries=1)
        devices = DEVICES_QUICKLY if quick else DEVICES
        payers = PAYERS_QUICKLY if quick else PAYERS
        run = await _invoice(world, devices=devices, payers=payers)
        section.tables.append(_table(replace(run, printing=await _printed(world))))
        samples = EXPLAINED_QUICKLY if quick else EXPLAINED
        section.tables.append(
            await invoice_documents.explanations(world, run.month, samples=samples)
        )
    lines = invoice_documents.LINES_QUICKLY if quick else invoice_documents.LINES
    section.tables.append(invoice_documents.documents(lines=lines))
    return section


async def _printed(world: World) -> float:
    """Seconds until every PDF of the run is made."""
    tell("the documents' PDFs are made")
    begun = monotonic()
    with world.connect("billing") as billing:
        billing.autocommit = True
        while (row := billing.execute(_UNPRINTED, [REGION]).fetchone()) and row[0]:
            if monotonic() - begun > _AT_LAST:
                raise RuntimeError(f"{row[0]} documents have no PDF in {_AT_LAST:.0f} s")
            await asyncio.sleep(_POLL_SECONDS)
    return monotonic() - begun


async def _invoice(world: World, *, devices: int, payers: int) -> Run:
    first = world.business.files.cut_over
    turn = first_of_next_month(first)
    await world.barrier.move_clock(morning_of(turn - timedelta(days=1)))
    await world.rest()
    with world.connect("billing") as billing:
        billing.autocommit = True
        _fill(billing, devices=devices, payers=payers, first=first)
        processes = Processes(
            {"billing": world.pids["billing"], "postgres": world.pids["postgres"]}
        )
        before = processes.memory()["billing"]
        moving = asyncio.create_task(world.barrier.move_clock(morning_of(turn)))
        month = f"{first:%Y-%m}"
        try:
            await _until(billing, month, "started", "finished")
            tell(f"the run of {devices:,} devices has begun")
            processes.begin()
            begun, most = monotonic(), before
            while not _is(billing, month, "finished"):
                if monotonic() - begun > _AT_LAST:
                    raise RuntimeError(f"the run has not finished in {_AT_LAST:.0f} s")
                most = max(most, processes.memory()["billing"])
                await asyncio.sleep(_POLL_SECONDS)
            seconds, used = monotonic() - begun, processes.used()
        finally:  # the documents' PDFs are made afterwards: nobody waits for them here
            moving.cancel()
            with suppress(asyncio.CancelledError):
                await moving
        return _found(billing, month, devices, payers, seconds, used, before, most)


def _fill(billing: psycopg.Connection, *, devices: int, payers: int, first: date) -> None:
    """So many devices on loan since the month's first day, and who pays for them."""
    tell(f"{devices:,} devices of {payers:,} payers")
    named = {"region": REGION, "payers": payers, "devices": devices, "first": first}
    articles = [number for (number,) in billing.execute(_RENTED, named)]
    if not articles:
        raise RuntimeError("billing has no article that is rented at a price")
    billing.execute(_PAYERS, named)
    billing.execute(_DEVICES, {**named, "articles": articles, "kinds": len(articles)})
    billing.execute("VACUUM ANALYZE devices")


async def _until(billing: psycopg.Connection, month: str, *statuses: str) -> None:
    begun = monotonic()
    while not _is(billing, month, *statuses):
        if monotonic() - begun > _AT_LAST:
            raise RuntimeError("the month's run does not begin")
        await asyncio.sleep(_POLL_SECONDS)


def _is(billing: psycopg.Connection, month: str, *statuses: str) -> bool:
    row = billing.execute(_RUN, [REGION, month]).fetchone()
    return row is not None and row[0] in statuses


def _found(
    billing: psycopg.Connection,
    month: str,
    devices: int,
    payers: int,
    seconds: float,
    used: Used,
    before: int,
    most: int,
) -> Run:
    run = billing.execute(_RUN, [REGION, month]).fetchone()
    lines = billing.execute(_LINES, [REGION]).fetchone()
    assert run is not None
    assert lines is not None
    if run[2] or lines[0] < devices:
        raise RuntimeError(f"of {devices} devices {lines[0]} are invoiced, {run[2]} set aside")
    return Run(
        month=month,
        devices=devices,
        payers=payers,
        documents=run[1],
        lines=lines[0],
        seconds=seconds,
        used=used,
        before=before,
        most=most,
    )


def _table(run: Run) -> Table:
    """The run in one line."""
    return Table(
        f"A month of {run.devices:,} devices on loan, from its start until every payer has its "
        f"documents, telemetry on (goal: {DEVICES:,} in ≤ {_GOAL_MINUTES} min, memory flat)",
        [
            "minutes",
            "devices/s",
            "payers",
            "documents",
            "memory before",
            "at most",
            "CPU",
            "PDFs, minutes more",
        ],
        [
            [
                f"**{run.seconds / 60:.2f}**",
                f"{run.devices / run.seconds:,.0f}",
                f"{run.payers:,}",
                f"{run.documents:,}",
                f"{run.before / 2**20:.0f} MiB",
                f"{run.most / 2**20:.0f} MiB",
                run.used.told(),
                f"{run.printing / 60:.2f}",
            ]
        ],
        f"Each device is lent for the whole month, one line each ({run.lines:,} lines, at most 500 "
        "on a document). The approval is automatic; the documents' PDFs are made in between and "
        "afterwards.",
    )
