"""Commands that compare what must say the same: devices' custody, holds, payers, balances, rows and
events. They use each service's admin HTTP, never a database, and mend nothing.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from kvitt.admin import Admin
from kvitt.operate import As, local_time
from kvitt.options import DEFAULT_STATE, JsonOption, StateOption
from kvitt.terminal import console, in_words, show

verify = typer.Typer(no_args_is_help=True, help="Compare what must say the same; mends nothing.")

RegionOption = Annotated[str | None, typer.Option(help="Tell of this region alone.")]
Why = Annotated[str, typer.Option("--why", help="The reason; it is kept in the audit.")]
ON_DEMAND: Final = "verified on demand"

DEVICES: Final[Mapping[str, Sequence[str]]] = {
    "inventory": ("rows", "custody", "claims", "places"),
    "billing": ("payers",),
}
"""The checks that devices are in, by service: their rows and events, their life by day, what claims
them, where they are, and who pays for them.
"""

PERSONS: Final[Mapping[str, Sequence[str]]] = {"orders": ("erasures",)}
"""The check of who is erased (REF-23), by service."""


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(verify, name="verify")


@verify.command()
def devices(
    region: RegionOption = None,
    as_json: JsonOption = False,
    why: Why = ON_DEMAND,
    operator: As = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Compare each device's custody, claims and payers with the events. Exit code 1: they differ.

    Who had it, who paid and who prescribed it on each day is the same from the table and from the
    events replayed; what claims it is a hold or an order on the way; it is in one place, and its
    store has as many as stand there; billing's payer of each day is custody's.
    """
    _run(Admin.of(state_dir, operator=operator), DEVICES, region=region, why=why, as_json=as_json)


@verify.command()
def persons(
    region: RegionOption = None,
    as_json: JsonOption = False,
    why: Why = ON_DEMAND,
    operator: As = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Look for who is erased and is here again. Exit code 1: kvitt person erase-again.

    Who was erased is read anew from orders' own topic, which no restore of a database changes.
    """
    admin = Admin.of(state_dir, operator=operator)
    _run(admin, PERSONS, region=region, why=why, as_json=as_json)


@verify.command("all")
def everything(
    region: RegionOption = None,
    as_json: JsonOption = False,
    why: Why = ON_DEMAND,
    operator: As = None,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Run every comparison of every service, as each night. Exit code 1: something differs."""
    admin = Admin.of(state_dir, operator=operator)
    every: dict[str, Sequence[str]] = dict.fromkeys(admin.services, ())
    _run(admin, every, region=region, why=why, as_json=as_json)


@verify.command()
def last(
    region: RegionOption = None,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Show what each comparison found the last time. Exit code 1: something differed then."""
    admin = Admin.of(state_dir)
    found = [
        {"service": name, **one}
        for name in admin.services
        for one in admin.get(name, "reconciliation", region=region)
    ]
    tell(found, as_json=as_json)


def _run(
    admin: Admin,
    checks: Mapping[str, Sequence[str]],
    *,
    region: str | None,
    why: str,
    as_json: bool,
) -> None:
    tell(compared(admin, checks, region=region, why=why), as_json=as_json)


def compared(
    admin: Admin, checks: Mapping[str, Sequence[str]], *, region: str | None, why: str
) -> list[dict[str, Any]]:
    """What comparisons find now, each with its service. Raises LocalProblem."""
    found: list[dict[str, Any]] = []
    for service, names in checks.items():
        body = {"checks": list(names), "region": region, "why": why}
        made = admin.post(service, "reconciliation:run", body, waits=True)
        found += [{"service": service, **one} for one in made]
    return found


def tell(found: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print what comparisons found, each with its service. Raises typer.Exit: 1 where records
    differ or could not be compared, else 0.
    """
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print(found)
    raise typer.Exit(1 if any(one["differences"] or one["failed"] for one in found) else 0)


def _print(found: Sequence[Mapping[str, Any]]) -> None:
    table = Table("service", "check", "compared", "at", "result")
    for one in found:
        at = local_time(one["at"]) if one["at"] else "never"
        row = (one["service"], one["check"], one["what"], at, result_of(one))
        table.add_row(*map(in_words, row))
    show(table)
    differing = Table("service", "check", "region", "table", "key", "differs in")
    for one in found:
        for line in one["shown"]:
            fields = (line["region"], line["table"], line["key"], line["fields"])
            differing.add_row(*map(in_words, (one["service"], one["check"], *fields)))
    if differing.row_count:
        show(differing)
        console.print("docs/runbooks/reconciliation.md says what follows from a difference.")


def result_of(one: Mapping[str, Any]) -> str:
    """What a comparison found, in words."""
    if one["failed"]:
        return f"could not be made: {one['failed']}"
    if one["at"] is None:
        return ""
    return f"{one['differences']} differ" if one["differences"] else "equal"
