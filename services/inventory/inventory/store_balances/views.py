"""The view of a balance in its store's list."""

from datetime import date
from typing import Annotated

from kvitt_contracts.copying import same_fields
from pydantic import ConfigDict, Field

from inventory.stock import domain
from inventory.stock.models import BalanceRow
from inventory.stock.views import BalanceView


class StoreBalanceView(BalanceView):
    """Saldot av en artikel i ett förråds lista (INV-14)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "article_number": "30457",
                    "name": "Sittdyna Ängsull",
                    "marked": False,
                    "store": "402",
                    "available": 4,
                    "reserved": 0,
                    "on_order": 0,
                    "in_reconditioning": 0,
                    "colour": "green",
                    "incoming": 6,
                    "counted_on": "2026-04-14",
                }
            ]
        }
    )

    incoming: Annotated[
        int | None,
        Field(description="På väg till förrådet (INV-4); visas inte för en angiven dag"),
    ] = 0
    counted_on: Annotated[
        date | None, Field(description="När hyllan senast räknades vid en bokförd inventering")
    ] = None

    @classmethod
    def shown(
        cls, row: BalanceRow, *, name: str, marked: bool, counted_on: date | None
    ) -> "StoreBalanceView":
        """The view of a balance; what is on its way is told by `with_incoming`."""
        return cls(
            **same_fields(row.state(), StoreBalanceView),
            name=name,
            marked=marked,
            counted_on=counted_on,
            colour=domain.colour(available=row.available, on_order=row.on_order),
        )

    def at_the_end_of(self, on: date, was: domain.Balance | None) -> "StoreBalanceView":
        """The view as it was at the end of a day: nothing, where nothing had moved by then."""
        known = was or domain.Balance(article_number=self.article_number, store=self.store)
        numbers = ("available", "reserved", "on_order", "in_reconditioning")
        return self.model_copy(
            update={
                **{name: getattr(known, name) for name in numbers},
                "colour": domain.colour(available=known.available, on_order=known.on_order),
                "incoming": None,
                "counted_on": self.counted_on if (self.counted_on or on) <= on else None,
            }
        )

    def with_incoming(self, quantity: int) -> "StoreBalanceView":
        """The view with what is on its way."""
        return self.model_copy(update={"incoming": quantity})
