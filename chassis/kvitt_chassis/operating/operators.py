"""Who operates, and whose share: the parameter of each route under `/admin`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request
from kvitt_contracts.access import Reach
from kvitt_contracts.types import RegionCode

from kvitt_chassis.access import GRANT, Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who operates, and whose share: `region` is None for one who has all."""

    user_id: str
    region: RegionCode | None

    @classmethod
    def of(cls, grant: Grant) -> "Operator":
        """By what the table of access grants them."""
        caller = grant.caller
        is_all = grant.reach is Reach.PLATFORM
        return cls(user_id=caller.user_id, region=None if is_all else caller.region)


async def operator(request: Request) -> Operator:
    """The operator whose request it is; the route has asked the table."""
    return Operator.of(request.scope[GRANT])


# decision 0273: operating one region is not operating all, and has a port of its own
Operates = Annotated[Operator, Depends(operator)]
"""A route's parameter: who operates; without it nobody's share is left out."""
Limit = Annotated[int, Query(ge=1, le=1_000)]
