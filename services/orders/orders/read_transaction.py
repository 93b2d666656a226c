"""Transactions for HTTP calls that are no commands: they read, and at most log that they read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from kvitt_chassis.access import GRANT, Caller, Grant
from kvitt_chassis.database import Database
from kvitt_chassis.http import ApiContext, SignedIn
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction

__all__ = ["Looker", "Looking", "ReadTransaction", "looker"]


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks, and the transaction of the look: what it logs is there when it ends, whatever the
    answer is then.
    """

    grant: Grant
    database: Database

    @property
    def caller(self) -> Caller:
        """Who calls."""
        return self.grant.caller

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[Transaction]:
        """A transaction of the caller's region, as the api role; committed at the end."""
        region, user = self.caller.region, self.caller.user_id
        async with self.database.unit(region) as unit:
            yield unit.begin(region=region, is_command=True, actor=user)


def looker(request: Request, _: SignedIn) -> Looker:
    """The looker of this request."""
    context: ApiContext = request.app.state.context
    return Looker(request.scope[GRANT], context.database)


Looking = Annotated[Looker, Depends(looker)]
"""A route's parameter: looks at persons. `looker.caller` is who calls."""
