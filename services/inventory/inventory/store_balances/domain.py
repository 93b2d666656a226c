"""The rule of a balance report: how much of a store it holds (INV-11). No clock, no database."""

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
