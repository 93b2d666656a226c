"""Commands for a person's rights. They use the services' HTTP as the region's own system, never a
database.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from kvitt_chassis.private_files import write_private
from rich.table import Table

from kvitt.admin import Admin
from kvitt.local.problems import LocalProblem
from kvitt.options import DEFAULT_STATE, JsonOption, StateOption
from kvitt.region_system import RegionSystem
from kvitt.terminal import console, in_words, show
from kvitt.verify import PERSONS, compared

person = typer.Typer(no_args_is_help=True, help="What a person has a right to.")

RefArgument = Annotated[UUID, typer.Argument(help="The person's reference; never a number.")]
RegionOption = Annotated[str, typer.Option("--region", help="The region's code.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Out = Annotated[Path, typer.Option("--out", help="The folder; its files are yours alone to read.")]

_OF_A_PERSON: Final = (
    ("orders", "/orders", "recipient"),
    ("orders", "/pickups", "recipient"),
    ("orders", "/work-orders", "recipient"),
    ("bmb", "/transfers", "person"),
    ("inventory", "/devices", "person"),
)
"""Where each service lists what concerns a person, and the filter that names one."""

_SAID: Final = re.compile(r"said@(?P<seq>\d+)/(?P<id>[0-9a-f-]{36})")
"""The event that told an erasure, as the comparison names it."""


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(person, name="person")


@person.command()
def export(
    ref: RefArgument,
    region: RegionOption,
    out: Out = Path(),
    dry_run: DryRun = False,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Write all that is stored of a person, for the person (GDPR article 15): JSON, and readable.

    The look is logged. With --dry-run only what would be written is told, and nothing is looked at.

    Example:

      kvitt person export 0d0b5f0e-6a52-4f0b-9b55-2f1e5a3c7b11 --region m --out /media/usb
    """
    files = [out / f"{ref}.json", out / f"{ref}.txt"]
    if not dry_run:
        system = RegionSystem.of(state_dir, region.lower())
        told: dict[str, Any] = {"orders": system.post("orders", f"/persons/{ref}:export")}
        for service, path, name in _OF_A_PERSON:
            told[f"{service}{path}"] = list(system.all(service, path, **{name: str(ref)}))
        admin = Admin.of(state_dir)
        for service in admin.services:
            for one in told["orders"]["references"]:
                path = f"persons/{one}/stored"
                found = admin.get(service, path, waits=True, region=region.lower())
                told[f"{service}/stored/{one}"] = found
        out.mkdir(parents=True, exist_ok=True)
        whole = json.dumps(told, ensure_ascii=False, indent=2)
        for file, text in zip(files, (whole, "\n".join(_lines(told))), strict=True):
            write_private(file, text)
    names = [str(file) for file in files]
    _tell({"written": not dry_run, "files": names}, names, as_json=as_json)


