"""Commands for a person's rights. They use the services' HTTP as the region's own system, never a
database.
"""

import json
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from kvitt_chassis.private_files import write_private
from rich.table import Table

from kvitt.admin import Admin
from kvitt.options import DEFAULT_STATE, StateOption
from kvitt.region_system import RegionSystem
from kvitt.terminal import console, show

person = typer.Typer(no_args_is_help=True, help="What a person has a right to.")

RefArgument = Annotated[UUID, typer.Argument(help="The person's reference; never a number.")]
RegionOption = Annotated[str, typer.Option("--region", help="The region's code.")]
Why = Annotated[str, typer.Option("--why", help="The reason; it is logged with the looks.")]
Out = Annotated[Path, typer.Option("--out", help="The folder; its files are yours alone to read.")]

_OF_A_PERSON: Final = (
    ("orders", "/orders", "person"),
    ("orders", "/pickups", "person"),
    ("orders", "/work-orders", "person"),
    ("bmb", "/transfers", "person"),
    ("inventory", "/devices", "person"),
)
"""Where each service lists what concerns a person, and the filter that names one."""


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(person, name="person")


@person.command()
def export(
    ref: RefArgument,
    region: RegionOption,
    out: Out = Path(),
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Write all that is stored of a person, for the person (GDPR article 15): JSON, and readable.

    The look is logged.
    """
    system = RegionSystem.of(state_dir, region.lower())
    told: dict[str, Any] = {"orders": system.post("orders", f"/persons/{ref}:export")}
    for service, path, name in _OF_A_PERSON:
        told[f"{service}{path}"] = list(system.all(service, path, **{name: str(ref)}))
    admin = Admin.of(state_dir)
    for service in admin.services:
        for one in told["orders"]["references"]:
            path = f"persons/{one}/stored"
            told[f"{service}/stored/{one}"] = admin.get(service, path, region=region.lower())
    out.mkdir(parents=True, exist_ok=True)
    whole = json.dumps(told, ensure_ascii=False, indent=2)
    for file, text in ((f"{ref}.json", whole), (f"{ref}.txt", "\n".join(_lines(told)))):
        write_private(out / file, text)
        console.print(str(out / file))


@person.command()
def erase(
    ref: RefArgument,
    region: RegionOption,
    why: Annotated[str | None, typer.Option("--why", help="The reason; it is logged.")] = None,
    is_ordered: Annotated[
        bool, typer.Option("--ordered", help="An authority or a court has decided it.")
    ] = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Show what an erasure takes, what stays and by which law; with --why, do it.

    It cannot be undone.
    """
    system = RegionSystem.of(state_dir, region.lower())
    told = system.get("orders", f"/persons/{ref}/erasure")
    table = Table("", "what", "how many", "law")
    for part in ("hindered_by", "erased", "remains"):
        for one in told[part]:
            table.add_row(part.replace("_", " "), one["what"], str(one["count"]), one["law"] or "")
    show(table)
    if why is None:
        console.print("Nothing is erased: give --why to erase.")
        return
    body = {"why": why, "is_ordered": is_ordered}
    system.post("orders", f"/persons/{ref}:erase", body)
    console.print(f"{ref} is erased.")


@person.command()
def merge(
    ref: RefArgument,
    into: Annotated[UUID, typer.Argument(help="The reference that stays.")],
    region: RegionOption,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Make a reference an alias of another, where the two are one person. It cannot be undone."""
    system = RegionSystem.of(state_dir, region.lower())
    system.post("orders", f"/persons/{ref}:merge", {"into": str(into)})
    console.print(f"{ref} is an alias of {into}.")


def _lines(told: Any, name: str = "") -> list[str]:
    """One line for each value, with the way to it: what people read."""
    if isinstance(told, dict):
        parts = [(f"{name}.{key}" if name else str(key), value) for key, value in told.items()]
    elif isinstance(told, list):
        parts = [(f"{name} {n}", value) for n, value in enumerate(told, 1)]
    else:
        return [f"{name}: {'' if told is None else told}"]
    return [line for key, value in parts for line in _lines(value, key)]
