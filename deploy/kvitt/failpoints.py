"""`kvitt failpoints`: the places where a test may stop a service, by name. Arms nothing."""

from importlib import import_module

from kvitt_chassis.failpoints import FAILPOINTS
from rich.table import Table

from kvitt.terminal import console
from kvitt.terminal import show as show_table

_DECLARING = ("kvitt_chassis.consuming.inbox", "kvitt_chassis.consuming.consumer")
"""Modules that add theirs when they are imported."""


def known() -> dict[str, str]:
    """Every failpoint of a service, by name, with a description of its place."""
    for module in _DECLARING:
        import_module(module)
    return dict(sorted(FAILPOINTS.items()))


def show() -> None:
    """Print the failpoints for a person."""
    table = Table("failpoint", "moment")
    for name, moment in known().items():
        table.add_row(name, moment)
    show_table(table)
    console.print(
        "KVITT_FAILPOINTS arms them in a service: name=action[@passing][%share of keys], several "
        "with ; between. Actions: kill, stop, raise, hang. Unarmed they cost nothing.",
        markup=False,
    )
