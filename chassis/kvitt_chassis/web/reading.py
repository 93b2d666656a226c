"""A transaction for an HTTP call that is no command: it reads, and at most logs that it read."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

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
