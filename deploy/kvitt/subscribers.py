"""The commands `kvitt subscriber`: who reads domain topics beside the services."""

import json
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer
from kvitt_contracts.subscribers import Subscriber, open_topics
from pydantic import ValidationError
from rich.table import Table

from kvitt.local import subscribers as local
from kvitt.local.problems import LocalProblem
from kvitt.local.state import State
from kvitt.options import DEFAULT_STATE, JsonOption, StateOption
from kvitt.terminal import show

subscriber = typer.Typer(
    no_args_is_help=True, help="Who reads domain topics beside the services (docs/subscribers.md)."
)

NameArgument = Annotated[
    str, typer.Argument(help="Small letters, digits and _; its user is sub-NAME.")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(subscriber, name="subscriber")


@subscriber.command()
def add(
    name: NameArgument,
    reads: Annotated[
        list[str],
        typer.Option(help="The topics that it reads, with commas between (may be repeated)."),
    ],
    contact: Annotated[
        str | None, typer.Option(help="Who answers for it: a team, no person.")
    ] = None,
    state_dir: StateOption = DEFAULT_STATE,
    as_json: JsonOption = False,
) -> None:
    """Let a system read domain topics, or other ones than before.

    Writes its entry (KVITT_SUBSCRIBERS_DIR, else deploy/subscribers). Where the local system runs
    it gets its user, permissions and quota at once, and a file with what it connects by, which
    its owner alone may read; else when kvitt up starts it. Done twice it is done once.

    Examples:

      kvitt subscriber add board --reads inventory.devices

      kvitt subscriber add stats --reads bmb.transfers,inventory.devices --contact "Team Data"

      kvitt subscriber add board --reads inventory.devices --json
    """
    one = _judged(name, [topic for part in reads for topic in part.split(",") if topic], contact)
    entry = local.write_entry(local.default_subscribers_dir(), one)
    running = _running(state_dir)
    connection = running.grant(one) if running else None
    _tell(one, entry, connection, as_json=as_json)


@subscriber.command("list")
def list_them(state_dir: StateOption = DEFAULT_STATE, as_json: JsonOption = False) -> None:
    """Show each subscriber, what it reads, and whether the local system lets it in.

    Exit code 1 where an entry is wrong: its subscriber is not let in, the others are.

    Examples:

      kvitt subscriber list

      kvitt subscriber list --json     with what a broker elsewhere has to grant
    """
    found = local.entries(local.default_subscribers_dir())
    running = _running(state_dir)
    granted = running.granted() if running else None
    told = [_row(one, granted) for one in found]
    if as_json:
        typer.echo(json.dumps({"subscribers": told}, indent=2, ensure_ascii=False))
    else:
        table = Table("subscriber", "reads", "contact", "let in", "wrong")
        for one in told:
            let_in = {True: "yes", False: "no", None: "nothing runs here"}[one["let_in"]]
            texts = (", ".join(one["reads"]), one["contact"] or "", let_in, "; ".join(one["wrong"]))
            table.add_row(one["name"], *texts)
        show(table)
    raise typer.Exit(1 if any(one.faults for one in found) else 0)


@subscriber.command()
def remove(
    name: NameArgument, state_dir: StateOption = DEFAULT_STATE, as_json: JsonOption = False
) -> None:
    """Let a subscriber read no more: its entry, permissions, user and connection file go.

    What it reads at this moment ends too. What it has read is its own. Done twice it is done once.

    Examples:

      kvitt subscriber remove board
    """
    entry = local.default_subscribers_dir() / f"{_named(name)}.yaml"
    was_there = entry.exists()
    entry.unlink(missing_ok=True)
    running = _running(state_dir)
    if running:
        running.revoke(f"{local.PRINCIPALS}{name}")
    if as_json:
        typer.echo(json.dumps({"name": name, "removed": was_there}, indent=2))
    else:
        typer.echo(f"{name} is removed." if was_there else f"There is no subscriber {name}.")


@subscriber.command()
def topics(as_json: JsonOption = False) -> None:
    """List the topics that a subscriber may read.

    Examples:

      kvitt subscriber topics
    """
    found = [{"topic": one.name, "key": one.key, "types": len(one.types)} for one in open_topics()]
    if as_json:
        typer.echo(json.dumps({"topics": found}, indent=2))
        return
    table = Table("topic", "key", "types")
    for one in found:
        table.add_row(*(str(value) for value in one.values()))
    show(table)


def _judged(name: str, reads: list[str], contact: str | None) -> Subscriber:
    """Raises LocalProblem with what is wrong."""
    try:
        return Subscriber.model_validate({"name": name, "reads": reads, "contact": contact})
    except ValidationError as error:
        told = "; ".join(
            f"{one['loc'][0]}: {one['msg'].removeprefix('Value error, ')}" for one in error.errors()
        )
        raise LocalProblem(
            f"There can be no such subscriber: {told}.",
            remedy="kvitt subscriber topics lists what may be read; kvitt subscriber add --help.",
        ) from None


def _named(name: str) -> str:
    return str(_judged(name, [open_topics()[0].name], None).name)


def _running(state_dir: Path) -> local.Subscriptions | None:
    """The subscribers of the local system's broker, where one runs."""
    if not State.exists(state_dir.resolve()):
        return None
    state = State.existing(state_dir.resolve())
    runs = any(one.name == "kafka" for one in state.live_processes())
    return local.of_state(state) if runs else None


def _tell(one: Subscriber, entry: Path, connection: Path | None, *, as_json: bool) -> None:
    if as_json:
        told = {"entry": str(entry), "connection": str(connection) if connection else None}
        typer.echo(json.dumps({"name": str(one.name), **told, **_grants(one)}, indent=2))
        return
    typer.echo(f"{one.name} reads {', '.join(one.reads)} as {one.principal}; its entry is {entry}.")
    if connection:
        typer.echo(f"It connects by what stands in {connection}, which its owner alone may read.")
    else:
        typer.echo("No local system runs here: it is let in when kvitt up starts one.")
    typer.echo("What a broker elsewhere has to grant: docs/subscribers.md.")


def _row(one: local.Entry, granted: set[str] | None) -> dict[str, Any]:
    found = one.subscriber
    return {
        "name": one.path.stem,
        "reads": list(found.reads) if found else [],
        "contact": found.contact if found else None,
        "let_in": None if granted is None else bool(found and found.principal in granted),
        "wrong": list(one.faults),
        **(_grants(found) if found else {}),
    }


def _grants(one: Subscriber) -> dict[str, Any]:
    """What the broker grants, as a platform's own tools are told."""
    return {
        "user": one.principal,
        "group": one.principal,
        "permissions": [
            {
                "resource": _word(binding.restype),
                "name": binding.name,
                "pattern": _word(binding.resource_pattern_type),
                "operation": _word(binding.operation),
            }
            for binding in local.permissions(one)
        ],
        "quota": local.quota(),
    }


def _word(member: object) -> str:
    """An enumeration's member as the platform's tools write it."""
    assert isinstance(member, Enum)
    return member.name.lower()
