"""`kvitt log` and `kvitt verify log`: the chained logs as who operates a region keeps, verifies and
hands them on. They use the services' HTTP, never a database.
"""

import csv
import json
import sys
import time
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from kvitt.admin import Admin
from kvitt.extract_texts import COLUMNS, UNKNOWN_UNIT
from kvitt.local.problems import LocalProblem
from kvitt.operate import As, local_time
from kvitt.options import DEFAULT_STATE, JsonOption, StateOption
from kvitt.region_system import RegionSystem
from kvitt.terminal import console, in_words, show
from kvitt.verify import ON_DEMAND, RegionOption, Why, verify

log = typer.Typer(no_args_is_help=True, help="The chained logs: ends, extracts, export.")

Kept = Annotated[
    Path | None,
    typer.Option("--heads", help="The ends that kvitt log heads wrote, kept elsewhere since."),
]
_FOLLOW_SECONDS: Final = 5.0
_PAGE: Final = 500
_PERSONS: Final = "person_accesses"


class Form(StrEnum):
    """How an extract is written."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(log, name="log")


@verify.command("log")
def verify_log(
    region: RegionOption = None,
    heads: Kept = None,
    as_json: JsonOption = False,
    why: Why = ON_DEMAND,
    operator: As = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Walk the chain of each log. Exit code 1: a row was removed, altered, put in or cut off.

    With --heads the ends are compared with what was kept elsewhere too.
    """
    admin = Admin.of(state_dir, operator=operator)
    kept = _read(heads) if heads else {}
    found = []
    for service in admin.services:
        body = {"why": why, "region": region, "heads": kept.get(service, {})}
        walked = admin.post(service, "log:verify", body, waits=True)
        found += [{"service": service, **one} for one in walked]
    tell(found, as_json=as_json)


def tell(found: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """Print what was found of each chain. Raises typer.Exit: 1 where one does not hold, else 0."""
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        table = Table("service", "log", "region", "rows", "thinned", "sealed until", "result")
        for one in found:
            sealed = local_time(one["sealed_until"]) if one["sealed_until"] else "never"
            row = (one["service"], one["log"], one["region"] or "all", one["length"])
            table.add_row(*map(in_words, (*row, one["thinned"], sealed, result_of(one))))
        show(table)
        if any(one["broken"] for one in found):
            console.print("docs/runbooks/log.md says what follows from it.")
    raise typer.Exit(1 if any(one["broken"] for one in found) else 0)


def result_of(one: dict[str, Any]) -> str:
    """What a walk of a chain has found, in words."""
    broken = one["broken"]
    if broken is None:
        return "holds"
    place = f"at row {broken['position']} of the chain"
    named = f" ({broken['row_key']})" if broken["row_key"] else ""
    return f"{FAULTS[broken['fault']]} {place}{named}"


@log.command()
def heads(region: RegionOption = None, state_dir: StateOption = DEFAULT_STATE) -> None:
    """Print the end of each chain as JSON, to be kept where nobody writes from here."""
    admin = Admin.of(state_dir)
    ends = {name: admin.get(name, "log/heads", region=region) for name in admin.services}
    typer.echo(json.dumps(ends, indent=2, sort_keys=True))


@log.command()
def export(
    region: Annotated[str, typer.Option(help="Of this region.")],
    after: Annotated[int, typer.Option(help="After this row of the chain.")] = 0,
    since: Annotated[str | None, typer.Option(help="From this time on, like 2026-05-01.")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes.")] = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Print the log of persons, a line of JSON each, in the Elastic Common Schema, as it is sealed.

    There is no number, name or free text of anybody in it. The last line's event.sequence is what
    --after takes.
    """
    admin = Admin.of(state_dir)
    while True:
        query: dict[str, Any] = {"log": _PERSONS, "region": region, "limit": _PAGE}
        for line in admin.exported("orders", "log/export", after=after, **query):
            after = line["event"]["sequence"]
            if since is None or line["@timestamp"] >= since:
                typer.echo(json.dumps(line, ensure_ascii=False))
        sys.stdout.flush()
        if not follow:
            return
        time.sleep(_FOLLOW_SECONDS)


@log.command()
def person(
    ref: Annotated[str, typer.Argument(help="The reference of a person, never a number.")],
    region: Annotated[str, typer.Option(help="The person's region.")],
    form: Annotated[Form, typer.Option("--form", help="How it is written.")] = Form.TEXT,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Print a person's own extract of the log: when, from which unit and for what.

    It tells of who saw them and of what was done about them, in Swedish; giving it is logged.
    """
    lines = RegionSystem.of(state_dir, region).all("orders", f"/persons/{ref}/accesses")
    match form:
        case Form.JSON:
            typer.echo(json.dumps(list(lines), ensure_ascii=False, indent=2))
        case Form.CSV:
            writer = csv.writer(sys.stdout, delimiter=";")
            writer.writerow(COLUMNS)
            writer.writerows(map(_cells, lines))
        case Form.TEXT:
            table = Table(*COLUMNS)
            for line in lines:
                table.add_row(*_cells(line))
            show(table)


def _cells(line: dict[str, Any]) -> tuple[str, str, str]:
    unit = " ".join(filter(None, (line["unit"], line["unit_name"])))
    return local_time(line["at"]), unit or UNKNOWN_UNIT, line["what"]


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise LocalProblem(
            f"{file} cannot be read: {type(error).__name__}.",
            remedy="Give the file that kvitt log heads wrote.",
        ) from error
    if not isinstance(found, dict):
        raise LocalProblem(
            f"{file} holds no ends of chains.", remedy="Give the file that kvitt log heads wrote."
        )
    return found


FAULTS: Final = {
    "link_gone": "a link is gone",
    "row_gone": "a row is gone",
    "altered": "a row was altered or moved",
    "inserted": "a row was put in beside the chain, the chain ends",
    "cut": "rows were cut off, or sealed anew,",
    "stone": "what stands for a thinned stretch does not hold",
    "unknown_key": "a row is sealed with a key that is not here,",
}
