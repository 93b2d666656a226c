"""`--json` of every command that has none of its own: what it prints comes as JSON, one object a
line. A row of a table has the table's headings, a step of something that takes long `part` and
`step`, any other line `line`.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from kvitt.terminal import told_as_json

_NAME = "as_json"
_OPTION = Annotated[
    bool, typer.Option("--json", help="Print JSON, an object a line, for a program to read.")
]


def give_json(app: typer.Typer) -> None:
    """Give the option to each command of the app, and of its groups, that has none."""
    for command in app.registered_commands:
        if command.callback is None:
            continue
        if _NAME not in inspect.signature(command.callback).parameters:
            command.name = command.name or command.callback.__name__.replace("_", "-")
            command.callback = _with_json(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            give_json(group.typer_instance)


def _with_json(callback: Callable[..., Any]) -> Callable[..., Any]:
    """The command, with one option more in what typer reads of it."""
    signature = inspect.signature(callback)
    option = inspect.Parameter(
        _NAME, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=_OPTION
    )

    @wraps(callback)
    def told(*arguments: Any, **named: Any) -> Any:
        if not named.pop(_NAME, False):
            return callback(*arguments, **named)
        with told_as_json():
            return callback(*arguments, **named)

    parameters = [*signature.parameters.values(), option]
    told.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    told.__annotations__ = {**callback.__annotations__, _NAME: _OPTION}
    return told
