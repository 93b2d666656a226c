"""The command `kvitt sandbox`: the whole local system with one region, whose register, catalogue
and stock are in place, for a client to be tried against.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from kvitt_chassis.private_files import write_private
from kvitt_contracts.types import RegionCode

import kvitt
from kvitt.admin import Admin
from kvitt.integrator.connection import Connection
from kvitt.integrator.messages import Sent
from kvitt.integrator.publishing import publish
from kvitt.local.detached import end_all, ready_file, start_detached
from kvitt.local.private import make_directory
from kvitt.local.problems import LocalProblem
from kvitt.local.servers import Report
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem, default_regions_dir
from kvitt.operate import await_idle
from kvitt.options import DEFAULT_STATE, StateOption
from kvitt.signals import ended_by_signals, serve_until_ended
from kvitt.story.files import CUT_OVER_FILES, Stage, read_regions
from kvitt.terminal import console, shown_steps

_EXAMPLES = Path(kvitt.__file__).parents[2] / "examples"
_REST_SECONDS = 900.0
"""So long the services may take for the register; a busy machine may take its time."""


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(sandbox)


def sandbox(
    region: Annotated[str, typer.Option("--region", help="Which region is in it.")] = "w",
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Leave it running in the background.")
    ] = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Forget what is in it first: begin anew.")
    ] = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Start everything with one region, whose register and stock are in place; answers live.

    Its business time is that of the wall, until kvitt clock advance moves it on.

    Examples:

      kvitt sandbox --detach                    start it, and go on here

      kvitt connect --client python             where, as whom, and a first program

      kvitt clock advance 2027-01-01            what happens at a later day

      kvitt sandbox --reset --detach            begin anew

      kvitt down                                end it; kvitt reset forgets it too
    """
    code, directory = region.lower(), state_dir.resolve()
    if reset and State.exists(directory):
        end_all(State.existing(directory))
        shutil.rmtree(directory)
    regions = _regions_of(directory, code)
    state = State.open(directory)
    _place_policy(regions, code)
    if detach:
        start_detached(state, ["sandbox", "--region", code])
        console.print("Runs in the background: kvitt connect, kvitt status, kvitt down.")
        return
    with ended_by_signals(), shown_steps() as report:
        with LocalSystem(state, regions_dir=regions, with_portal=True, report=report) as system:
            fill(state, code, report)

            def announce() -> None:
                write_private(ready_file(state), str(os.getpid()))
                if system.portal is not None:
                    report("portal", f"ready on {system.portal.url}: choose a user there")
                report("kvitt", f"ready: kvitt connect --region {code}; Ctrl-C ends it")

            serve_until_ended(announce)
            report("kvitt", "ending")
        report("kvitt", "ended")


def fill(state: State, region: str, report: Report) -> None:
    """Publish the region's register, catalogue and stock as its own system, once. Raises
    LocalProblem.
    """
    done = state.directory / f"filled-{region}"
    if done.exists():
        return
    connection = Connection.of(state.directory, region)
    (files,) = read_regions(_EXAMPLES, [region])
    admin = Admin.of(state.directory)
    for stage in files.stages:
        if stage.name in CUT_OVER_FILES:
            sent = list(_messages(stage, region))
            report(stage.name, f"{len(sent)} messages of region {region}")
            publish(connection, sent)
            await_idle(admin, within=_REST_SECONDS)
            report(stage.name, "ready")
    write_private(done, "")


def _messages(stage: Stage, region: str) -> Iterator[Sent]:
    for one in stage.messages(region=region):
        yield Sent(
            place=str(stage.file),
            topic=one.topic,
            key=one.key,
            headers=one.headers,
            value=one.value,
        )


def _regions_of(directory: Path, code: str) -> Path:
    """The sandbox's own policies. Raises LocalProblem where another system is in the directory, or
    another region.
    """
    regions = directory / "regions"
    if State.exists(directory) and not (regions / f"{code}.yaml").exists():
        raise LocalProblem(
            f"In {directory} is a system that is no sandbox of region {code}.",
            remedy="Name another directory with --state, or forget that one with --reset.",
        )
    return regions


def _place_policy(regions: Path, code: str) -> None:
    """The region's policy as it is in use; one that was changed in the sandbox is left."""
    file = regions / f"{code}.yaml"
    source = default_regions_dir() / f"{RegionCode(code)}.yaml"
    if file.exists():
        return
    if not source.exists():
        raise LocalProblem(
            f"There is no policy {source}.", remedy="kvitt region add makes one; w has a register."
        )
    make_directory(regions)
    shutil.copyfile(source, file)
