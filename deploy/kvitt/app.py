"""The command line `kvitt`. Each command reads its options and calls the module that
does the work.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from kvitt_chassis.private_files import write_private
from kvitt_contracts.access import IN_TOKENS
from kvitt_contracts.topics import SERVICES
from kvitt_contracts.types import (
    UserId,
    looks_like_personal_number,
)
from rich.markup import escape
from rich.table import Table

from kvitt import (
    backing_up,
    evidence,
    explain,
    operate,
    persons,
    quarantining,
    regions,
    secrets,
    subscribers,
    verify,
)
from kvitt import failpoints as known_failpoints
from kvitt.integrator import command as integrator
from kvitt.integrator import judging, sandbox
from kvitt.json_lines import give_json
from kvitt.local import parts, tokens
from kvitt.local.detached import end_all, ready_file, start_detached
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem, default_regions_dir, region_codes
from kvitt.options import DEFAULT_STATE, StateOption
from kvitt.signals import ended_by_signals, serve_until_ended
from kvitt.story import command as story
from kvitt.terminal import console, errors, in_words, show, shown_steps
from kvitt.troubles import as_problem
from kvitt.what_if import command as what_if

app = typer.Typer(
    name="kvitt",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="""Kvitt on this machine: real PostgreSQL, real Kafka and the five services.

    Examples:

      kvitt run                    start everything, with a month of business

      kvitt up                     start everything, stay until Ctrl-C

      kvitt up --detach            start everything in the background

      kvitt status                 what runs, and where

      kvitt region check           the regions' policies, before anything starts

      kvitt sandbox                one region in place, to try a client

      kvitt connect --client node  where a region connects, a first program

      kvitt publish order.json     send as the region, see the answer

      kvitt logs billing -f        follow a service's log

      kvitt explain device R40292  why something is as it is, from all services

      kvitt policy what-if --help  what another policy would have done

      kvitt token --region ac --user k082lno

      kvitt restart kafka          end one part; it is started again

      kvitt down                   end everything; kvitt reset forgets it too
    """,
)


@app.command()
def up(
    state_dir: StateOption = DEFAULT_STATE,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Leave it running in the background.")
    ] = False,
    service: Annotated[
        list[str] | None,
        typer.Option(help="Only this service (may be repeated); none: only the servers."),
    ] = None,
    new_ports: Annotated[
        bool, typer.Option(help="Choose free ports anew instead of those of the earlier run.")
    ] = False,
) -> None:
    """Start PostgreSQL, Kafka, topics, databases and services; ends them at Ctrl-C."""
    state = State.open(state_dir.resolve())
    if new_ports:
        state.require_no_supervisor()
        state.ports.clear()
        state.save()
    services = _chosen_services(service)
    if detach:
        chosen = [part for name in services or ("none",) for part in ("--service", name)]
        start_detached(state, ["up", *chosen])
        console.print("Runs in the background: kvitt status, kvitt logs, kvitt down.")
        return
    with ended_by_signals(), shown_steps() as report:
        with LocalSystem(
            state,
            services=services,
            with_portal=services == SERVICES,
            is_watched=services == SERVICES,
            report=report,
        ) as system:

            def announce() -> None:
                write_private(ready_file(state), str(os.getpid()))
                if system.portal is not None:
                    report("portal", f"ready on {system.portal.url}: choose a user there")
                report("kvitt", "ready; Ctrl-C ends it")

            serve_until_ended(announce)
            report("kvitt", f"ending {len(system.services)} services, Kafka and PostgreSQL")
        report("kvitt", "ended")


@app.command()
def status(state_dir: StateOption = DEFAULT_STATE) -> None:
    """Show what runs, what is dead and why, and where each part answers.

    Says as well which regions are out of service or not read on. Exit code 1 when something is
    missing.
    """
    found = parts.look(State.existing(state_dir.resolve()))
    table = Table("part", "state", "pid", "address", "admin port")
    for one in found:
        table.add_row(one.name, one.state, in_words(one.pid), one.address, in_words(one.admin_port))
    show(table)
    addresses = [one.address for one in found if one.name in SERVICES and one.pid]
    out = regions.outages(addresses)
    for code, reason in sorted(out.items()):
        typer.echo(f"region {code} is out of service: {reason}")
    for code in regions.held(addresses):
        typer.echo(f"region {code} is not read on: too much of it is parked (kvitt parked)")
    gone = regions.gone(addresses)
    for topic, reason in sorted(gone.items()):
        typer.echo(f"{topic} is not read on: {reason}")
    raise typer.Exit(0 if all(one.is_ready for one in found) and not out and not gone else 1)


@app.command()
def restart(
    part: Annotated[str, typer.Argument(help="postgres, kafka or a service.")],
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """End a part that hangs or waits, and see the supervisor start it again."""
    with shown_steps() as report:
        parts.restart(State.existing(state_dir.resolve()), part, report)


@app.command()
def logs(
    part: Annotated[
        str, typer.Argument(help="supervisor, postgres, kafka or a service; all when left out.")
    ] = "",
    state_dir: StateOption = DEFAULT_STATE,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as it grows.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many to begin with.")] = 100,
) -> None:
    """Show the logs of a part, or of all."""
    folder = State.existing(state_dir.resolve()).directory / "logs"
    files = [folder / f"{part}.log"] if part else sorted(folder.glob("*.log"))
    missing = [file for file in files if not file.exists()]
    if missing or not files:
        raise LocalProblem(
            f"There is no log of {part or 'anything'} in {folder}.",
            remedy="kvitt status shows the parts.",
        )
    tail = ["tail", f"--lines={lines}", *(["--follow=name"] if follow else []), *map(str, files)]
    with (
        contextlib.suppress(KeyboardInterrupt),
        subprocess.Popen(tail, stdout=subprocess.PIPE, text=True, errors="replace") as said,
    ):
        for line in said.stdout or ():
            typer.echo(line, nl=False)


@app.command()
def down(state_dir: StateOption = DEFAULT_STATE) -> None:
    """End everything that runs on this state, also what an unclean end has left behind."""
    if State.exists(state_dir.resolve()):
        end_all(State.existing(state_dir.resolve()))
    console.print("Nothing of Kvitt runs here now.")


@app.command()
def reset(
    state_dir: StateOption = DEFAULT_STATE,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """End everything and remove all data, topics, databases, ports and passwords of this state."""
    directory = state_dir.resolve()
    if not State.exists(directory):
        console.print(f"There is no state in {directory}.")
        return
    if not yes:
        typer.confirm(f"Remove everything in {directory}?", abort=True)
    end_all(State.existing(directory))
    shutil.rmtree(directory)
    console.print("Removed.")


@app.command()
def failpoints() -> None:
    """List the places where a test may kill, stop or fail a service."""
    known_failpoints.show()


@app.command()
def token(
    region: Annotated[str, typer.Option(help="The region's code.")],
    user: Annotated[str, typer.Option(help="The user's id.")],
    role: Annotated[
        list[str] | None,
        typer.Option(help="For a system or an operator alone: region_system, ops, platform."),
    ] = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Print a bearer token of the local profile, valid for twelve hours.

    A user's roles and units are the register's, as the region has stated them.
    """
    _require_known("region", [region], region_codes(default_regions_dir()))
    _require_sayable(role or ())
    _require_user(user)
    issuer = tokens.TokenIssuer(State.existing(state_dir.resolve()).directory)
    typer.echo(issuer.issue(user, region=region, roles=role or ()))


