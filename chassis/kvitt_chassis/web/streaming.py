"""Routes that read or send a file piece by piece: the command of a body that the route has read
itself, what is still to come of one, and a file as an answer. No rule.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import Depends, Header, Request, Response
from fastapi.responses import StreamingResponse

from kvitt_chassis.http import CommandRunner, SignedIn, runner_of, usable_key


class StreamedRunner:
    """Makes the runner of a request's command, once its body has come."""

    def __init__(self, request: Request, response: Response, key: str) -> None:
        self._request = request
        self._response = response
        self._key = key

    async def commands(self, digest: bytes) -> CommandRunner:
        """The runner; `digest` stands for the body. Raises what `runner_of` does."""
        return await runner_of(self._request, self._response, key=self._key, body=digest)


async def streamed_runner(
    request: Request,
    response: Response,
    _: SignedIn,
    idempotency_key: Annotated[
        str | None,
        Header(description="Krävs: samma nyckel ger samma svar, och en enda effekt"),
    ] = None,
) -> StreamedRunner:
    """The runner of this request. Raises Invalid (422) for a key that is missing or unusable."""
    return StreamedRunner(request, response, usable_key(idempotency_key))


Streamed = Annotated[StreamedRunner, Depends(streamed_runner)]
"""A route's parameter, of a router that streams: runs the command when the body has come."""


async def read_to_its_end(request: Request) -> None:
    """Read what is still to come of a body that is refused: who is sending reads no answer else."""
    with suppress(RuntimeError):  # it has come to its end already
        async for _ in request.stream():
            pass


def file_response(
    pieces: AsyncIterator[bytes],
    *,
    name: str,
    media_type: str,
    size: int,
    shown: Literal["inline", "attachment"],
) -> StreamingResponse:
    """A file that somebody has sent in, as an answer of `size` bytes: shown in the browser, or
    saved. Nobody's browser takes it for a page of ours.
    """
    return StreamingResponse(
        pieces,
        media_type=media_type,
        headers={
            "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Length": str(size),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
