"""`--json` of every command that has none of its own: what it prints comes as JSON, one object a
line. A row of a table has the table's headings, a step of something that takes long `part` and
`step`, any other line `line`.
"""

from collections.abc import Iterable
from typing import Any

import click
import typer
from typer.core import TyperCommand

from kvitt.terminal import told_as_json

_NAME = "--json"


class JsonLinesCommand(TyperCommand):
    """A command with this option."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.params.append(
            click.Option(
                [_NAME],
                is_flag=True,
                expose_value=False,
                help="Print JSON, an object a line, for a program to read.",
                callback=_remember,
            )
        )

    def invoke(self, ctx: click.Context) -> Any:
        """As ever, or with what is printed as JSON."""
        if not ctx.meta.get(_NAME):
            return super().invoke(ctx)
        with told_as_json():
            return super().invoke(ctx)


def give_json(app: typer.Typer) -> None:
    """Give the option to each command of the app, and of its groups, that has none."""
    for command in app.registered_commands:
        if command.callback is not None and "as_json" not in _parameters(command.callback):
            command.cls = JsonLinesCommand
    for group in app.registered_groups:
        if group.typer_instance is not None:
            give_json(group.typer_instance)


def _parameters(callback: Any) -> Iterable[str]:
    code = getattr(callback, "__wrapped__", callback).__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _remember(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    ctx.meta[_NAME] = value
