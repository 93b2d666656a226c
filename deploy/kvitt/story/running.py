"""The month on a running system: published, read back, compared and printed."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kvitt_contracts.calendar import stockholm_day
from rich.console import Console

from kvitt.local.supervisor import LocalSystem
from kvitt.story import billed, dealings, report, stores
from kvitt.story.acts import Answered, perform
from kvitt.story.barrier import Barrier
from kvitt.story.comparison import (
    Difference,
    differences,
    expected_entries,
    found_entries,
    of_their_day,
)
from kvitt.story.files import RegionFiles
from kvitt.story.month import Begun, Shown, publish_month
from kvitt.story.outcome import Outcome, read_outcome
from kvitt.story.region_client import RegionClient
from kvitt.story.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthResult:
    """The outcome of a month: each region's, and how it differs from expected."""

    published: int
    outcomes: Sequence[Outcome]
    differences: Mapping[str, Sequence[Difference]]
    business_day: date

    @property
    def is_as_expected(self) -> bool:
        """True when nothing differs."""
        return not any(self.differences.values())


async def run_month(
    system: LocalSystem,
    regions: Sequence[RegionFiles],
    *,
    shown: Shown = lambda name, count: None,
    begun: Begun = lambda day: None,
) -> MonthResult:
    """Publish the month on a system that is up, and read its outcome. Raises LocalProblem."""
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(
            Services(system.urls, system.admin_urls, system.tokens)
        )
        clients = [
            await stack.enter_async_context(
                RegionClient(
                    one.code,
                    bootstrap=system.bootstrap,
                    credentials=system.credentials(f"region-{one.code}"),
                )
            )
            for one in regions
        ]
        barrier = Barrier(services, dead=system.dead_parts)
        answered: dict[str, dict[str, Answered]] = {one.code: {} for one in regions}

        async def act(region: str, file: Path) -> None:
            today = stockholm_day(await barrier.now())
            answered[region] |= await perform(services, region, file, today=today)

        published = await publish_month(
            regions, clients=clients, barrier=barrier, shown=shown, begun=begun, acted=act
        )
        outcomes = await asyncio.gather(*(read_outcome(services, client) for client in clients))
        return MonthResult(
            published=published,
            outcomes=outcomes,
            differences={
                files.code: compare(files, outcome, answered[files.code])
                for files, outcome in zip(regions, outcomes, strict=True)
            },
            business_day=(await barrier.now()).date(),
        )


def compare(files: RegionFiles, outcome: Outcome, acts: Mapping[str, Answered]) -> list[Difference]:
    """How an outcome, and what users' acts were answered, differ from what the region's files
    expect.
    """
    expected = {**files.expected, "acts": of_their_day(files.expected["acts"], acts=acts)}
    return differences(
        expected_entries(expected, region=files.code, persons=outcome.persons),
        found_entries(outcome, acts=acts, first=files.cut_over, last=files.last_day),
    )


def print_result(console: Console, result: MonthResult, regions: Sequence[RegionFiles]) -> None:
    """Print the month's outcome, and how it compares."""
    report.print_regions(console, result.outcomes)
    for files, outcome in zip(regions, result.outcomes, strict=True):
        payer = report.print_device(console, outcome, first=files.cut_over, last=files.last_day)
        report.print_invoice(console, outcome, payer=payer)
        billed.print_credit_note(console, outcome)
        report.print_explained(console, outcome)
        billed.print_later_fees(console, outcome)
        billed.print_home_region(console, outcome)
        billed.print_between_regions(console, outcome)
        dealings.print_basket(console, outcome)
        dealings.print_direct_delivery(console, outcome)
        dealings.print_pickup(console, outcome)
        dealings.print_work_order(console, outcome)
        stores.print_stocktakings(console, outcome)
        stores.print_workshop(console, outcome)
        stores.print_sent_back(console, outcome)
    report.print_refused(console, result.outcomes)
    report.print_quarantine(console, result.outcomes)
    report.print_differences(console, result.differences)
    end = max(one.end for one in regions)
    if not result.is_as_expected and result.business_day > end:
        report.print_later(console, result.business_day)
