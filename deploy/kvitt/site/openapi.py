"""A page for each service's HTTP API, and its OpenAPI document beside it."""

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from kvitt_chassis.web.openapi import completed
from kvitt_contracts.topics import SERVICES

from kvitt.site.fields import cell

Document = dict[str, Any]

_INDEX = """\
# HTTP

Varje tjänst har ett eget API. Anropen kräver en token ([access.md](../integrators/access.md)); ett
`POST` som ber om något kräver `Idempotency-Key`: samma nyckel ger samma svar och en enda effekt.
Ett nekat anrop svarar med `application/problem+json`, som har skäl, regel, fält och väg vidare.

"""


def document(service: str) -> Document:
    """The OpenAPI document of a service, as its `/openapi.json` has it."""
    app = FastAPI(title=f"kvitt-{service}", version="1")
    for router in importlib.import_module(f"{service}.app").service.routers:
        app.include_router(router)
    return completed(app.openapi())


def write(into: Path) -> None:
    """Write the pages, and each document as JSON."""
    into.mkdir(parents=True, exist_ok=True)
    lines = [_INDEX]
    for service in SERVICES:
        described = document(service)
        text = json.dumps(described, ensure_ascii=False, indent=1)
        (into / f"{service}.json").write_text(text + "\n", encoding="utf-8")
        (into / f"{service}.md").write_text(page(service, described), encoding="utf-8")
        count = len(list(_operations(described)))
        lines.append(f"- [{service}]({service}.md): {count} anrop ([OpenAPI]({service}.json))")
    (into / "index.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def page(service: str, described: Document) -> str:
    """Every route of a service: what it does, what it asks for, what it answers."""
    lines = [f"# {service} över HTTP\n", f"Hela beskrivningen: [OpenAPI]({service}.json).\n"]
    for method, path, operation in _operations(described):
        lines += [f"## {method.upper()} {path}\n", f"{_text(operation)}\n"]
        rows = [_parameter(one, described) for one in operation.get("parameters", ())]
        if rows:
            lines += [
                "| parameter | i | krävs | värde | |",
                "| --- | --- | --- | --- | --- |",
                *rows,
                "",
            ]
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            lines.append(f"Kropp: `{kind}`{_name(content.get('schema', {}))}.\n")
        for status, answer in operation.get("responses", {}).items():
            kinds = answer.get("content", {})
            names = ", ".join(
                f"`{kind}`{_name(one.get('schema', {}))}" for kind, one in kinds.items()
            )
            lines.append(f"- **{status}** {cell(answer.get('description', ''))} {names}")
        lines.append("")
    return "\n".join(lines) + "\n"


def _operations(described: Document) -> Iterator[tuple[str, str, Document]]:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            yield method, path, operation


def _text(operation: Document) -> str:
    text = operation.get("description") or operation.get("summary") or ""
    return " ".join(text.split()).replace("<", "&lt;")


def _parameter(one: Document, described: Document) -> str:
    must = "ja" if one.get("required") else ""
    value = _value(one.get("schema", {}), described)
    return (
        f"| `{one['name']}` | {one['in']} | {must} | {value} | {cell(one.get('description', ''))} |"
    )


def _value(schema: Document, described: Document) -> str:
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    options = [
        _value(one, described) for one in schema.get("anyOf", ()) if one.get("type") != "null"
    ]
    if options:
        return " eller ".join(dict.fromkeys(options))
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if "items" in schema:
        return f"lista av {_value(schema['items'], described)}"
    return str(schema.get("format") or schema.get("type") or "")


def _name(schema: Document) -> str:
    named = schema.get("$ref", "").rsplit("/", 1)[-1]
    return f" ({named})" if named else ""
