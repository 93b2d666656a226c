"""The rules of a store's balance list and report: of which day, and how much of a store (INV-4,
INV-11). No clock, no database.
"""

from datetime import date

from kvitt_contracts.refusals import Refused


class ReportRefused(Refused):
    """A report cannot be printed."""


def must_fit(rows: int, *, most: int) -> None:
    """Check that a store's balances fit a report. Raises ReportRefused (TOO_MANY_ROWS, INV-11)."""
    if rows > most:
        raise ReportRefused(
            "TOO_MANY_ROWS",
            rule="INV-11",
            way_on="Förrådet har fler artiklar än en rapport rymmer. Hämta saldolistan i stället.",
            most=most,
        )


class DayRefused(Refused):
    """The balances of a day cannot be told so."""


def check_day(on: date, *, today: date, sort: str | None, with_balance: bool) -> None:
    """Check that the balances at the end of a Stockholm day can be listed.

    Raises DayRefused: DAY_IN_THE_FUTURE (DAY-1); NOT_BY_BALANCE (INV-4), where they would be
    chosen or sorted by today's.
    """
    if on > today:
        raise DayRefused(
            "DAY_IN_THE_FUTURE",
            rule="DAY-1",
            field="on",
            way_on="Ange dagens datum eller en tidigare dag, eller utelämna on för saldot nu.",
        )
    if with_balance or (sort or "").removeprefix("-") == "available":
        raise DayRefused(
            "NOT_BY_BALANCE",
            rule="INV-4",
            field="with_balance" if with_balance else "sort",
            way_on="En tidigare dags saldon väljs och sorteras inte efter saldo: utelämna det.",
        )
