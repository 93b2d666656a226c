"""The command of a request whose body its route has read itself, piece by piece. No rule."""

from typing import Annotated

from fastapi import Depends, Header, Request, Response

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
