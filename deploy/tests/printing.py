"""Commands that are run in this process, as on a terminal that their tables fit on."""

from kvitt.app import app
from kvitt.terminal import console
from typer.testing import CliRunner, Result

WIDTH = 200


def ended(*command: str) -> Result:
    """How a command ended. Raises what it raises."""
    before = console.width
    console.width = WIDTH
    try:
        found = CliRunner().invoke(app, command)
    finally:
        console.width = before
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found


def printed(*command: str) -> str:
    """What a command prints that ends well. Raises what it raises."""
    found = ended(*command)
    assert found.exit_code == 0, found.output
    return found.output
