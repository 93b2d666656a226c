"""Bodies of requests, read as strictly as messages are, and the route that is granted before. No
rule.
"""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from kvitt_contracts.json_texts import parse
from kvitt_contracts.types.strict import strict
from pydantic import BaseModel, GetCoreSchemaHandler, ValidationInfo, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, core_schema, to_json

from kvitt_chassis.access import GRANT


class Body(BaseModel):
    """A request's body: `class RejectBody(Body)`. Its fields are read as a message's are: days
    `YYYY-MM-DD`, true and false, whole numbers.
    """

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        return core_schema.with_info_wrap_validator_function(
            cls._read, strict(cls, handler(source))
        )

    @classmethod
    def _read(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        if info.mode == "json" or not isinstance(value, dict):
            return handler(value)
        # FastAPI parses JSON itself and validates Python values, which are read less strictly
        text = to_json(value, inf_nan_mode="constants")
        # as it was read: what was said and what was left out are still told apart
        return cls.__pydantic_validator__.validate_json(text)


class GuardedRoute(APIRoute):
    """A route that its caller is granted by the table of access, before anything of its body is
    read; whose JSON has one meaning: no name twice, no NaN.
    """

    is_guarded = True

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See APIRoute."""
        handle = super().get_route_handler()

        async def granted(request: Request) -> Response:
            access = request.app.state.context.access
            request.scope[GRANT] = access.grant(request.scope)
            return await handle(_Strict(request.scope, request.receive))

        return granted


# decision 0377: who streams a body bounds it
class StreamedRoute(GuardedRoute):
    """A route that reads its body itself, piece by piece (`request.stream()`), and bounds it: the
    guard lets in what is larger, and later, than a body of JSON may be.
    """


class _Strict(Request):
    async def json(self) -> Any:
        try:
            return parse(await self.body())
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError(type(error).__name__, "", 0) from None
