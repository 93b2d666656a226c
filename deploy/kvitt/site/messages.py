"""A page for each message, and the list of them. Values only."""

import inspect
import json
from collections.abc import Mapping, Sequence

from kvitt_contracts.envelope import Kind, Message
from kvitt_contracts.examples import examples
from kvitt_contracts.schemas import schema_id, schema_of
from kvitt_contracts.topics import CATALOGUE, Topic

from kvitt.site.changes import history
from kvitt.site.fields import Schema, cell, table

_KINDS = {
    Kind.EVENT: "Händelse: en tjänst säger vad som har hänt.",
    Kind.FACT: "Faktum: regionen säger vad som är så. Det som är okänt väntas på.",
    Kind.COMMAND: "Uppdrag: regionen ber om något. Det kan avvisas.",
}
_OWNERS = {
    "region": "Regionen skriver",
    "notifications": "Notifications, och flödet till regionen",
}


def in_use() -> dict[str, type[Message]]:
    """Every message in use, by its type."""
    return {
        message.wire_type: message
        for topic in CATALOGUE
        for message in sorted(topic.types, key=lambda one: one.wire_type)
    }


def page(message: type[Message], published: Mapping[str, Sequence[Schema]]) -> str:
    """One message: when it is sent, what may be concluded, who sends and reads, its fields."""
    name, schema = message.wire_type, schema_of(message)
    text = inspect.getdoc(message) or ""
    first, _, rest = text.partition("\n\n")
    lines = [
        f"# {name}\n",
        f"{_KINDS[message.message_kind]}\n",
        "## När det sägs, och vad läsaren får sluta sig till\n",
        f"{_html(first)}\n",
        f"{_html(rest)}\n" if rest else "",
        "## Vem som säger det, och vem som läser\n",
        "| topic | skrivs av | läses av | får läsa | nyckel |",
        "| --- | --- | --- | --- | --- |",
        *(_row(topic) for topic in CATALOGUE if message in topic.types),
        "",
        *_refusals(message),
        "## Fält\n",
        table(schema),
        "## Versioner\n",
        *_other_versions(message),
        history(name, published, schema),
        f"Schemats id: `{schema_id(name)}` ([schema](../contracts/schemas/{name}.json)).\n",
        "## Exempel\n",
        *_examples(name),
    ]
    return "\n".join(lines)


def index() -> str:
    """All messages, by who owns their topic."""
    lines = ["# Meddelanden\n", "Beskrivningarna är på engelska, som i scheman och kod.\n"]
    for owner in dict.fromkeys(("region", *(topic.owner for topic in CATALOGUE))):
        lines.append(f"## {_OWNERS.get(owner, owner.capitalize())}\n")
        for topic in CATALOGUE:
            if topic.owner != owner:
                continue
            lines += [f"### {cell(topic.name)}\n", "| typ | vad den säger |", "| --- | --- |"]
            for message in sorted(topic.types, key=lambda one: one.wire_type):
                said = cell((inspect.getdoc(message) or "").split("\n\n")[0])
                lines.append(f"| [`{message.wire_type}`]({message.wire_type}.md) | {said} |")
            lines.append("")
    return "\n".join(lines) + "\n"


def _row(topic: Topic) -> str:
    writers = "regionen" if topic.is_inbound else topic.owner
    readers = ", ".join(sorted(topic.consumers)) or "–"
    may = ", ".join(f"`{one}`" for one in sorted(topic.readers))
    return f"| `{topic.name}` | {writers} | {readers} | {may} | {cell(topic.key)} |"


def _refusals(message: type[Message]) -> list[str]:
    if message.message_kind is not Kind.COMMAND:
        return []
    return [
        '!!! note "Svar"\n',
        "    Bryter det mot en regel kommer",
        "    [`region.message.refused.v1`](region.message.refused.v1.md) på regionens flöde, med",
        "    skäl, regel, fält och väg vidare.\n",
    ]


def _other_versions(message: type[Message]) -> list[str]:
    stem = message.wire_type.rpartition(".v")[0]
    others = sorted(
        name for name in in_use() if name.rpartition(".v")[0] == stem and name != message.wire_type
    )
    return (
        [f"Andra versioner: {', '.join(f'[`{one}`]({one}.md)' for one in others)}.\n"]
        if others
        else []
    )


def _examples(name: str) -> list[str]:
    lines = []
    for one in examples(name):
        headers = {header: value.decode() for header, value in one.headers}
        lines += [
            f"### {one.case.replace('-', ' ')}\n",
            "Headers:\n",
            f"```json\n{json.dumps(headers, ensure_ascii=False, indent=2)}\n```\n",
            "Innehåll:\n",
            f"```json\n{json.dumps(one.data, ensure_ascii=False, indent=2)}\n```\n",
        ]
    return lines


def _html(text: str) -> str:
    return text.replace("<", "&lt;")
