"""What FastAPI does not say of our routes: problems, and where an Idempotency-Key is required."""

from collections.abc import Iterator
from typing import Any

from kvitt_contracts.types import KNOWN_WORDS

from kvitt_chassis.web.problems import Problem

Document = dict[str, Any]

KEY_PATTERN = r"^[\x21-\x7e]{1,100}$"
"""What an Idempotency-Key may be."""

_KEY = "idempotency-key"


# decision 0556: what the runner demands, the document demands
def completed(document: Document) -> Document:
    """The same document, which says of each command that its POST needs an Idempotency-Key, what a
    problem looks like, and of each word which ones there are.
    """
    for method, operation in _operations(document):
        for parameter in operation.get("parameters", ()):
            if parameter["name"].lower() == _KEY:
                parameter["schema"] = {"type": "string", "pattern": KEY_PATTERN}
                parameter["required"] = method == "post"
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    made = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(made.pop("$defs", {}))
    schemas["Problem"] = made
    _name_words(document)
    return document


def _name_words(part: Any) -> None:
    if isinstance(part, list):
        for one in part:
            _name_words(one)
    elif isinstance(part, dict):
        if (words := part.pop(KNOWN_WORDS, None)) is not None:
            part["enum"] = words
        for one in part.values():
            _name_words(one)


def _operations(document: Document) -> Iterator[tuple[str, Document]]:
    for operations in document["paths"].values():
        yield from operations.items()