@person.command()
def erase(
    ref: RefArgument,
    region: RegionOption,
    why: Annotated[str | None, typer.Option("--why", help="The reason; it is logged.")] = None,
    is_ordered: Annotated[
        bool, typer.Option("--ordered", help="An authority or a court has decided it.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Show what an erasure takes, what stays and by which law; with --why, ask, and do it.

    It cannot be undone. Replace the backup of the keys afterwards: kvitt backup --keys.

    Examples:

      kvitt person erase 0d0b5f0e-6a52-4f0b-9b55-2f1e5a3c7b11 --region m

      kvitt person erase 0d0b5f0e-6a52-4f0b-9b55-2f1e5a3c7b11 --region m --why "Dnr 2026-114"
    """
    system = RegionSystem.of(state_dir, region.lower())
    told = system.get("orders", f"/persons/{ref}/erasure")
    is_done = why is not None and not dry_run
    if not as_json:
        _show_preview(told)
    if is_done:
        _confirm(f"Erase {ref}? It cannot be undone.", yes=yes)
        body = {"why": why, "is_ordered": is_ordered}
        system.post("orders", f"/persons/{ref}:erase", body)
    said = (
        [f"{ref} is erased.", "Replace the backup of the keys now: kvitt backup --keys FILE"]
        if is_done
        else ["Nothing is erased: give --why, without --dry-run, to erase."]
    )
    _tell({**told, "is_erased": is_done}, said, as_json=as_json)


@person.command()
def merge(
    ref: RefArgument,
    into: Annotated[UUID, typer.Argument(help="The reference that stays.")],
    region: RegionOption,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Make a reference an alias of another, where the two are one person. It cannot be undone.

    Example:

      kvitt person merge 4f0b2d6e-6a52-4f0b-9b55-2f1e5a3c7b11 0d0b5f0e-6a52-4f0b-9b55-2f1e5a3c7b11
      --region m --dry-run
    """
    system = RegionSystem.of(state_dir, region.lower())
    both = [system.get("orders", f"/persons/{one}") for one in (ref, into)]
    if not as_json:
        table = Table("", "reference", "the region's id", "active", "merged into")
        for what, one in zip(("becomes an alias", "stays"), both, strict=True):
            cells = (one["person"], one["region_person_id"], one["active"], one["merged_into"])
            table.add_row(what, *map(in_words, cells))
        show(table)
    if not dry_run:
        _confirm(f"Make {ref} an alias of {into}? It cannot be undone.", yes=yes)
        system.post("orders", f"/persons/{ref}:merge", {"into": str(into)})
    said = "Nothing is merged." if dry_run else f"{ref} is an alias of {into}."
    _tell({"merged": not dry_run, "alias": both[0], "stays": both[1]}, [said], as_json=as_json)


# decision 0533: a restore undoes no erasure
@person.command("erase-again")
def erase_again(
    region: RegionOption,
    why: Annotated[
        str, typer.Option("--why", help="Which restore it is after; it is logged.")
    ] = "Erased again after a restore",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Erase anew everybody whom a restore has brought back; who that is, kvitt verify persons says.

    Nothing stands against it: it was decided before. Do it again until nobody is left.

    Examples:

      kvitt person erase-again --region m --dry-run

      kvitt person erase-again --region m --why "Restored from Monday's backup" --yes
    """
    admin, system = Admin.of(state_dir), RegionSystem.of(state_dir, region.lower())
    found = _are_back(admin, region.lower(), why)
    if not as_json:
        for line in found:
            console.print(f"{line['key']}: {', '.join(line['fields'])}", soft_wrap=True)
    done: list[str] = []
    if found and not dry_run:
        _confirm(f"Erase these {len(found)} again, and those who follow?", yes=yes)
    while not dry_run and (these := [one for one in found if one["key"] not in done]):
        for line in these:
            system.post("orders", f"/persons/{line['key']}:erase-again", _again(line, why))
            done.append(line["key"])
        found = _are_back(admin, region.lower(), why)
    left = [line["key"] for line in found]
    said = f"{len(done)} erased again, {len(left)} left."
    _tell({"erased_again": done, "left": left}, [said], as_json=as_json)


def _are_back(admin: Admin, region: str, why: str) -> list[dict[str, Any]]:
    """Whom the comparison names, two hundred at most. Raises LocalProblem where it fails."""
    (one,) = compared(admin, PERSONS, region=region, why=why)
    if one["failed"]:
        raise LocalProblem(
            f"Who was erased cannot be read: {one['failed']}.",
            remedy="It stands on orders.persons: see that Kafka answers, and try again.",
        )
    return list(one["shown"])


def _again(line: Mapping[str, Any], why: str) -> dict[str, Any]:
    """What is asked of one who is back: with the event that told the erasure, where one did."""
    for field in line["fields"]:
        if said := _SAID.fullmatch(field):
            return {"why": why, "seq": int(said["seq"]), "event_id": said["id"]}
    return {"why": why}


def _confirm(question: str, *, yes: bool) -> None:
    if not yes:
        typer.confirm(question, abort=True, err=True)


def _tell(told: Mapping[str, Any], said: Iterable[str], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for line in said:
        console.print(line, soft_wrap=True)


def _show_preview(told: Mapping[str, Any]) -> None:
    table = Table("", "what", "how many", "law")
    for part in ("hindered_by", "erased", "remains"):
        for one in told[part]:
            table.add_row(part.replace("_", " "), one["what"], str(one["count"]), one["law"] or "")
    show(table)


def _lines(told: Any, name: str = "") -> list[str]:
    """One line for each value, with the way to it: what people read."""
    if isinstance(told, dict):
        parts = [(f"{name}.{key}" if name else str(key), value) for key, value in told.items()]
    elif isinstance(told, list):
        parts = [(f"{name} {n}", value) for n, value in enumerate(told, 1)]
    else:
        return [f"{name}: {'' if told is None else told}"]
    return [line for key, value in parts for line in _lines(value, key)]
