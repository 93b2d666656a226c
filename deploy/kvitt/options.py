"""Options that commands have in common."""

from pathlib import Path
from typing import Annotated, Final

import typer

DEFAULT_STATE: Final = Path(".kvitt")

StateOption = Annotated[
    Path,
    typer.Option(
        "--state",
        envvar="KVITT_STATE",
        help="The local platform: where its data, ports, passwords and logs are kept.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]
