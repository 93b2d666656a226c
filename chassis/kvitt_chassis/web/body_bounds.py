"""How large a request's body may be and how long it may take, for whoever stands before routes.
Which bound a request has is decided there.
"""

import asyncio
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive


@dataclass(frozen=True, slots=True)
class Bound:
    """How large a body may be, and how long it may take."""

    bytes: int
    seconds: float


class BoundedBody:
    """The body of one request, which begins to come now. What is too late is 408 and closes its
    connection, what is too large 413 (HTTPException).
    """

    def __init__(self, receive: Receive, bound: Bound) -> None:
        self._receive = receive
        self._bound = bound
        self._seen = 0
        self._is_whole = False
        self._until = asyncio.get_running_loop().time() + bound.seconds

    async def __call__(self) -> Message:
        """The next piece (ASGI)."""
        if self._is_whole:  # what comes now is that the client has gone, whenever it does
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            # FastAPI hides every other exception of a body behind a 400
            raise HTTPException(408, headers={"Connection": "close"}) from None
        self._is_whole = not message.get("more_body", False)
        self._seen += len(message.get("body", b""))
        if self._seen > self._bound.bytes:
            raise HTTPException(413)
        return message
