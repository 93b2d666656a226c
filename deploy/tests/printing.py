"""Commands that are run in this process, as on a terminal that their tables fit on."""

from kvitt.app import app
from kvitt.terminal import console
from typer.testing import CliRunner

WIDTH = 200


def printed(*command: str) -> str:
    """What a command prints. Raises what it raises."""
    before = console.width
    console.width = WIDTH
    try:
        ended = CliRunner().invoke(app, command)
    finally:
        console.width = before
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    assert ended.exit_code == 0
    return ended.output
