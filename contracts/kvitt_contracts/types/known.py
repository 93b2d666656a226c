"""Which words a field that takes more of them later has now, for who reads an API's description."""

from enum import StrEnum
from typing import Any, Final

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

KNOWN_WORDS: Final = "x-extensible-enum"
"""The keyword that they stand by; a message's own schema does not have it."""


# decision 0570: an API names every word of a field, and reads those that come later
class Known:
    """In `Annotated[Word, Known("home_region", "state")]`: the words that there are. Nothing is
    refused by it: while releases mix, a later one's word is shown by an earlier one.

    Takes words, and enumerations of them.
    """

    def __init__(self, *words: str | type[StrEnum]) -> None:
        named = [[word] if isinstance(word, str) else list(word) for word in words]
        self.words: Final = tuple(dict.fromkeys(str(word) for some in named for word in some))

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        schema = handler(core_schema)
        for part in _texts(schema):
            part[KNOWN_WORDS] = list(self.words)
        return schema


def _texts(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a schema that are texts, or lists of them."""
    if "items" in schema:
        return _texts(schema["items"])
    options = schema.get("anyOf", ())
    if options:
        return [part for option in options for part in _texts(option)]
    return [schema] if schema.get("type") == "string" else []
