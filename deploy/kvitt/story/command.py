"""The command `kvitt run`: its options, progress, serving. The work is in running.py."""

import asyncio
import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import kvitt
from kvitt.local.kafka import BRIEFLY
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem
from kvitt.options import DEFAULT_STATE, StateOption
from kvitt.signals import ended_by_signals, serve_until_ended
from kvitt.story import running
from kvitt.story.files import RegionFiles, read_regions
from kvitt.story.month import Shown, stages_of
from kvitt.story.users import users_to_log_in_as
from kvitt.terminal import console, shown_steps

_EXAMPLES = Path(kvitt.__file__).parents[2] / "examples"


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(run)


def run(
    state_dir: StateOption = DEFAULT_STATE,
    once: Annotated[
        bool, typer.Option("--once", help="End after the story; exit code 0 when all is expected.")
    ] = False,
    examples: Annotated[
        Path, typer.Option("--examples", help="Where the regions' files lie.")
    ] = _EXAMPLES,
    regions: Annotated[
        str, typer.Option(help="Codes with commas between; none: all that lie there.")
    ] = "",
) -> None:
    """Start everything, publish a month of regions' business, tell what came of it, serve."""
    files = read_regions(examples, [one.strip() for one in regions.split(",") if one.strip()])
    state = State.open(state_dir.resolve())
    if once:
        os.environ.setdefault("JAVA_TOOL_OPTIONS", BRIEFLY)
    with ended_by_signals(), contextlib.ExitStack() as ending:
        with shown_steps() as report:
            system = LocalSystem(state, with_portal=not once, is_watched=not once, report=report)
            _require_known(files, system)
            ending.enter_context(system)
        if system.portal is not None:
            console.print(f"The portal: {system.portal.url} (its users come with the month)")
        with _shown_month(files) as shown:
            result = asyncio.run(running.run_month(system, files, shown=shown))
        console.print()
        running.print_result(console, result, files)
        if once:
            raise typer.Exit(0 if result.is_as_expected else 1)
        serve_until_ended(lambda: _announce(system, state_dir))
        console.print("Ending.")


def _require_known(files: Sequence[RegionFiles], system: LocalSystem) -> None:
    unknown = sorted({one.code for one in files} - set(system.regions))
    if unknown:
        raise LocalProblem(
            f"There is no policy for {', '.join(unknown)} in {system.regions_dir}.",
            remedy="Choose others with --regions, or name the policies with KVITT_REGIONS_DIR.",
        )
    out = {one.code: reason for one in files if (reason := system.regions_out.get(one.code))}
    if out:
        raise LocalProblem(
            f"The month cannot be lived through: {'; '.join(out.values())}.",
            remedy="Mend the file (kvitt region check), or choose others with --regions.",
        )


@contextlib.contextmanager
def _shown_month(files: Sequence[RegionFiles]) -> Iterator[Shown]:
    """Inside, shows each finished stage: a bar in a terminal, plain lines elsewhere."""
    total = len(stages_of(files)) + 1
    if not console.is_terminal:
        yield lambda name, count: console.print(f"{name:<14} {count:>5} messages")
        return
    columns = (
        TextColumn("{task.description:<14}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[sent]} messages"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("the month", total=total, sent=0)
        sent = 0

        def show(name: str, count: int) -> None:
            nonlocal sent
            sent += count
            progress.update(task, advance=1, description=name, sent=sent)

        yield show


def _announce(system: LocalSystem, state_dir: Path) -> None:
    if system.portal is not None:
        console.print(f"\n[bold]The portal:[/] {system.portal.url}", soft_wrap=True)
        for user in users_to_log_in_as(system):
            console.print(f"  {user}", soft_wrap=True)
    console.print("\n[bold]The services answer until Ctrl-C.[/] Documentation, without internet:")
    for service in system.services.values():
        console.print(f"  {service.name:<14} {service.url}/docs", soft_wrap=True)
    if system.prometheus is not None:
        address = system.prometheus.url
        console.print(f"Prometheus: {address}, alarms: {address}/alerts", soft_wrap=True)
    here = "" if state_dir == Path(".kvitt") else f" --state {state_dir}"
    console.print(
        "A token, in another window:\n"
        f"  kvitt token --region ac --user operator --role region_system{here}",
        soft_wrap=True,
    )
