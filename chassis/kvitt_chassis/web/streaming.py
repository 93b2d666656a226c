"""The command of a request whose body its route has read itself, piece by piece. No rule."""

from typing import Annotated

from fastapi import Depends, Header, Request, Response

from kvitt_chassis.access import GRANT
from kvitt_chassis.http import CommandRunner, SignedIn, context_of, request_key, usable_key
from kvitt_chassis.web.problems import Busy


class StreamedRunner:
    """Makes the runner of a request's command, once its body has come."""

    def __init__(self, request: Request, response: Response, key: str) -> None:
        self._request = request
        self._response = response
        self._key = key

    async def commands(self, digest: bytes) -> CommandRunner:
        """The runner; `digest` stands for the body: the same key with another one is refused.

        Raises Busy (503) while the process may not decide anything, Forbidden (403) for who lost
        the act meanwhile.
        """
        request, context = self._request, context_of(self._request)
        if not context.may_decide():
            raise Busy(status=503, reason="NOT_READY")
        grant = await context.access.grant_anew(request.scope[GRANT], context.database)
        return CommandRunner(
            context,
            grant,
            self._response,
            key=request_key(request, grant.caller, self._key, digest),
            status=getattr(request.scope["route"], "status_code", None) or 200,
            wait_seconds=0.0,
        )


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
