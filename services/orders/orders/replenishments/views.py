"""What a replenishment's body looks like. No route, no rule."""

from typing import Annotated

from kvitt_chassis.http import Body
from kvitt_contracts.types import Goods, Reference, ServicePointId, StoreId
from pydantic import ConfigDict, Field


class ReplenishmentBody(Body):
    """En lagerpåfyllnad till tjänsteställets eget förråd (ORD-9)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "service_point": "40201",
                    "to_store": "402",
                    "follows_proposal": True,
                    "lines": [{"article_number": "30457", "quantity": 10}],
                }
            ]
        },
    )

    service_point: Annotated[ServicePointId, Field(description="Tjänsteställe")]
    to_store: Annotated[StoreId, Field(description="Tjänsteställets eget förråd")]
    follows_proposal: Annotated[
        bool, Field(description="Beställer nattens påfyllnadsförslag för förrådet (INV-9)")
    ] = False
    lines: Annotated[
        tuple[Goods, ...], Field(min_length=1, max_length=200, description="Artiklar och antal")
    ]
    reference: Annotated[
        Reference | None,
        Field(description="Regionens egen beteckning: den namnger ordern i regionens flöde"),
    ] = None
