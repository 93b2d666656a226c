"""The commands `kvitt secrets`: another key takes an old one's place while everything goes on. They
use orders' HTTP as the region's own system.
"""

import json
from typing import Annotated, Any

import typer
from rich.table import Table

from kvitt.admin import Admin
from kvitt.local.problems import LocalProblem
from kvitt.operate import local_time
from kvitt.options import DEFAULT_STATE, JsonOption, StateOption
from kvitt.region_system import RegionSystem
from kvitt.terminal import console, show

secrets = typer.Typer(no_args_is_help=True, help="Keys that are replaced while services go on.")

RegionOption = Annotated[str, typer.Option("--region", help="The region's code.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(secrets, name="secrets")


@secrets.command("rekey-search")
def rekey_search(
    region: RegionOption,
    stop: Annotated[bool, typer.Option("--stop", help="Stop until it is asked for again.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Only tell how far it is.")] = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Hash what persons are found by anew, by the current key; tells how many are left.

    Searches go on meanwhile, and so does the job when this command has ended.
    """
    system = RegionSystem.of(state_dir, region.lower())
    if status:
        told = system.get("orders", "/search-index")
    else:
        told = system.post("orders", "/search-index:rekey", {"stopped": stop})
    console.print(_said(region, told))


@secrets.command("rotate")
def rotate(
    secret: Annotated[str, typer.Argument(help="person-key: what wraps persons' keys.")],
    region: RegionOption,
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Forget what wraps nobody's key any more.")
    ] = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Replace a secret while the services serve (docs/runbooks/secrets.md)."""
    _must_be_known(secret)
    act = "drop-old" if drop_old else "rotate"
    system = RegionSystem.of(state_dir, region.lower())
    _show_ring(system.post("orders", f"/person-keys:{act}"))


@secrets.command("status")
def status(
    region: Annotated[
        str | None, typer.Option("--region", help="The code of the region whose ring is shown.")
    ] = None,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Show how old each service's secrets are, never what they are.

    With --region: the versions of that region's key, and how many persons' keys each wraps.
    """
    if region is None:
        _show_secrets(Admin.of(state_dir), as_json=as_json)
        return
    ring = RegionSystem.of(state_dir, region.lower()).get("orders", "/person-keys")
    if as_json:
        typer.echo(json.dumps(ring, indent=2))
    else:
        _show_ring(ring)


def _show_secrets(admin: Admin, *, as_json: bool) -> None:
    told = {name: admin.get(name, "secrets") for name in admin.services}
    if as_json:
        typer.echo(json.dumps(told, indent=2))
        return
    table = Table("service", "secret", "written", "read", "values", "fault")
    for service, found in told.items():
        for one in found:
            table.add_row(
                service,
                one["name"],
                local_time(one["written_at"]) if one["written_at"] else "at the start",
                local_time(one["read_at"]),
                str(one["values"]),
                one["fault"] or "",
            )
    show(table)


def _must_be_known(secret: str) -> None:
    if secret != "person-key":  # the name of one
        raise LocalProblem(
            f"{secret} is not replaced by a command.",
            remedy="person-key is; docs/runbooks/secrets.md tells how each other secret is.",
        )


def _show_ring(ring: dict[str, Any]) -> None:
    table = Table("version", "current", "persons")
    for one in ring["versions"]:
        table.add_row(str(one["version"]), "yes" if one["is_current"] else "", str(one["persons"]))
    show(table)


def _said(region: str, told: dict[str, Any]) -> str:
    if told["stopped"]:
        state = "stopped"
    elif not told["left"]:
        state = "done"
    else:
        state = "under way" if told["begun"] else "not begun"
    return (
        f"Region {region}, key {told['version']}: {told['done']} persons done,"
        f" {told['left']} left; {state}."
    )
