"""A transaction for an HTTP call that is no command: it reads, and at most logs that it read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from kvitt_chassis.access import GRANT, Caller, Grant
from kvitt_chassis.database import Database
from kvitt_chassis.http import ApiContext, Reader, SignedIn
from kvitt_chassis.transaction import Transaction


async def read_transaction(
    request: Request, caller: SignedIn, reader: Reader
) -> AsyncIterator[Transaction]:
    """The caller's region, as the api role. Committed before the answer leaves (see scope). The
    request's reader reads in it.
    """
    context: ApiContext = request.app.state.context
    async with context.database.unit(caller.region) as unit:
        reader.read_within(unit.session)
        yield unit.begin(region=caller.region, is_command=True, actor=caller.user_id)
    reader.read_within(None)  # what is streamed is read after the answer has begun


ReadTransaction = Annotated[Transaction, Depends(read_transaction, scope="function")]
"""A route's parameter: the transaction that answers. What it logs is there before the answer is."""


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
"""A route's parameter: writes what must be there whatever the answer is: that somebody looked at a
person, that a file is about to come. `looker.caller` is who calls.
"""
