"""The command `kvitt region check`: the regions' policy files, checked before anything starts."""

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from kvitt_chassis.policy_files import PolicyFile, read_policy_file, region_files

from kvitt.local.problems import LocalProblem
from kvitt.local.supervisor import default_regions_dir
from kvitt.options import JsonOption

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