regions.add_to(app)
subscribers.add_to(app)
operate.add_to(app)
quarantining.add_to(app)
verify.add_to(app)
evidence.add_to(app)
explain.add_to(app)
persons.add_to(app)
backing_up.add_to(app)
secrets.add_to(app)
what_if.add_to(app)
story.add_to(app)
integrator.add_to(app)
judging.add_to(app)
sandbox.add_to(app)

give_json(app)


def main() -> None:
    """The command `kvitt`: a trouble that is to be expected is printed in two lines, without a
    traceback.
    """
    try:
        app()
    except Exception as error:  # the last one who sees it: what is nobody's trouble goes on whole
        problem = as_problem(error)
        if problem is None:
            raise
        errors.print(
            f"[bold red]{escape(problem.what)}[/]\n{escape(problem.remedy)}", soft_wrap=True
        )
        sys.exit(1)


def _chosen_services(named: list[str] | None) -> tuple[str, ...]:
    if not named:
        return SERVICES
    if named == ["none"]:
        return ()
    _require_known("service", named, SERVICES)
    return tuple(name for name in SERVICES if name in named)


def _require_known(kind: str, named: Sequence[str], known: Sequence[str]) -> None:
    unknown = sorted(set(named) - set(known))
    if unknown:
        raise LocalProblem(
            f"There is no {kind} {', '.join(unknown)}.", remedy=f"There are {', '.join(known)}."
        )


def _require_sayable(roles: Sequence[str]) -> None:
    """Raises LocalProblem for a role that no token says."""
    if others := sorted(set(roles) - IN_TOKENS):
        raise LocalProblem(
            f"No token says the role {', '.join(others)}.",
            remedy=f"It says {', '.join(sorted(IN_TOKENS))}; a user's roles are the register's.",
        )


def _require_user(user: str) -> None:
    """Raises LocalProblem: a service takes no token with an id of another form."""
    if not re.fullmatch(UserId.pattern, user) or looks_like_personal_number(user):
        raise LocalProblem(
            f"{user} is no id of a user.", remedy="It has 2-40 small letters, digits and . _ -"
        )
