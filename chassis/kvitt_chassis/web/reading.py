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
from kvitt_chassis.unit_of_work import UnitOfWork


async def read_transaction(
    request: Request, caller: SignedIn, reader: Reader
) -> AsyncIterator[Transaction]:
    """The caller's region, as the api role. Committed before the answer leaves (see scope). The
    request's reader reads in it.
    """
    context: ApiContext = request.app.state.context
    async with context.database.unit(caller.region) as unit:
        reader.read_within(unit.session)
        yield _begin(unit, reader.grant)
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
        async with self.database.unit(self.caller.region) as unit:
            yield _begin(unit, self.grant)


def _begin(unit: UnitOfWork, grant: Grant) -> Transaction:
    caller = grant.caller
    return unit.begin(
        region=caller.region,
        is_command=True,
        actor=caller.user_id,
        act=grant.act.name,
        place=caller.default_service_point,
    )


def looker(request: Request, _: SignedIn) -> Looker:
    """The looker of this request."""
    context: ApiContext = request.app.state.context
    return Looker(request.scope[GRANT], context.database)


Looking = Annotated[Looker, Depends(looker)]
"""A route's parameter: writes what must be there whatever the answer is: that somebody looked at a
person, that a file is about to come. `looker.caller` is who calls.
"""
