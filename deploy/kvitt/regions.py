"""The commands `kvitt region`: the regions' policy files, checked before anything starts, and one
more region.
"""

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from kvitt_chassis.policy_files import PolicyFile, read_policy_file, region_files

from kvitt import region_adding
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State
from kvitt.local.supervisor import default_regions_dir
from kvitt.options import DEFAULT_STATE, JsonOption, StateOption

region = typer.Typer(no_args_is_help=True, help="The regions' policies.")


@region.callback()
def _() -> None:
    """The regions' policies: one file `<code>.yaml` per region."""


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(region, name="region")


@region.command()
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Files or directories; none: the regions directory."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check policy files: nothing is started, nothing is changed.

    Says line, field, the value found and what is allowed.
    A key that no rule reads yet is a warning.
    Whether a version in use was edited is seen when the services start.

    Exit code 0: all are right, perhaps with warnings.
    1: at least one is wrong. 2: wrong usage.

    Examples:

      kvitt region check                  all of KVITT_REGIONS_DIR

      kvitt region check new/ac.yaml      before it is put in place

      kvitt region check --json regions/  a directory, for a program
    """
    checked = [read_policy_file(path) for path in _named(files or [default_regions_dir()])]
    if as_json:
        typer.echo(json.dumps({"files": [_as_json(one) for one in checked]}, indent=2))
    else:
        for one in checked:
            typer.echo("\n".join(_lines(one)))
    raise typer.Exit(1 if any(one.faults for one in checked) else 0)


@region.command()
def add(
    code: Annotated[str, typer.Argument(help="The county's letters, such as i.")],
    name: Annotated[str, typer.Option("--name", help="What the region is called.")],
    like: Annotated[
        str, typer.Option("--like", help="Whose policy is the beginning of the new one.")
    ] = "w",
    central_store: Annotated[
        str | None, typer.Option("--central-store", help="The central store's number.")
    ] = None,
    directory: Annotated[
        Path | None,
        typer.Option("--regions-dir", help="Where policies lie; else KVITT_REGIONS_DIR."),
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Start the services anew at once, one by one.")
    ] = False,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Add a region: its policy file, and on the system that runs here its topics and credentials.

    A policy that is wrong is left for you to mend, and nothing else is done. Services read a new
    policy when they start; the other regions go on meanwhile (docs/runbooks/add-a-region.md).

    Exit code 0: it is there. 1: its policy is wrong.

    Examples:

      kvitt region add i --name "Region Gotland" --like w

      kvitt region add i --name "Region Gotland" --restart  with the services at once
    """
    regions_dir = directory or default_regions_dir()
    made = region_adding.make_policy(
        regions_dir, code, name=name, like=like.lower(), central_store=central_store
    )
    waiting: Sequence[str] = ()
    steps: list[str] = []
    resolved = state_dir.resolve()
    if not made.faults and State.exists(resolved):
        state = State.existing(resolved)

        def report(part: str, what: str) -> None:
            steps.append(f"{part}: {what}")
            if not as_json:
                typer.echo(f"{part:<14} {what}")

        waiting = region_adding.add_to_broker(state, regions_dir, report)
        if waiting and restart:
            region_adding.restart(state, waiting, report)
            waiting = ()
    following = _following(made, waiting, code.lower())
    if as_json:
        told = {**_as_json(made), "steps": steps, "next": following}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join([*_lines(made), *(f"next: {one}" for one in following)]))
    raise typer.Exit(1 if made.faults else 0)


def _following(made: PolicyFile, waiting: Sequence[str], code: str) -> list[str]:
    """What is left to do, as commands."""
    if made.faults:
        return [f"mend {made.path}, then kvitt region check {made.path}"]
    return [
        *(f"kvitt restart {name}" for name in waiting),
        f"kvitt connect --region {code}",
        "the region states its register: docs/runbooks/add-a-region.md",
    ]


def outages(urls: Iterable[str]) -> Mapping[str, str]:
    """The regions that one of the services has taken out of service, with the reason."""
    found: dict[str, str] = {}
    for answer in _answers(urls):
        found |= answer.get("regions_out", {})
    return found


def held(urls: Iterable[str]) -> Sequence[str]:
    """The regions that one of the services does not read on, since too much of theirs is parked."""
    return sorted({code for answer in _answers(urls) for code in answer.get("regions_held", [])})


def gone(urls: Iterable[str]) -> Mapping[str, str]:
    """The regions' topics that one of the services does not read on, since Kafka has no longer what
    comes next, with the reason.
    """
    found: dict[str, str] = {}
    for answer in _answers(urls):
        found |= answer.get("topics_gone", {})
    return found


def _answers(urls: Iterable[str]) -> Iterator[dict[str, Any]]:
    for url in urls:
        with contextlib.suppress(httpx.HTTPError, ValueError):
            yield httpx.get(f"{url}/health/ready", timeout=2.0).json()


def _named(paths: Sequence[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        inside = region_files(path) if path.is_dir() else [path]
        if not inside:
            raise LocalProblem(
                f"No region's policy lies in {path}.",
                remedy="A policy file is called <code>.yaml, as in ac.yaml.",
            )
        files += inside
    return files


def _lines(file: PolicyFile) -> Iterable[str]:
    yield f"{file.path}: {'wrong' if file.faults else 'right'}"
    for one in file.findings:
        kind = "warning" if one.is_warning else "error"
        yield f"  {kind}: {one}"


def _as_json(file: PolicyFile) -> dict[str, object]:
    return {
        "file": str(file.path),
        "region": str(file.region) if file.region else None,
        "is_right": not file.faults,
        "findings": [asdict(one) for one in file.findings],
    }
