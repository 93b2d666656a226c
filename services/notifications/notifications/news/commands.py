"""What customer service does with news. Over HTTP alone: its text travels on no topic."""

from kvitt_contracts.day_bounds import PlannedOn
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import ProductArea, UserId


class PublishNews(Command):
    """Publish news for all, or for who has a product area, on these days."""

    title: str
    text: str
    product_area: ProductArea | None = None
    from_on: PlannedOn
    until_on: PlannedOn
    by: UserId


class WithdrawNews(Command):
    """Show it no more."""

    by: UserId
