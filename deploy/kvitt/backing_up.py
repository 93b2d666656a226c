"""`kvitt backup` and `kvitt restore`: of the local system. In production PostgreSQL's own programs
do it, with the same tables kept apart (docs/runbooks/restored.md).
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from kvitt.local import backups
from kvitt.local.state import State
from kvitt.options import DEFAULT_STATE, JsonOption, StateOption
from kvitt.terminal import console

Keys = Annotated[
    Path, typer.Option("--keys", help="The file of the persons' keys: the newest, and no other.")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(backup)
    app.command()(restore)


def backup(
    keys: Keys,
    out: Annotated[
        Path | None, typer.Option("--out", help="The folder; left out, the keys alone are written.")
    ] = None,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Back the databases up, and the persons' keys apart from them, while everything runs.

    A backup does not open without the keys, and the keys are replaced each time: so an erased
    person is in clear in none, whenever it was made, once the keys are written after the erasure.

    Examples:

      kvitt backup --out backups/monday --keys keys/newest.dump

      kvitt backup --keys keys/newest.dump      the keys alone, after an erasure
    """
    state = State.existing(state_dir.resolve())
    written = backups.back_up(backups.databases_of(state), folder=out, keys=keys)
    if as_json:
        typer.echo(json.dumps({"written": [str(one) for one in written]}, indent=2))
        return
    for file in written:
        console.print(str(file), soft_wrap=True)


def restore(
    folder: Annotated[Path, typer.Argument(help="What kvitt backup --out wrote.")],
    keys: Keys,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
    state_dir: StateOption = DEFAULT_STATE,
) -> None:
    """Make the databases anew from a backup, with the newest keys, while nothing runs.

    What has happened since is gone from them. Then start, and see whom to erase again.

    Examples:

      kvitt down && kvitt restore backups/monday --keys keys/newest.dump

      kvitt up --detach && kvitt verify persons

      kvitt person erase-again --region m --dry-run
    """
    state = State.existing(state_dir.resolve())
    if not yes:
        question = f"Replace every database of {state.directory} by {folder}?"
        typer.confirm(question, abort=True, err=True)
    with backups.postgres_alone(state) as databases:
        backups.restore(databases, folder=folder, keys=keys)
    if as_json:
        typer.echo(json.dumps({"restored": str(folder)}))
        return
    console.print("Restored. Start it (kvitt up), then: kvitt verify persons", soft_wrap=True)
